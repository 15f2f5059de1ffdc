// A group in which nothing happens: processes of `quorate member`, and as many bare ones that
// exchange heartbeats; what each costs while both run.
#pragma once

#include <utility>
#include <vector>

#include "bench/ports.h"
#include "bench/process.h"
#include "bench/samples.h"
#include "quorate/spec.h"

namespace quorate::bench {

inline constexpr int quiet_seconds_watched = 10;

/// Idle processes that talk to each other over these ports.
struct QuietGroup {
    std::vector<Port> ports;
    std::vector<Process> processes;
};

/// `count` members of the group bench.quiet, which is deployed with `size` (0: as many). The first
/// few are everybody's seeds. Each tells its events.
QuietGroup start_quiet_members(std::size_t count, const Timing& timing, std::size_t size = 0);
/// As many of bare libzmq; the first sends the heartbeats. Each tells `heard NS`, once.
QuietGroup start_bare_pulses(std::size_t count, const Timing& timing);

/// The processor and memory of `watched` alone, the frames of all.
struct QuietCost {
    Samples processor_a_second;  ///< of each process, each second
    double resident_kib = 0;     ///< of the largest
    double frames_a_second = 0;  ///< of all together
};
/// Both at the same time, so that the machine is equally busy for both.
std::pair<QuietCost, QuietCost> watch_both(const QuietGroup& ours, const QuietGroup& theirs);

/// Asks one of our members for its status: its reply, as a line of JSON.
std::string status_line(Process& member, Duration within);
/// How often `part` occurs in `text`.
std::size_t count_of(const std::string& part, const std::string& text);

}  // namespace quorate::bench
