// leader_election: three members elect a leader, each tells it a reading twice a second, and
// whoever leads prints what it is told. Kill the leader: the readings go to the next one. Shows
// on_leader_elected(), send_to_leader(), and how to act as the leader safely.
//
// To try it, in three terminals:
//   build/release/bin/examples/leader_election anna
//   build/release/bin/examples/leader_election bert
//   build/release/bin/examples/leader_election carl
// and in a fourth, if it is anna who leads:
//   pkill -9 -f 'leader_election anna'
// Start anna again, and she is one of the three once more.
//
// The members find each other by the beacon, a broadcast on this host. Given seeds, the endpoints
// that the others print at their start, they ask those:
//   build/release/bin/examples/leader_election bert tcp://127.0.0.1:40123
#include <quorate/quorate.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto cycle = 500ms;
volatile std::sig_atomic_t stopping = 0;

/// Messages bear the id of their sender; its name stands in the roster as long as it is a member.
std::string name_of(quorate::MemberId id, const quorate::GroupStatus& status) {
    for (const quorate::MemberInfo& member : status.members) {
        if (member.id == id) return member.name;
    }
    return "somebody who has left";
}

void listen(quorate::Group& group, const std::string& name) {
    group.on_member_joined([](const auto& member) { std::cout << member.name << " joined\n"; });
    group.on_member_left([](const quorate::MemberLeft& member) {
        std::cout << member.name << " is gone (" << to_string(member.reason) << ")\n";
    });
    group.on_leader_elected([](const quorate::LeaderElected& elected) {
        std::cout << elected.name << " leads, term " << elected.term << '\n';
    });
    group.on_leader_lost([](const quorate::LeaderLost&) { std::cout << "nobody leads\n"; });
    group.on_message_to_leader([&group, name](const quorate::MessageToLeader& message) {
        // It was sent to the leader; whether that is still this member counts now, when it acts.
        // The lease and the token are of one moment: asked for one after the other, the token might
        // be another leader's already.
        const quorate::GroupStatus status = group.status();
        if (!status.lease) return;
        std::cout << name << " hears " << message.data.view() << " from "
                  << name_of(message.from, status) << '\n';
        // An act outside of the group takes (status.epoch, status.term) along, the fencing token:
        // what is acted upon refuses a smaller one than it has seen, and with it a leader that was
        // stopped between the question above and its act.
    });
    // A reading that is lost is followed by another one; but nobody should have to guess why.
    group.on_request_done([](const quorate::RequestDone& done) {
        if (done.error) std::cout << "a reading was lost: " << done.error->message << '\n';
    });
    group.on_refused([](const quorate::Refused& refused) {
        std::cerr << refused.reason << '\n';
        stopping = 1;
    });
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty() || arguments[0].starts_with('-')) {
        std::cerr << "usage: leader_election NAME [SEED...]\n";
        return 64;
    }
    std::cout << std::unitbuf;  // each line at once, also into a pipe
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });

    quorate::CoordinatorOptions options{.component = arguments[0],
                                        .seeds = {arguments.begin() + 1, arguments.end()}};
    if (!options.seeds.empty()) options.beacon.clear();
    quorate::Coordinator coordinator{options};
    auto joined = coordinator.join_group("leader_election", "A", {.size = 3});
    if (!joined) {
        std::cerr << joined.error().message << '\n';
        return EXIT_FAILURE;
    }
    quorate::Group& group = *joined;
    std::cout << arguments[0] << " listens at " << group.status().endpoint << '\n';
    listen(group, arguments[0]);

    int reading = 0;
    for (auto next = Clock::now(); stopping == 0;) {
        coordinator.dispatch(std::max<quorate::Duration>(next - Clock::now(), 1ms));
        if (Clock::now() < next) continue;
        next += cycle;
        if (!group.leader()) continue;
        const auto asked = group.send_to_leader("reading " + std::to_string(++reading));
        if (!asked) std::cout << "a reading was lost: " << asked.error().message << '\n';
    }
    std::cout << "leaving\n";  // which the coordinator does at its end
}
