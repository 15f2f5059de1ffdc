// CLOCK_MONOTONIC in nanoseconds: the same clock in every process of this machine, so that one may
// stamp the beginning and another the end.
#pragma once

#include <cstdint>
#include <ctime>

namespace quorate::bench {

inline std::int64_t monotonic_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace quorate::bench
