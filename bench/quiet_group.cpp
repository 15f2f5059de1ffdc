#include "bench/quiet_group.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "bench/bare/start.h"
#include "bench/process_cost.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

using std::chrono::seconds;

constexpr std::size_t seeds = 3;

std::string in_ms(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

std::vector<std::string> member_arguments(const std::vector<Port>& ports, std::size_t index,
                                          const Timing& timing, std::size_t size) {
    std::vector<std::string> arguments = {"member",
                                          "--group",
                                          "bench.quiet",
                                          "--size",
                                          std::to_string(size),
                                          "--listen",
                                          loopback_endpoint(ports[index]),
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
    for (std::size_t seed = 0; seed < std::min(seeds, ports.size()); ++seed) {
        if (seed == index) continue;
        arguments.push_back("--seed");
        arguments.push_back(loopback_endpoint(ports[seed]));
    }
    return arguments;
}

}  // namespace

QuietGroup start_quiet_members(std::size_t count, const Timing& timing, std::size_t size) {
    QuietGroup group;
    group.ports = find_free_ports(count);
    for (std::size_t i = 0; i < count; ++i) {
        group.processes.emplace_back(
            member_arguments(group.ports, i, timing, size == 0 ? count : size));
    }
    return group;
}

QuietGroup start_bare_pulses(std::size_t count, const Timing& timing) {
    QuietGroup group;
    group.ports = find_free_ports(count);
    const auto period = std::chrono::duration_cast<std::chrono::microseconds>(timing.heartbeat);
    for (std::size_t i = 0; i < count; ++i) {
        group.processes.emplace_back(bare::worker_arguments(
            "pulse", {std::to_string(period.count()), std::to_string(i)}, group.ports));
    }
    return group;
}

std::pair<QuietCost, QuietCost> watch_both(const QuietGroup& ours, const QuietGroup& theirs) {
    struct Watched {
        const QuietGroup& group;
        QuietCost cost = {};
        std::uint64_t frames = 0;
        std::vector<std::int64_t> used = {};
    } both[] = {{ours}, {theirs}};
    for (Watched& each : both) {
        each.frames = segments_sent_to(each.group.ports);
        for (const Process& process : each.group.processes) {
            each.used.push_back(processor_ns(process.pid()));
        }
    }
    const std::int64_t begin = monotonic_ns();
    for (int second = 0; second < quiet_seconds_watched; ++second) {
        std::this_thread::sleep_for(seconds(1));
        for (Watched& each : both) {
            for (std::size_t i = 0; i < each.used.size(); ++i) {
                const std::int64_t used = processor_ns(each.group.processes[i].pid());
                each.cost.processor_a_second.add(used - std::exchange(each.used[i], used));
            }
        }
    }
    const double elapsed_s = static_cast<double>(monotonic_ns() - begin) / 1e9;
    for (Watched& each : both) {
        const std::uint64_t frames = segments_sent_to(each.group.ports) - each.frames;
        each.cost.frames_a_second = static_cast<double>(frames) / elapsed_s;
        for (const Process& process : each.group.processes) {
            each.cost.resident_kib = std::max(each.cost.resident_kib, resident_kib(process.pid()));
        }
    }
    return {both[0].cost, both[1].cost};
}

std::string status_line(Process& member, Duration within) {
    member.forget();
    member.say("status");
    std::string reply;
    do {
        reply = member.next_line(within);
    } while (reply.find("\"reply\"") == std::string::npos);
    return reply;
}

std::size_t count_of(const std::string& part, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace quorate::bench
