// Counts what this program allocates: its operator new is replaced (allocations.cpp).
//
// Only quorate_bench_core links it, so that `quorate` and the library keep the system's. What it
// costs there: a counter of the thread, for each allocation.
#pragma once

#include <cstdint>

namespace quorate::bench::core {

/// Calls of operator new by this thread until now.
std::uint64_t allocations();

}  // namespace quorate::bench::core
