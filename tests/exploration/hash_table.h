// Hash sets and maps of 64-bit keys that are hashes already: open addressing, growth by doubling.
// Grows until memory ends; no key is ever removed. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace quorate::exploration {

inline std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

/// Eight bytes a key, at most 70 % full.
class HashSet {
public:
    /// True if `key` was not there. 0 stands for an empty place, so the key 0 is taken for 1.
    bool insert(std::uint64_t key) {
        key += key == 0;
        if (size_ * 10 >= slots_.size() * 7) grow();
        if (!place(slots_, key)) return false;
        ++size_;
        return true;
    }
    std::size_t size() const { return size_; }

private:
    static bool place(std::vector<std::uint64_t>& slots, std::uint64_t key) {
        const std::size_t mask = slots.size() - 1;
        std::size_t at = key & mask;
        while (slots[at] != 0) {
            if (slots[at] == key) return false;
            at = (at + 1) & mask;
        }
        slots[at] = key;
        return true;
    }
    void grow() {
        std::vector<std::uint64_t> wider(slots_.size() * 2);
        for (const std::uint64_t key : slots_) {
            if (key != 0) place(wider, key);
        }
        slots_ = std::move(wider);
    }

    std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(1024);
    std::size_t size_ = 0;
};

/// Any 64-bit key but the greatest.
class HashMap {
public:
    /// The value at `key`, nullptr if there is none; until the next insert.
    const std::uint32_t* find(std::uint64_t key) const {
        const Slot& slot = slots_[place(slots_, key)];
        return slot.key == key ? &slot.value : nullptr;
    }
    void insert(std::uint64_t key, std::uint32_t value) {
        if (++size_ * 10 >= slots_.size() * 7) grow();
        slots_[place(slots_, key)] = {key, value};
    }

private:
    static constexpr std::uint64_t nothing = ~std::uint64_t{0};
    struct Slot {
        std::uint64_t key = nothing;
        std::uint32_t value = 0;
    };
    static std::size_t place(const std::vector<Slot>& slots, std::uint64_t key) {
        const std::size_t mask = slots.size() - 1;
        std::size_t at = mix(key) & mask;
        while (slots[at].key != nothing && slots[at].key != key) at = (at + 1) & mask;
        return at;
    }
    void grow() {
        std::vector<Slot> wider(slots_.size() * 2);
        for (const Slot& slot : slots_) {
            if (slot.key != nothing) wider[place(wider, slot.key)] = slot;
        }
        slots_ = std::move(wider);
    }

    std::vector<Slot> slots_ = std::vector<Slot>(1024);
    std::size_t size_ = 0;
};

}  // namespace quorate::exploration
