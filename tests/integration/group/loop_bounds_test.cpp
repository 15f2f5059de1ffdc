// Bounds on whom a member remembers: who asks to be let in, who asks from outside, and the company
// of a default group. Each is reached by more than anybody has.
#include "lone_loop.h"

namespace quorate::group {
namespace {

MemberId id_of(std::size_t number) {
    return {1, number};
}

std::string endpoint_of(std::size_t number) {
    return "tcp://10.1." + std::to_string(number / 256) + "." + std::to_string(number % 256) +
           ":5601";
}

wire::Introduction introduction_of(std::size_t number) {
    return {"member " + std::to_string(number), endpoint_of(number), Role::member};
}

// ---- who asks to be let in: 1,024 ----

class FullGroup : public LoneLoop {
protected:
    using Answer = wire::JoinReply::Answer;
    FullGroup() : LoneLoop({.size = 1, .max_voters = 1}) {}

    /// What each of `count` is answered that ask to be let in, all at once.
    std::vector<Answer> ask(std::size_t count) {
        std::vector<io::TransportEvent> requests;
        for (std::size_t i = 0; i < count; ++i) {
            requests.push_back(frame(id_of(i), key_of(2),
                                     wire::JoinRequest{introduction_of(i), spec, i}, loop.id()));
        }
        network.sent.clear();
        turn(requests);
        std::vector<Answer> answers(count);
        for (const Network::Sent& sent : network.sent) {
            if (const auto* reply = std::get_if<wire::JoinReply>(&sent.frame.body)) {
                answers.at(reply->nonce) = reply->answer;
            }
        }
        return answers;
    }
};

/// Who is remembered is told that the group is full once all members were heard since it came; who
/// is one too many waits until one of those has gone.
TEST_F(FullGroup, remembers_so_many_newcomers_and_no_more) {
    wait(2s);
    ASSERT_TRUE(loop.raft() != nullptr && loop.raft()->established());
    ask(1025);
    wait(400ms);  // longer than election-max, and less than peer-timeout
    const std::vector<Answer> answers = ask(1025);
    EXPECT_EQ(std::count(answers.begin(), answers.end(), Answer::refused), 1024);
    EXPECT_EQ(answers.back(), Answer::pending);
    wait(2s);
    ask(1);
    wait(400ms);
    EXPECT_EQ(ask(1).front(), Answer::refused) << "there is room again";
}

// ---- who asks questions from outside: the links of 64 are kept ----

class Asked : public LoneLoop {
protected:
    Asked() : LoneLoop({.timing = {.peer_timeout = 10s}}) {}
};

TEST_F(Asked, keeps_the_links_to_so_many_askers_and_no_more) {
    wait(1s);
    for (std::size_t i = 0; i < 65; ++i) {
        wait(20ms);
        turn({frame(id_of(i), key_of(2),
                    wire::Inspect{wire::Inspect::Subject::status, i, endpoint_of(i)})});
    }
    EXPECT_EQ(count_sent<wire::Inspection>(), 65u) << "all are answered";
    wait(10s);  // links are tidied as often as this
    const auto kept = [&](std::size_t i) { return network.links.contains(endpoint_of(i)); };
    for (std::size_t i = 0; i < 64; ++i) EXPECT_TRUE(kept(i)) << i;
    EXPECT_FALSE(kept(64));
}

// ---- a default group: 1,000 members, and as many that are looked for ----

class Company : public LoneLoop {
protected:
    Company() : LoneLoop({.kind = Kind::default_kind}) {}

    /// Those from `first` up to `end` say Hello and answer this member's.
    void meet(std::size_t first, std::size_t end) {
        std::map<std::string, std::size_t> at;
        std::vector<io::TransportEvent> hellos;
        for (std::size_t i = first; i < end; ++i) {
            at[endpoint_of(i)] = i;
            hellos.push_back(
                frame(id_of(i), key_of(2), wire::Hello{introduction_of(i), {}, spec, i, {}}));
        }
        network.sent.clear();
        turn(hellos);
        wait(100ms);
        std::vector<io::TransportEvent> answers;
        for (const Network::Sent& sent : network.sent) {
            const auto* hello = std::get_if<wire::Hello>(&sent.frame.body);
            const auto asked = at.find(sent.endpoint);
            if (hello == nullptr || asked == at.end()) continue;
            answers.push_back(
                frame(id_of(asked->second), key_of(2),
                      wire::HelloReply{introduction_of(asked->second), {}, spec, hello->nonce, {}},
                      loop.id()));
        }
        turn(answers);
    }
};

TEST_F(Company, has_so_many_members_and_looks_for_so_many_that_fell_silent) {
    turn();
    meet(0, 1005);
    EXPECT_EQ(component.joined.size(), 999u) << "with itself 1,000";
    EXPECT_EQ(loop.status().members.size(), 1000u);
    EXPECT_GT(dropped(DropCause::overflow), 0u);
    wait(2s);
    EXPECT_EQ(component.left.size(), 999u) << "all are silent";
    meet(2000, 2005);
    EXPECT_EQ(component.joined.size(), 999u + 5u);
    wait(15s);  // whoever is not looked for is forgotten by now
    EXPECT_EQ(component.left.size(), 999u + 5u);
    network.sent.clear();
    wait(2s);
    std::set<std::string> looked_for;
    for (const Network::Sent& sent : network.sent) looked_for.insert(sent.endpoint);
    looked_for.erase(seed);
    EXPECT_EQ(looked_for.size(), 1000u);
}

}  // namespace
}  // namespace quorate::group
