// distributed_estimator: every member measures the same quantity a little differently; each cycle
// the leader tells the group the mean of what it heard, the global estimate. The agreed roster says
// who counts: whoever joins from its first estimate on, who left or died no longer.
//
// Try it in three terminals; two of the three are enough to begin:
//   build/release/bin/examples/distributed_estimator roof 20
//   build/release/bin/examples/distributed_estimator wall 22
//   build/release/bin/examples/distributed_estimator door 27
// End one, the leader if you like, with Ctrl-C or kill -9, and start it again.
// On several hosts add where to meet and where to listen: 10.0.0.255:17670 tcp://10.0.0.7:0
#include <quorate/quorate.h>

#include <charconv>
#include <cmath>
#include <csignal>
#include <iostream>
#include <map>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto cycle = 500ms;
volatile std::sig_atomic_t stopping = 0;

struct Estimate {
    double value;
    Clock::time_point heard;
};
using Estimates = std::map<quorate::MemberId, Estimate>;

/// Whatever came over the network is looked at first: it must be a number, all of it.
std::optional<double> parse(std::string_view text) {
    double value = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    const bool good = error == std::errc{} && end == last && std::isfinite(value);
    return good ? std::optional(value) : std::nullopt;
}

/// Leader: of those in the roster that it heard lately, as a living process may measure no more.
void tell_mean(quorate::Group& group, const Estimates& estimates) {
    double sum = 0;
    int heads = 0;
    for (const quorate::MemberInfo& member : group.members()) {
        const auto its = estimates.find(member.id);
        if (its == estimates.end() || Clock::now() - its->second.heard > 4 * cycle) continue;
        sum += its->second.value;
        ++heads;
    }
    if (heads == 0) return;
    // Refused if leadership is lost on the way. Acts outside need the token (epoch, term) as well.
    (void)group.send_ordered_as_leader(std::to_string(sum / heads) + " of " +
                                       std::to_string(heads));
}

void listen(quorate::Group& group, Estimates& estimates) {
    group.on_member_joined([](const auto& member) { std::cout << member.name << " joined\n"; });
    group.on_member_left([&](const quorate::MemberLeft& member) {
        std::cout << member.name << " is gone (" << to_string(member.reason) << ")\n";
        estimates.erase(member.id);
    });
    group.on_leader_elected([&](const quorate::LeaderElected& elected) {
        std::cout << elected.name << " leads, term " << elected.term << '\n';
        estimates.clear();  // what this member heard when it led before is old
    });
    group.on_message_to_leader([&](const quorate::MessageToLeader& message) {
        const std::optional<double> value = parse(message.data.view());
        if (value) estimates[message.from] = {*value, Clock::now()};
    });
    group.on_message([told = std::string()](const quorate::Message& message) mutable {
        if (message.data.view() == told) return;  // comes each cycle, is shown when it is another
        told = message.data.str();
        std::cout << "global estimate " << told << '\n';
    });
    // A lost cycle is followed by another; but nobody should have to guess why.
    group.on_request_done([](const quorate::RequestDone& done) {
        if (done.error) std::cout << "not told: " << done.error->message << '\n';
    });
    group.on_refused([](const quorate::Refused& refused) {
        std::cout << refused.reason << '\n';
        stopping = 1;
    });
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2 || arguments.size() > 4 || !parse(arguments[1])) {
        std::cerr << "usage: distributed_estimator NAME ESTIMATE [BEACON [LISTEN]]\n";
        return 64;
    }
    std::cout << std::unitbuf;  // each line at once, also into a pipe
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });

    quorate::CoordinatorOptions options{.component = arguments[0]};
    if (arguments.size() > 2) options.beacon = arguments[2];
    if (arguments.size() > 3) options.listen = arguments[3];
    quorate::Coordinator coordinator{options};
    auto joined = coordinator.join_group("estimator", "A", {.size = 3});
    if (!joined) {
        std::cerr << joined.error().message << '\n';
        return EXIT_FAILURE;
    }
    quorate::Group& group = *joined;
    Estimates estimates;
    listen(group, estimates);

    for (auto next = Clock::now(); stopping == 0;) {
        coordinator.dispatch(10ms);
        if (Clock::now() < next || !group.leader()) continue;
        next = Clock::now() + cycle;
        (void)group.send_to_leader(arguments[1]);  // not taken if a queue is full: then the next
        // A new leader listens for a cycle first: by then its own estimate is in, and the others'.
        if (group.am_leader() && estimates.contains(group.id())) tell_mean(group, estimates);
    }
}  // the coordinator leaves the group
