// poll-round: from a member's request for a vote to its result at the last of 5 members, all of
// which say yes at once; in message round trips. Both come 2 ms after the one before: a vote is a
// rare thing, and finds caches cold and processors asleep.
#include <algorithm>

#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"

namespace quorate::bench {

namespace {

constexpr int bursts = 20;

Samples run(Process& node, const std::string& command) {
    node.say(command);
    return Samples::parse(node.expect("samples", burst_bound));
}

/// From each request to the last member's result. Polls end in the same order everywhere.
Samples run_polls(Ensemble& members, int count) {
    Process& requester = members.following();
    requester.say("polls " + std::to_string(count));
    const Samples begun = Samples::parse(requester.expect("begun", burst_bound));
    std::vector<Samples> ended;
    for (std::size_t member = 0; member < members.size(); ++member) {
        members.member(member).say("results");
        ended.push_back(Samples::parse(members.member(member).expect("results", burst_bound)));
        if (ended.back().size() != begun.size()) throw Failed("a member missed a vote's result");
    }
    Samples samples;
    for (std::size_t poll = 0; poll < begun.size(); ++poll) {
        std::int64_t last = 0;
        for (const Samples& member : ended) last = std::max(last, member.at(poll));
        samples.add(last - begun.at(poll));
    }
    return samples;
}

}  // namespace

void measure_poll_round(const Profile& profile, const Report& report) {
    Ensemble members(5, profile.timing);
    std::vector<Process> relays = bare::start_nodes("relay", 2);
    std::vector<Process> bouncers = bare::start_nodes("bouncer", 2);
    members.await_settled();
    Samples ours;
    Samples between_components;
    Samples between_processes;
    for (int i = 0; i <= bursts; ++i) {
        const Samples polls = run_polls(members, 50);
        const Samples relayed = run(relays[0], "echo 1 50 256 2");
        const Samples bounced = run(bouncers[0], "ping 50 256 2");
        if (i == 0) continue;  // warming up
        ours.add(polls);
        between_components.add(relayed);
        between_processes.add(bounced);
    }
    Figure figure{.name = "poll-round",
                  .baseline = "one message round trip between two components on bare libzmq"};
    ours.describe(figure);
    figure.baseline_p50_us = between_components.median_us();
    report(figure);
    figure.name = "poll-round/tcp";
    figure.baseline = "one message round trip between two processes, without inproc hops";
    figure.baseline_p50_us = between_processes.median_us();
    report(figure);
}

}  // namespace quorate::bench
