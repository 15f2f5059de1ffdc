// Counts what a test program allocates: its operator new is replaced (allocations.cpp). Linked by
// those that say there is nothing to count. Each thread by itself.
#pragma once

#include <cstdint>

namespace quorate::steady {

/// Calls of operator new while counting was on.
std::uint64_t allocations();

/// Counts from its making to its end; one inside of another changes nothing.
class Counting {
public:
    Counting();
    ~Counting();
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;

private:
    bool before_;
};

/// Does not count meanwhile: what belongs to the test, in the middle of what is counted.
class NotCounting {
public:
    NotCounting();
    ~NotCounting();
    NotCounting(const NotCounting&) = delete;
    NotCounting& operator=(const NotCounting&) = delete;

private:
    bool before_;
};

}  // namespace quorate::steady
