// microgrid: relays of a grid with a tie breaker in its middle. Closed, all are in one group,
// grid.all. Once all agree to open it, each leaves, and in a handler joins that of its side,
// grid.left or grid.right, whose leaders meet in grid.leaders. If these agree, all come back.
//
// Try it in four terminals, with l1 and l2 on the left, r1 and r2 on the right:
//   build/release/bin/examples/microgrid l1 left
// Type `open tie` into any, then `close tie`; after `hold` that relay votes no until `release`.
#include <poll.h>
#include <quorate/quorate.h>

#include <csignal>
#include <iostream>

namespace {
volatile std::sig_atomic_t stopping = 0;

class Relay {
public:
    Relay(quorate::Coordinator& coordinator, const std::string& side)
        : coordinator_(coordinator), side_(side) {}

    bool join(const std::string& name) {
        // Patient timing, and two relays a side: one that is to outlive a relay needs three.
        const quorate::GroupSpec spec{.size = name == "all" ? 4u : 2u,
                                      .timing = quorate::Timing::wan()};
        auto joined = coordinator_.join_group("grid", name, spec);
        if (!joined) std::cout << joined.error().message << '\n';
        if (joined) listen(*joined, name);
        return joined.ok();
    }
    void obey(const std::string& typed) {
        holding_ = typed == "hold" || (holding_ && typed != "release");
        quorate::Group* here = get("all") != nullptr ? get("all") : get(side_);
        if (here == nullptr) std::cout << "between two groups: once more, please\n";
        if (here != nullptr) here->send_to_leader(typed);
    }

private:
    quorate::Group* get(const std::string& name) { return coordinator_.get_group("grid", name); }
    void leave(const std::string& name) {
        if (quorate::Group* group = get(name)) coordinator_.leave_group(*group);
    }
    void listen(quorate::Group& group, const std::string& name) {
        const std::string question = name == "all" ? "open tie" : "close tie";
        const auto tell_size = [&group](const auto&) {
            std::cout << group.name() << ": " << group.size() << " here\n";
        };
        group.on_joined(tell_size);
        group.on_member_joined(tell_size);
        group.on_leader_elected([this, &group](const quorate::LeaderElected& elected) {
            std::cout << group.name() << ": " << elected.name << " leads\n";
            if (&group != get(side_)) return;
            if (elected.leader == group.id()) join("leaders");
            if (elected.leader != group.id()) leave("leaders");
        });
        group.on_message_to_leader([this, question](const quorate::MessageToLeader& order) {
            quorate::Group* deciding = get("all") != nullptr ? get("all") : get("leaders");
            if (deciding == nullptr || order.data.view() != question) return;
            deciding->request_vote(question, {.kind = quorate::Voting::consensus});
        });
        group.on_vote_request([this, &group, question](const quorate::VoteRequest& request) {
            group.send_vote(request.poll, request.topic == question && !holding_);
        });
        group.on_vote_result([&group, question](const quorate::VoteResult& result) {
            std::cout << question << ": " << to_string(result.outcome) << '\n';
            const quorate::GroupStatus now = group.status();
            if (!result.yes() || !now.lease) return;
            // The leader acts, and then says so. The breaker refuses a smaller token than its last.
            std::cout << "switching, token " << now.epoch << '.' << now.term << '\n';
            group.send_ordered_as_leader(question);
        });
        group.on_message([this, name, question](const quorate::Message& message) {
            if (!message.ordered || message.data.view() != question) return;
            if (name != "leaders") return leave(name);
            if (get(side_) != nullptr) get(side_)->send_ordered_as_leader(question);
        });
        group.on_left([this, name](const quorate::Left&) {
            if (name == side_) leave("leaders");
            if (name != "leaders") join(name == "all" ? side_ : "all");
            if (get(side_) != nullptr && get(side_)->am_leader()) join("leaders");  // leads again
        });
        group.on_refused([](const quorate::Refused& refused) {
            std::cout << refused.reason << '\n';
            stopping = 1;
        });
        group.on_request_done([&group](const quorate::RequestDone& done) {
            if (done.error) std::cout << group.name() << ": " << done.error->message << '\n';
        });
    }

    quorate::Coordinator& coordinator_;
    const std::string side_;
    bool holding_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2 || (arguments[1] != "left" && arguments[1] != "right")) {
        std::cerr << "usage: microgrid NAME left|right [BEACON]\n";
        return 64;
    }
    std::cout << std::unitbuf;                // each line at once, also into a pipe
    std::setvbuf(stdin, nullptr, _IONBF, 0);  // no line waits where poll() doesn't see it
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });

    quorate::CoordinatorOptions options{.component = arguments[0]};
    if (arguments.size() > 2) options.beacon = arguments[2];
    quorate::Coordinator coordinator{options};
    Relay relay(coordinator, arguments[1]);
    if (!relay.join("all")) return EXIT_FAILURE;  // a real relay looks at the breaker first
    pollfd ready[] = {{0, POLLIN, 0}, {coordinator.descriptor(), POLLIN, 0}};
    for (std::string line; stopping == 0; coordinator.dispatch()) {
        if (poll(ready, 2, 100) <= 0 || ready[0].revents == 0) continue;
        ready[0].fd = std::getline(std::cin, line) ? 0 : -1;  // until the end of the input
        if (ready[0].fd == 0) relay.obey(line);
    }
}
