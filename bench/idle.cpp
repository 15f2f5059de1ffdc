// idle: processes of `quorate member` in a group where nothing happens; what each costs, and how
// their heartbeats grow with their number.
#include <cmath>
#include <thread>

#include "bench/measurements.h"
#include "bench/quiet_group.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

using std::chrono::seconds;

/// Until all are in the group and it has a leader that holds its lease.
void await_leader(QuietGroup& group, const Timing& timing) {
    const Duration bound = seconds(10) + 10 * timing.peer_timeout;
    const std::int64_t deadline = monotonic_ns() + bound.count();
    while (monotonic_ns() < deadline) {
        std::size_t inside = 0;
        bool lease = false;
        for (Process& each : group.processes) {
            const std::string status = status_line(each, bound);
            inside += count_of("\"voter\":true", status) == group.processes.size() ? 1 : 0;
            lease |= count_of("\"lease\":true", status) > 0;
        }
        if (inside == group.processes.size() && lease) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw Failed("the idle group did not settle in time");
}

void measure_group(std::size_t count, const Timing& timing, const Report& report) {
    QuietGroup ours = start_quiet_members(count, timing);
    QuietGroup theirs = start_bare_pulses(count, timing);
    await_leader(ours, timing);
    std::this_thread::sleep_for(seconds(2));
    const auto [cost, floor] = watch_both(ours, theirs);
    const std::string members = std::to_string(count);

    Figure processor{.name = "idle/processor-" + members,
                     .baseline =
                         "bare libzmq processes that exchange heartbeats; processor time "
                         "of one process in one second (1% of a core is 10,000 us)"};
    cost.processor_a_second.describe(processor);
    processor.baseline_p50_us = floor.processor_a_second.median_us();
    report(processor);

    Figure memory{.name = "idle/resident-" + members,
                  .baseline = "the same; resident memory of the largest process"};
    memory.samples = count;
    memory.resident_kib = cost.resident_kib;
    memory.baseline_resident_kib = floor.resident_kib;
    report(memory);

    Figure frames{.name = "idle/frames-" + members,
                  .baseline = "the same; frames a second in the whole group"};
    frames.samples =
        static_cast<std::size_t>(std::lround(cost.frames_a_second * quiet_seconds_watched));
    frames.per_second = cost.frames_a_second;
    frames.baseline_per_second = floor.frames_a_second;
    report(frames);
}

}  // namespace

void measure_idle(const Profile& profile, const Report& report) {
    for (const std::size_t count : {3, 5}) measure_group(count, profile.timing, report);
}

}  // namespace quorate::bench
