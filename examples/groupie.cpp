// groupie: a component in two groups at once, which overlap. In each it talks to all, is echoed by
// the leader, and votes at random on the leader's question: shall that one leave? Who is voted out
// does, and joins again some seconds later, as a new member. One leaves at a time: the leader
// stays.
//
// Try it in one terminal, with three groups of four; Ctrl-C ends all:
//   (for who in "ann a b" "bob b c" "cid c a" "dan a b" "eve b c" "fay c a"; do
//      build/release/bin/examples/groupie $who & done; wait)
#include <quorate/quorate.h>

#include <csignal>
#include <iostream>
#include <random>

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {
volatile std::sig_atomic_t stopping = 0;
std::mt19937 random_number{std::random_device{}()};

/// This component's part in one group.
class Part {
public:
    Part(quorate::Coordinator& coordinator, const std::string& name, const std::string& group)
        : coordinator_(coordinator), instance_(group), label_(name + " in " + group + ": ") {}

    bool join() {
        const quorate::GroupSpec spec{.size = 4, .timing = quorate::Timing::wan()};  // patient
        auto joined = coordinator_.join_group("groupie", instance_, spec);
        if (!joined) tell(joined.error().message);
        if (joined && joined_++ == 0) listen(*joined);  // once: handlers outlive leaving
        return joined.ok();
    }
    void turn() {
        if (Clock::now() < due_) return;
        due_ = Clock::now() + 250ms;
        if ((left_ == joined_ && !join()) || !group_->leader()) return;
        group_->send("hello");
        group_->send_to_leader("and you?");
        if (group_->am_leader()) ask();
        if (++turns_ % 8 != 0) return;
        std::cout << label_ << group_->size() << " here, heard " << heard_ << ", echoes " << echoes_
                  << ", votes " << yes_ << " yes " << no_ << " no, left " << left_
                  << " times, failed requests " << failed_ << std::endl;
    }

private:
    void tell(const std::string& what) const { std::cout << label_ + what << std::endl; }
    /// Leader, if all have seats: in the roster alone, a newcomer doesn't count for the quorum yet.
    void ask() {
        std::vector<std::string> others;
        for (const quorate::MemberInfo& member : group_->members()) {
            const std::string id = member.id.hex();
            if (member.voter && id != group_->id().hex() && id != going_) others.push_back(id);
        }
        if (others.size() < 3) return;
        going_ = others[random_number() % others.size()];
        const auto asked = [this](auto& done) { going_ = done.ok() ? going_ : ""; };
        if (!group_->request_vote(going_, {}, asked)) going_.clear();
    }
    void listen(quorate::Group& group) {
        group_ = &group;
        group.on_leader_elected([this](const quorate::LeaderElected& elected) {
            tell(elected.name + " leads, term " + std::to_string(elected.term));
        });
        group.on_message([this](const auto&) { ++heard_; });
        group.on_message_to_leader([this](const quorate::MessageToLeader& message) {
            group_->send_to_member(message.from, message.data);
        });
        group.on_message_to_member([this](const auto& answer) { echoes_ += answer.from_leader; });
        group.on_vote_request([this](const quorate::VoteRequest& request) {
            group_->send_vote(request.poll, random_number() % 4 > 0);
        });
        group.on_vote_result([this](const quorate::VoteResult& result) {
            ++(result.yes() ? yes_ : no_);
            going_ = result.yes() ? result.topic : "";
            if (going_ == group_->id().hex()) coordinator_.leave_group(*group_);
        });
        group.on_left([this](const auto&) {
            ++left_;
            due_ = Clock::now() + 1s + random_number() % 2000 * 1ms;
        });
        group.on_group_reset([this](const auto&) { tell("too many have gone: begins again"); });
        group.on_refused([this](const auto& refused) { tell(refused.reason); });
        group.on_request_done([this](const auto& done) { failed_ += !done.ok(); });
    }

    quorate::Coordinator& coordinator_;
    const std::string instance_, label_;
    quorate::Group* group_ = nullptr;
    Clock::time_point due_;  ///< the next turn
    std::string going_;      ///< who is asked about, or was voted out
    int turns_ = 0, heard_ = 0, echoes_ = 0, yes_ = 0, no_ = 0, joined_ = 0, left_ = 0, failed_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 3 || arguments.size() > 4 || arguments[1] == arguments[2]) {
        std::cerr << "usage: groupie NAME GROUP OTHER_GROUP [BEACON]\n";
        return 64;
    }
    for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stopping = 1; });

    quorate::CoordinatorOptions options{.component = arguments[0]};
    if (arguments.size() > 3) options.beacon = arguments[3];
    quorate::Coordinator coordinator{options};
    Part one(coordinator, arguments[0], arguments[1]);
    Part other(coordinator, arguments[0], arguments[2]);
    if (!one.join() || !other.join()) return EXIT_FAILURE;
    while (stopping == 0) {
        coordinator.dispatch(10ms);
        for (Part* part : {&one, &other}) part->turn();
    }
}
