#include "base/recycling.h"

#include <array>
#include <bit>
#include <cstdint>
#include <new>

namespace quorate::base {

namespace {

constexpr unsigned smallest_bits = 6;  ///< 64 bytes
constexpr std::size_t largest = 2048;
constexpr std::size_t sizes = 6;

struct Free {
    Free* next = nullptr;
};

struct List {
    Free* first = nullptr;
    std::size_t length = 0;
};

/// Plain values, so that reaching them takes no more than the thread's address.
constinit thread_local std::array<List, sizes> lists = {};
/// Set when the thread's blocks have been let go: what comes back after that is the system's.
constinit thread_local bool ended = false;
constinit thread_local std::size_t kept_bytes = few_kept_bytes;

/// Lets them go when the thread ends.
struct Keeper {
    ~Keeper() {
        ended = true;
        for (List& list : lists) {
            while (list.first != nullptr) {
                Free* const next = list.first->next;
                ::operator delete(list.first);
                list.first = next;
            }
        }
    }
    void begin() {}  ///< it exists from here on
};
thread_local Keeper keeper;

/// 0 for up to 64 bytes, 1 for up to 128, and so on.
std::size_t size_class(std::size_t bytes) {
    const unsigned bits = bytes <= 1 ? 0 : static_cast<unsigned>(std::bit_width(bytes - 1));
    return bits <= smallest_bits ? 0 : bits - smallest_bits;
}

std::size_t length_of(std::size_t size) {
    return std::size_t{1} << (size + smallest_bits);
}

}  // namespace

void* take_block(std::size_t bytes) {
    if (!recycles_blocks || bytes > largest) return ::operator new(bytes);
    const std::size_t size = size_class(bytes);
    List& list = lists[size];
    // At its full length also where this thread keeps none any more: another one may keep it.
    if (ended || list.first == nullptr) return ::operator new(length_of(size));
    Free* const block = list.first;
    list.first = block->next;
    --list.length;
    return block;
}

void give_block_back(void* block, std::size_t bytes) noexcept {
    if (!recycles_blocks || bytes > largest || ended) {
        ::operator delete(block);
        return;
    }
    const std::size_t size = size_class(bytes);
    List& list = lists[size];
    if (list.length >= kept_bytes / length_of(size)) {
        ::operator delete(block);
        return;
    }
    if (list.first == nullptr) keeper.begin();
    list.first = new (block) Free{list.first};
    ++list.length;
}

void keep_many_blocks() {
    kept_bytes = many_kept_bytes;
}

std::size_t blocks_kept_of(std::size_t bytes) {
    return lists[size_class(bytes)].length;
}

}  // namespace quorate::base
