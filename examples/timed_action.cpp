// timed_action: three members agree on moments, some 15 ms apart, and each acts at every one of
// them; at the end it shows how late it was. Halfway the leader asks for one that is too close to
// the one before: the votes refuse it. Shows request_action() and set_actuator().
//
// To try it, in three terminals; kill any of them in the middle, and the others go on:
//   build/release/bin/examples/timed_action anna
//   build/release/bin/examples/timed_action bert
//   build/release/bin/examples/timed_action carl
// The beacon brings them together, or seeds do: timed_action bert 1000 tcp://127.0.0.1:40123
#include <quorate/quorate.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <map>

using namespace std::chrono_literals;

namespace {

volatile std::sig_atomic_t stopping = 0;

struct Rounds {
    int wanted = 1000;
    int heard = 0;               // that there was a vote on
    quorate::Duration latest{};  // moment that this member, leading, has asked for
    bool asking = false;         // and it isn't told yet what came of it
    std::map<quorate::PollId, quorate::VoteRequest> open;  // to be decided, or to be done
    std::map<std::uint64_t, int> lateness;  // how many were late by less than so many microseconds
    std::atomic<int> acts = 0;              // counted on the action thread
};

/// The leader's: the next round, in time. All begin together, and halfway one is asked too close.
void go_on(quorate::Group& group, Rounds& rounds) {
    const auto soonest = group.action_time() + 400ms;
    if (rounds.asking || rounds.heard >= rounds.wanted || soonest < rounds.latest + 15ms) return;
    if (!group.am_leader() || (rounds.heard == 0 && group.size() < group.spec().size)) return;
    const auto moment = rounds.heard == (rounds.wanted + 1) / 2 ? rounds.latest + 1ms : soonest;
    rounds.latest = soonest;
    // All must be free, and say so in time; who is over 100 ms late at the moment doesn't act.
    const auto taken = group.request_action(
        "round " + std::to_string(rounds.heard + 1), moment,
        {.kind = quorate::Voting::consensus, .timeout = 300ms, .tolerance = 100ms},
        [&](const quorate::RequestDone&) { rounds.asking = false; });
    rounds.asking = taken.ok();
    if (!taken) std::cout << "can't ask: " << taken.error().message << '\n';
}

void listen(quorate::Group& group, Rounds& rounds) {
    group.on_vote_request([&](const quorate::VoteRequest& request) {
        // An act takes 10 ms, and a member does one at a time.
        const bool free = std::ranges::none_of(rounds.open, [&](const auto& other) {
            return std::chrono::abs(other.second.at - request.at) < 10ms;
        });
        (void)group.send_vote(request.poll, free);  // who can't vote has not agreed
        rounds.open[request.poll] = request;
        ++rounds.heard;
    });
    group.on_vote_result([&](const quorate::VoteResult& result) {
        if (result.yes()) return;
        std::cout << result.topic << " is not agreed on\n";
        rounds.open.erase(result.poll);
    });
    // The act itself: at the moment, on a thread of the library's that does nothing else.
    group.set_actuator([&](const quorate::ActionDue&) { ++rounds.acts; });
    group.on_action_due([&](const quorate::ActionDue& due) {
        ++rounds.lateness[std::bit_ceil<std::uint64_t>(due.lateness() / 1us + 1)];
        rounds.open.erase(due.poll);
    });
    group.on_action_missed([&](const quorate::ActionMissed& round) {
        std::cout << round.topic << " is missed: " << round.reason << '\n';
        rounds.open.erase(round.poll);
    });
    group.on_request_done([](const quorate::RequestDone& done) {
        if (done.error) std::cout << "that failed: " << done.error->message << '\n';
    });
    group.on_refused([](const quorate::Refused& refused) {
        std::cerr << refused.reason << '\n';
        stopping = 1;
    });
}

}  // namespace

int main(int argc, char** argv) {
    Rounds rounds;  // outlives the coordinator, whose action thread counts in it
    if (argc > 2) rounds.wanted = std::atoi(argv[2]);
    if (argc < 2 || rounds.wanted < 1) {
        std::cerr << "usage: timed_action NAME [ROUNDS [SEED...]]\n";
        return 64;
    }
    std::cout << std::unitbuf;  // each line at once, also into a pipe
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });
    quorate::CoordinatorOptions options{.component = argv[1]};
    options.clock = quorate::ActionClock::monotonic;  // on several hosts: realtime, by NTP or PTP
    if (argc > 3) options.seeds.assign(argv + 3, argv + argc);
    if (argc > 3) options.beacon.clear();
    quorate::Coordinator coordinator{options};
    auto joined = coordinator.join_group("timed_action", "A", {.size = 3});
    if (!joined) {
        std::cerr << joined.error().message << '\n';
        return EXIT_FAILURE;
    }
    std::cout << argv[1] << " listens at " << joined->status().endpoint << '\n';
    listen(*joined, rounds);
    while (stopping == 0 && (rounds.heard < rounds.wanted || !rounds.open.empty())) {
        coordinator.dispatch(5ms);
        go_on(*joined, rounds);
    }
    std::cout << "acted in " << rounds.acts << " of " << rounds.heard
              << " rounds; late by less than\n";
    for (const auto& [bound, times] : rounds.lateness) {
        const std::string bar(60 * times / rounds.acts, '#');
        std::cout << '\t' << bound << " us:\t" << times << '\t' << bar << '\n';
    }
}
