// election-cold: 5 processes are started; how long until the last of them knows a leader.
#include <algorithm>
#include <sstream>

#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

constexpr int rounds = 20;
constexpr std::size_t members_count = 5;

std::int64_t elect_once(const Timing& timing) {
    const std::int64_t begin = monotonic_ns();
    Ensemble members(members_count, timing);
    std::int64_t last = begin;
    for (std::size_t i = 0; i < members.size(); ++i) {
        std::uint64_t term = 0;
        std::int64_t at_ns = 0;
        std::istringstream(members.member(i).expect("elected", burst_bound)) >> term >> at_ns;
        last = std::max(last, at_ns);
    }
    return last - begin;
}

std::int64_t greet_once() {
    const std::int64_t begin = monotonic_ns();
    std::vector<Process> nodes = bare::start_nodes("mesh", members_count);
    std::int64_t last = begin;
    for (Process& each : nodes) {
        last = std::max<std::int64_t>(last, std::stoll(each.expect("heard", burst_bound)));
    }
    return last - begin;
}

}  // namespace

void measure_election_cold(const Profile& profile, const Report& report) {
    Samples ours;
    Samples theirs;
    for (int i = 0; i < rounds; ++i) {
        ours.add(elect_once(profile.timing));
        theirs.add(greet_once());
    }
    Figure figure{.name = "election-cold",
                  .baseline = "bare libzmq: 5 processes, from their start until each heard all"};
    ours.describe(figure);
    figure.baseline_p50_us = theirs.median_us();
    report(figure);
}

}  // namespace quorate::bench
