// consensus: each member has a file, and votes yes when it holds the same as the leader's. The
// leader asks every second; only if all say yes, the files are taken for equal. Shows
// request_vote() with Voting::consensus, send_vote(), and that a vote is decided also when a member
// dies in the middle of it: who is gone without a vote can't have said yes.
//
// To try it, in three terminals:
//   echo 'set point 0.8' | tee /tmp/anna.txt /tmp/bert.txt /tmp/carl.txt
//   build/release/bin/examples/consensus anna /tmp/anna.txt
//   build/release/bin/examples/consensus bert /tmp/bert.txt
//   build/release/bin/examples/consensus carl /tmp/carl.txt
// Change a file, and see the decisions change; change it back; kill -9 one of the three.
// The beacon brings them together, or seeds do: consensus bert bert.txt tcp://127.0.0.1:40123
#include <quorate/quorate.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

volatile std::sig_atomic_t stopping = 0;

/// Nothing if there is no such file. Topics are at most 64 KiB: a larger file's hash would do.
std::optional<std::string> content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

/// Asks again a second after the last decision, as long as this member leads.
struct Asking {
    bool waits = false;  ///< for a decision
    Clock::time_point next = Clock::now();

    void go_on() {
        waits = false;
        next = Clock::now() + 1s;
    }
    void ask(quorate::Group& group, const std::string& path) {
        if (waits || Clock::now() < next || !group.am_leader()) return;
        const std::string topic = content_of(path).value_or("");
        std::cout << "asking: do all files hold these " << topic.size() << " bytes?\n";
        const auto asked = group.request_vote(
            topic, {.kind = quorate::Voting::consensus, .timeout = 5s},
            [this](const quorate::RequestDone& done) {
                if (!done.ok()) go_on();  // there is no vote to wait for; why, on_request_done says
            });
        if (!asked) std::cout << "can't ask: " << asked.error().message << '\n';
        if (!asked) return go_on();
        waits = true;
    }
};

void listen(quorate::Group& group, const std::string& path, Asking& asking) {
    group.on_leader_elected([](const quorate::LeaderElected& elected) {
        std::cout << elected.name << " leads, term " << elected.term << '\n';
    });
    group.on_vote_request([&group, path](const quorate::VoteRequest& request) {
        const bool same = content_of(path) == request.topic;
        const auto sent = group.send_vote(request.poll, same);
        if (!sent) std::cout << "can't vote: " << sent.error().message << '\n';
        if (sent) std::cout << "voting " << (same ? "yes\n" : "no\n");
    });
    // The same decisions in the same order at all members, whoever asked; each with its place in
    // the log. (A vote that is lost with its whole group has none.)
    group.on_vote_result([&](const quorate::VoteResult& result) {
        std::cout << "decision " << result.index << ": " << to_string(result.outcome) << ", "
                  << result.yes_votes << " yes and " << result.no_votes << " no of "
                  << result.electorate << '\n';
        asking.go_on();
    });
    // Votes and questions that were taken, and failed later: the leader was lost, for instance.
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
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2 || arguments[0].starts_with('-')) {
        std::cerr << "usage: consensus NAME FILE [SEED...]\n";
        return 64;
    }
    std::cout << std::unitbuf;  // each line at once, also into a pipe
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });

    quorate::CoordinatorOptions options{.component = arguments[0],
                                        .seeds = {arguments.begin() + 2, arguments.end()}};
    if (!options.seeds.empty()) options.beacon.clear();
    quorate::Coordinator coordinator{options};
    auto joined = coordinator.join_group("consensus", "A", {.size = 3});
    if (!joined) {
        std::cerr << joined.error().message << '\n';
        return EXIT_FAILURE;
    }
    Asking asking;
    std::cout << arguments[0] << " listens at " << joined->status().endpoint << '\n';
    listen(*joined, arguments[1], asking);
    while (stopping == 0) {
        coordinator.dispatch(50ms);
        asking.ask(*joined, arguments[1]);
    }
    std::cout << "leaving\n";  // which the coordinator does at its end
}
