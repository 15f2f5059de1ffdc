// members: how a group grows. 3, 10, 50 and 200 processes of `quorate member` in one group with at
// most 7 voters: how long until all are in, and what the whole group sends and costs from then on.
#include <algorithm>
#include <cmath>
#include <thread>

#include "bench/measurements.h"
#include "bench/quiet_group.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

using std::chrono::seconds;

constexpr auto bound = seconds(120);

/// CLOCK_MONOTONIC of the first event of that name that the member tells of.
std::int64_t await_event(Process& member, const std::string& event) {
    const std::int64_t deadline = monotonic_ns() + Duration(bound).count();
    const std::string wanted = "\"event\":\"" + event + "\"";
    const std::string stamp = "\"t_ns\":";
    while (true) {
        const std::string line = member.next_line(Duration(deadline - monotonic_ns()));
        const std::size_t at = line.find(stamp);
        if (line.find(wanted) == line.npos || at == line.npos) continue;
        return std::stoll(line.substr(at + stamp.size()));
    }
}

/// Until the first member's roster holds all, and all seats are taken.
void await_full_roster(QuietGroup& group) {
    const std::size_t count = group.processes.size();
    const std::size_t seats = std::min<std::size_t>(count, GroupSpec{}.max_voters);
    const std::int64_t deadline = monotonic_ns() + Duration(bound).count();
    while (monotonic_ns() < deadline) {
        const std::string status = status_line(group.processes.front(), bound);
        const bool all =
            count_of("\"role\":", status) == count && count_of("\"voter\":true", status) == seats;
        if (all && count_of("\"quorum\":true", status) > 0) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw Failed("a group of " + std::to_string(count) + " did not come together in time");
}

std::int64_t last_of(std::vector<std::int64_t> moments) {
    return *std::max_element(moments.begin(), moments.end());
}

void measure_group(std::size_t count, const Timing& timing, const Report& report) {
    const std::string members = std::to_string(count);

    Figure together{
        .name = "members/together-" + members,
        .baseline = "as many bare libzmq processes, until the last has heard the first"};
    const std::int64_t begin = monotonic_ns();
    QuietGroup ours = start_quiet_members(count, timing);
    std::vector<std::int64_t> in;
    for (Process& each : ours.processes) in.push_back(await_event(each, "joined"));
    Samples took;
    took.add(last_of(in) - begin);
    took.describe(together);
    await_full_roster(ours);

    const std::int64_t bare_begin = monotonic_ns();
    QuietGroup theirs = start_bare_pulses(count, timing);
    std::vector<std::int64_t> heard;
    for (Process& each : theirs.processes) heard.push_back(std::stoll(each.expect("heard", bound)));
    together.baseline_p50_us = static_cast<double>(last_of(heard) - bare_begin) / 1000.0;
    report(together);

    std::this_thread::sleep_for(seconds(2) + timing.peer_timeout);
    const auto [cost, floor] = watch_both(ours, theirs);
    Figure frames{.name = "members/frames-" + members,
                  .baseline =
                      "as many bare libzmq processes, each of which answers the heartbeats "
                      "of the first; frames a second in the whole group"};
    frames.samples =
        static_cast<std::size_t>(std::lround(cost.frames_a_second * quiet_seconds_watched));
    frames.per_second = cost.frames_a_second;
    frames.baseline_per_second = floor.frames_a_second;
    report(frames);

    Figure processor{.name = "members/processor-" + members,
                     .baseline =
                         "the same; processor time of one process in one second (1% of a "
                         "core is 10,000 us); the longest is mostly the leader's"};
    cost.processor_a_second.describe(processor);
    processor.baseline_p50_us = floor.processor_a_second.median_us();
    report(processor);
}

}  // namespace

void measure_members(const Profile& profile, const Report& report) {
    for (const std::size_t count : {3, 10, 50}) measure_group(count, profile.timing, report);
    // So many processes on a few cores can't answer in a few tens of milliseconds.
    const Timing wan = Timing::wan();
    const bool slower = profile.timing.heartbeat > wan.heartbeat;
    measure_group(200, slower ? profile.timing : wan, report);
}

}  // namespace quorate::bench
