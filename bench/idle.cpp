// idle: processes of `quorate member` in a group where nothing happens; what each costs, and how
// their heartbeats grow with their number.
#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>

#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/process_cost.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

using std::chrono::seconds;

constexpr int seconds_watched = 10;

std::string in_ms(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

/// Idle processes that talk to each other over these ports.
struct Idle {
    std::vector<Port> ports;
    std::vector<Process> processes;
};

Idle start_members(std::size_t count, const Timing& timing) {
    Idle idle;
    idle.ports = find_free_ports(count);
    for (const Port own : idle.ports) {
        std::vector<std::string> arguments = {"member",
                                              "--group",
                                              "bench.idle",
                                              "--size",
                                              std::to_string(count),
                                              "--listen",
                                              loopback_endpoint(own),
                                              "--beacon",
                                              "off",
                                              "--json",
                                              "--heartbeat-ms",
                                              in_ms(timing.heartbeat),
                                              "--election-min-ms",
                                              in_ms(timing.election_min),
                                              "--election-max-ms",
                                              in_ms(timing.election_max),
                                              "--peer-timeout-ms",
                                              in_ms(timing.peer_timeout)};
        for (const Port seed : idle.ports) {
            if (seed == own) continue;
            arguments.push_back("--seed");
            arguments.push_back(loopback_endpoint(seed));
        }
        idle.processes.emplace_back(arguments);
    }
    return idle;
}

/// Until all are in the group and it has a leader that holds its lease.
void await_leader(Idle& idle, const Timing& timing) {
    const Duration bound = seconds(10) + 10 * timing.peer_timeout;
    const std::int64_t deadline = monotonic_ns() + bound.count();
    while (monotonic_ns() < deadline) {
        std::size_t inside = 0;
        bool lease = false;
        for (Process& each : idle.processes) {
            each.forget();
            each.say("status");
            std::string reply;
            do {
                reply = each.next_line(bound);
            } while (reply.find("\"reply\"") == std::string::npos);
            std::size_t voters = 0;
            const std::string voter = "\"voter\":true";
            for (std::size_t at = reply.find(voter); at != reply.npos;
                 at = reply.find(voter, at + 1)) {
                ++voters;
            }
            inside += voters == idle.processes.size() ? 1 : 0;
            lease |= reply.find("\"lease\":true") != std::string::npos;
        }
        if (inside == idle.processes.size() && lease) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    throw Failed("the idle group did not settle in time");
}

struct Cost {
    Samples processor_a_second;  ///< of each process, each second
    double resident_kib = 0;     ///< of the largest
    double frames_a_second = 0;  ///< of all together
};

/// Both at the same time, so that the machine is equally busy for both.
std::pair<Cost, Cost> watch(const Idle& ours, const Idle& theirs) {
    struct Watched {
        const Idle& idle;
        Cost cost = {};
        std::uint64_t frames = 0;
        std::vector<std::int64_t> used = {};
    } both[] = {{ours}, {theirs}};
    for (Watched& each : both) {
        each.frames = segments_sent_to(each.idle.ports);
        for (const Process& process : each.idle.processes) {
            each.used.push_back(processor_ns(process.pid()));
        }
    }
    const std::int64_t begin = monotonic_ns();
    for (int second = 0; second < seconds_watched; ++second) {
        std::this_thread::sleep_for(seconds(1));
        for (Watched& each : both) {
            for (std::size_t i = 0; i < each.used.size(); ++i) {
                const std::int64_t used = processor_ns(each.idle.processes[i].pid());
                each.cost.processor_a_second.add(used - std::exchange(each.used[i], used));
            }
        }
    }
    const double elapsed_s = static_cast<double>(monotonic_ns() - begin) / 1e9;
    for (Watched& each : both) {
        const std::uint64_t frames = segments_sent_to(each.idle.ports) - each.frames;
        each.cost.frames_a_second = static_cast<double>(frames) / elapsed_s;
        for (const Process& process : each.idle.processes) {
            each.cost.resident_kib = std::max(each.cost.resident_kib, resident_kib(process.pid()));
        }
    }
    return {both[0].cost, both[1].cost};
}

void measure_group(std::size_t count, const Timing& timing, const Report& report) {
    Idle ours = start_members(count, timing);
    Idle theirs;
    theirs.ports = find_free_ports(count);
    const auto period = std::chrono::duration_cast<std::chrono::microseconds>(timing.heartbeat);
    for (std::size_t i = 0; i < count; ++i) {
        theirs.processes.emplace_back(bare::worker_arguments(
            "pulse", {std::to_string(period.count()), std::to_string(i)}, theirs.ports));
    }
    await_leader(ours, timing);
    std::this_thread::sleep_for(seconds(2));
    const auto [cost, floor] = watch(ours, theirs);
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
    frames.samples = static_cast<std::size_t>(std::lround(cost.frames_a_second * seconds_watched));
    frames.per_second = cost.frames_a_second;
    frames.baseline_per_second = floor.frames_a_second;
    report(frames);
}

}  // namespace

void measure_idle(const Profile& profile, const Report& report) {
    for (const std::size_t count : {3, 5}) measure_group(count, profile.timing, report);
}

}  // namespace quorate::bench
