// The program of the README, as it stands there: it must compile without a warning.
#include <quorate/quorate.h>

#include <iostream>

using namespace std::chrono_literals;

namespace {
bool safe_to(const std::string& topic) {
    return !topic.empty();
}
void open_breaker() {
    std::cout << "opening\n";
}
}  // namespace

void run_sample(const std::function<bool()>& running);

void run_sample(const std::function<bool()>& running) {
    quorate::Coordinator coordinator{{.component = "relay-7", .seeds = {"tcp://127.0.0.1:5601"}}};
    quorate::Group& feeder = coordinator.join_group("feeder", "A", {.size = 5});

    feeder.on_vote_request([&](const quorate::VoteRequest& request) {
        feeder.send_vote(request.poll, safe_to(request.topic));
    });
    feeder.on_vote_result([&](const quorate::VoteResult& result) {
        if (result.yes()) open_breaker();
    });
    feeder.on_leader_elected([&](const quorate::LeaderElected& elected) {
        std::cout << elected.leader.hex() << " leads in term " << elected.term << '\n';
    });

    feeder.request_vote("open breaker 7", {.kind = quorate::Voting::majority, .timeout = 500ms});
    feeder.send_to_leader("voltage 0.97");
    while (running()) coordinator.dispatch(10ms);
}
