#include "bench/member/member_worker.h"

#include <chrono>

#include "bench/member/component.h"
#include "bench/member/ensemble.h"
#include "bench/ports.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

constexpr std::size_t first_port = 7;

void carry_out(const Words& command, Component& component, WorkerLines& lines) {
    const auto number = [&](std::size_t place) {
        return static_cast<std::uint64_t>(number_at(command, place));
    };
    const std::string& word = command.at(0);
    if (word == "status") {
        component.tell_status();
    } else if (word == "echo") {
        component.echo(number(1), number(2));
    } else if (word == "broadcast") {
        component.broadcast(number(1), number(2));
    } else if (word == "ordered") {
        component.ordered(number(1), std::chrono::milliseconds(number_at(command, 2)), number(3));
    } else if (word == "stream") {
        component.stream(number(1), number(2), std::chrono::milliseconds(number_at(command, 3)),
                         [&lines] { return lines.next_command(0).has_value(); });
    } else if (word == "polls") {
        component.polls(number(1));
    } else if (word == "actions") {
        component.actions(number(1), number_at(command, 2), number_at(command, 3));
    } else if (word == "acts") {
        component.tell_acts(number(1));
    } else if (word == "results") {
        component.tell_results();
    } else {
        throw Failed("there is no command \"" + word + "\"");
    }
}

GroupSpec read_spec(const Words& arguments) {
    const auto duration = [&](std::size_t place) {
        return std::chrono::microseconds(number_at(arguments, place));
    };
    GroupSpec spec;
    spec.size = static_cast<std::uint32_t>(arguments.size() - first_port);
    spec.timing = {.heartbeat = duration(2),
                   .election_min = duration(3),
                   .election_max = duration(4),
                   .peer_timeout = duration(5)};
    return spec;
}

CoordinatorOptions read_options(const Words& arguments) {
    CoordinatorOptions options;
    const std::size_t own = first_port + static_cast<std::size_t>(number_at(arguments, 1));
    options.component = "bench-" + arguments[1];
    options.beacon = "";
    options.clock = ActionClock::monotonic;
    if (arguments[6] == "fifo") {
        options.real_time.action = {.policy = Scheduling::fifo, .priority = fifo_priority};
    }
    for (std::size_t place = first_port; place < arguments.size(); ++place) {
        const auto port = static_cast<Port>(number_at(arguments, place));
        if (place == own) {
            options.listen = loopback_endpoint(port);
        } else {
            options.seeds.push_back(loopback_endpoint(port));
        }
    }
    return options;
}

}  // namespace

void run_member_worker(const std::vector<std::string>& arguments) {
    if (arguments.size() <= first_port) throw Failed("arguments are missing");
    Coordinator coordinator{read_options(arguments)};
    auto joined = coordinator.join_group("bench", arguments[0], read_spec(arguments));
    if (!joined) throw Failed(joined.error().message);
    Component component(coordinator, *joined);
    WorkerLines lines;
    std::int64_t look_again_at = 0;
    while (true) {
        const bool handled = component.turn();
        // Looking costs a system call: not each time while messages flow.
        if (handled && monotonic_ns() < look_again_at) continue;
        while (const auto command = lines.next_command(0)) carry_out(*command, component, lines);
        look_again_at = monotonic_ns() + 2'000'000;
    }
}

}  // namespace quorate::bench
