// What there is to measure, under which timings, and as which process.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>

#include <sys/prctl.h>

#include "bench/bare/nodes.h"
#include "bench/bench.h"
#include "bench/measurements.h"
#include "bench/member/member_worker.h"

namespace quorate::bench {

namespace {

const Profile all_profiles[] = {
    {"rt", Timing::rt()},
    {"lan", Timing::lan()},
    {"wan", Timing::wan()},
    {"riaps", Timing::riaps()},
};

const Measurement all_measurements[] = {
    {"send-leader-echo", "a message to the leader and back, 256 bytes", measure_send_leader_echo},
    {"broadcast", "messages a second to all of 5 members, 256 bytes", measure_broadcast},
    {"ordered-commit", "one ordered message at a time, 3 members", measure_ordered_commit},
    {"ordered-throughput", "ordered messages with 16, 64 and 1000 outstanding, 3 members",
     measure_ordered_throughput},
    {"poll-round", "from a vote's request to its result at all of 5 members", measure_poll_round},
    {"action-lateness", "how late 3 members act at an agreed moment, 1000 times",
     measure_action_lateness},
    {"failover-kill", "the leader of 3 is killed (SIGKILL), 30 times", measure_failover_kill},
    {"failover-hang", "the leader of 3 is stopped (SIGSTOP), 30 times", measure_failover_hang},
    {"election-cold", "5 processes from their start to a leader that all know",
     measure_election_cold},
    {"idle", "what an idle member costs: processor, memory, frames", measure_idle},
    {"members", "3, 10, 50 and 200 members in one group: until all are in, traffic, processor",
     measure_members},
    {"join-leave", "a fourth member joins a group of 3 and leaves it, 200 times",
     measure_join_leave},
    {"raft-core", "the Raft core alone, 3 in one thread, 64 outstanding, 256 bytes",
     measure_raft_core},
    {"catch-up", "a follower of 3 comes back, far behind, while the leader stays busy",
     measure_catch_up},
};

using Worker = void (*)(const std::vector<std::string>&);
const std::map<std::string, Worker>& workers() {
    static const std::map<std::string, Worker> all = {
        {"member", run_member_worker},  {"relay", bare::run_relay},
        {"bouncer", bare::run_bouncer}, {"floor-leader", bare::run_floor_leader},
        {"mesh", bare::run_mesh},       {"floor-follower", bare::run_floor_follower},
        {"pulse", bare::run_pulse},     {"survivor", bare::run_survivor},
        {"victim", bare::run_victim},   {"greeter", bare::run_greeter},
        {"watcher", bare::run_watcher},
    };
    return all;
}

template <class Named>
const Named* find_in(std::span<const Named> all, std::string_view name) {
    for (const Named& each : all) {
        if (each.name == name) return &each;
    }
    return nullptr;
}

}  // namespace

std::span<const Profile> profiles() {
    return all_profiles;
}
const Profile* find_profile(std::string_view name) {
    return find_in(profiles(), name);
}
std::span<const Measurement> measurements() {
    return all_measurements;
}
const Measurement* find_measurement(std::string_view name) {
    return find_in(measurements(), name);
}

int run_worker(const std::vector<std::string>& arguments) {
    // A stopped process would not see that its standard input has closed.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const auto worker = arguments.empty() ? workers().end() : workers().find(arguments.front());
    if (worker == workers().end()) return 64;
    int code = EXIT_SUCCESS;
    try {
        worker->second({arguments.begin() + 1, arguments.end()});
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "quorate bench: a %s: %s\n", arguments.front().c_str(),
                     problem.what());
        code = EXIT_FAILURE;
    }
    // The threads of the baselines never end by themselves.
    _exit(code);
}

}  // namespace quorate::bench
