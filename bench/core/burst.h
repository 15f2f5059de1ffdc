// What one burst came to, and the clock it is taken by. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>

namespace quorate::bench::core {

constexpr std::uint64_t max_outstanding = 64;
constexpr std::size_t entry_bytes = 256;
/// Logs are cut once this many entries are covered …
constexpr std::uint64_t compact_after = 10'000;
/// … down to this many.
constexpr std::uint64_t entries_kept = 1'000;

struct Burst {
    std::uint64_t entries = 0;  ///< committed, as the leader knows
    std::uint64_t processor_ns = 0;
    std::uint64_t steps = 0;        ///< calls of receive, propose and take_output
    std::uint64_t allocations = 0;  ///< without those of the payloads that the client makes
    std::uint64_t payload_allocations = 0;
};

/// Processor time of this thread: what others take of the machine is not counted.
inline std::uint64_t processor_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec);
}

}  // namespace quorate::bench::core
