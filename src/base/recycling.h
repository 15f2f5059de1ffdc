// Memory for what comes and goes with every frame: small blocks that a thread has given back are
// given out to it again. So a loop that has warmed up asks malloc for nothing, and waits for none
// of its locks.
//
//   auto bytes = std::allocate_shared<char[]>(base::RecyclingAllocator<char>{}, size);
//
// Any thread; a block may be given back on another one than it was taken on, and stays there. What
// a thread keeps is bounded: of each of six sizes 32 KiB, and 512 KiB where it says that much comes
// and goes on it. Blocks over 2 KiB are the system's. Under the address sanitizer nothing is
// recycled, so that it sees what is used too late.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace quorate::base {

#ifdef __has_feature  // clang, and GCC from 14 on
#define QUORATE_ADDRESSES_ARE_WATCHED __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define QUORATE_ADDRESSES_ARE_WATCHED 1
#else
#define QUORATE_ADDRESSES_ARE_WATCHED 0
#endif
#if QUORATE_ADDRESSES_ARE_WATCHED
inline constexpr bool recycles_blocks = false;
#else
inline constexpr bool recycles_blocks = true;
#endif
#undef QUORATE_ADDRESSES_ARE_WATCHED

inline constexpr std::size_t few_kept_bytes = 32 << 10;
inline constexpr std::size_t many_kept_bytes = 512 << 10;

void* take_block(std::size_t bytes);
/// `bytes` as it was taken.
void give_block_back(void* block, std::size_t bytes) noexcept;
/// This thread is one on which much comes and goes: a group's.
void keep_many_blocks();
/// How many this thread keeps of those that serve for `bytes`.
std::size_t blocks_kept_of(std::size_t bytes);

template <class T>
struct RecyclingAllocator {
    using value_type = T;
    RecyclingAllocator() = default;
    template <class Other>
    RecyclingAllocator(const RecyclingAllocator<Other>&) {}

    T* allocate(std::size_t count) {
        static_assert(alignof(T) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
        return static_cast<T*>(take_block(count * sizeof(T)));
    }
    void deallocate(T* block, std::size_t count) noexcept {
        give_block_back(block, count * sizeof(T));
    }
    bool operator==(const RecyclingAllocator&) const = default;
};

using RecyclingString = std::basic_string<char, std::char_traits<char>, RecyclingAllocator<char>>;
template <class T>
using RecyclingVector = std::vector<T, RecyclingAllocator<T>>;
template <class T>
using RecyclingDeque = std::deque<T, RecyclingAllocator<T>>;
template <class Key, class T>
using RecyclingMap = std::map<Key, T, std::less<Key>, RecyclingAllocator<std::pair<const Key, T>>>;

}  // namespace quorate::base
