// The state as bytes: who restores it goes on exactly as who never stopped.
#include <gtest/gtest.h>

#include "tests/unit/consensus/group_story.h"
#include "tests/unit/consensus/hostile_bytes.h"

namespace quorate::consensus {
namespace {

/// Any command that members 1 to 9 might bring about.
Command random_command(base::Random& random) {
    const auto someone = [&] { return 1 + random.below(9); };
    const auto some_poll = [&] { return poll(1 + random.below(40)); };
    const auto some_time = [&] { return std::chrono::seconds(random.below(1000)); };
    const auto some_stamp = [&] {
        const base::Nanos time = some_time() / 2;
        return Stamp{time - std::chrono::seconds(random.below(3)), time};
    };
    switch (random.below(12)) {
        case 0:
            return Join{record(someone(), random.one_in(4) ? Role::observer : Role::member)};
        case 1:
            return Leave{member(someone()), random.one_in(2) ? Departure::left : Departure::lost};
        case 2:
            return OrderedMessage{member(someone()), random.next(), 5, Payload("data")};
        case 3: {
            OpenPoll open{some_poll(),
                          member(someone()),
                          random.next(),
                          "topic",
                          random.one_in(2) ? Voting::majority : Voting::consensus,
                          std::chrono::seconds(1)};
            if (random.one_in(2)) {
                open.action = {some_time(), std::chrono::seconds(1), std::chrono::seconds(5),
                               random.one_in(2) ? ActionClock::tai : ActionClock::monotonic};
                open.stamp = some_stamp();
            }
            return open;
        }
        case 4:
            return ExpirePoll{some_poll()};
        case 5:
            return CloseAction{some_poll(), some_stamp()};
        case 6:
            return CancelAction{some_poll(), member(someone()), random.next(), some_stamp()};
        case 7:
            return Resize{member(someone()), random.next(),
                          static_cast<std::uint32_t>(1 + random.below(12))};
        case 8:
            return FinishResize{1 + random.below(30), 100 + random.below(300)};
        default:
            return CastVote{some_poll(), member(someone()), !random.one_in(3)};
    }
}

/// What an effect says, for comparing.
struct Shown {
    std::string operator()(const RosterJoined& e) const { return "joined " + e.member.id.hex(); }
    std::string operator()(const RosterLeft& e) const { return "left " + e.member.id.hex(); }
    std::string operator()(const RosterMoved& e) const { return "moved " + e.member.id.hex(); }
    std::string operator()(const Ordered& e) const { return "ordered " + std::to_string(e.index); }
    std::string operator()(const Repeated& e) const { return "again " + std::to_string(e.index); }
    std::string operator()(const PollOpened& e) const { return "opened " + e.poll.hex(); }
    std::string operator()(const PollRejected& e) const { return "rejected: " + e.error.message; }
    std::string operator()(const VoteCounted& e) const { return "counted " + e.voter.hex(); }
    std::string operator()(const VoteRejected& e) const { return "rejected: " + e.error.message; }
    std::string operator()(const PollClosed& e) const {
        return "closed " + e.poll.hex() + std::string(to_string(e.outcome)) +
               std::to_string(e.yes_votes) + ":" + std::to_string(e.no_votes);
    }
    std::string operator()(const ActionAgreed& e) const { return "agreed " + e.poll.hex(); }
    std::string operator()(const ActionArmed& e) const {
        return "armed " + e.action.poll.hex() + std::to_string(e.action.electorate.size());
    }
    std::string operator()(const ActionOff& e) const { return "off " + e.poll.hex(); }
    std::string operator()(const CancelRejected& e) const { return "rejected: " + e.error.message; }
    std::string operator()(const Resized& e) const { return "size " + std::to_string(e.size); }
    std::string operator()(const ResizeRejected& e) const { return "rejected: " + e.error.message; }
    std::string operator()(const Malformed&) const { return "malformed"; }
};

std::vector<std::string> show(const Effects& effects) {
    std::vector<std::string> lines;
    for (const Effect& effect : effects) lines.push_back(std::visit(Shown{}, effect));
    return lines;
}

StateMachine restored(const StateMachine& machine) {
    auto result = StateMachine::restore(machine.serialize());
    EXPECT_TRUE(result);
    return std::move(*result);
}

TEST(Snapshot, OfAFoundingHoldsAllOfIt) {
    const GroupSpec spec{.size = 5, .max_voters = 3, .refound_after = std::nullopt};
    const StateMachine machine(founded_by(4, spec));
    const StateMachine again = restored(machine);
    EXPECT_EQ(again.founding().incarnation, machine.founding().incarnation);
    EXPECT_EQ(again.founding().epoch, machine.founding().epoch);
    EXPECT_EQ(again.founding().roster, machine.founding().roster);
    EXPECT_EQ(again.spec(), spec);
    EXPECT_EQ(again.roster(), machine.roster());
    EXPECT_EQ(again.applied(), 0u);
}

TEST(Snapshot, HoldsOpenPollsWithTheirBallots) {
    GroupStory group(5);
    group.ask(Voting::majority);
    group.vote(1, true);
    group.vote(2, false);
    group.leave(3);
    const StateMachine again = restored(group.machine);
    const Poll* open = again.find_poll(poll(1));
    ASSERT_NE(open, nullptr);
    EXPECT_EQ(open->requester, member(1));
    EXPECT_EQ(open->topic, "open breaker 7");
    EXPECT_EQ(open->timeout, std::chrono::seconds(1));
    EXPECT_EQ(open->opened_at, 1u);
    EXPECT_EQ(open->electorate.size(), 5u);
    EXPECT_EQ(open->yes_votes(), 1u);
    EXPECT_EQ(open->no_votes(), 1u);
    EXPECT_TRUE(open->electorate.at(member(3)).gone);
    EXPECT_FALSE(open->electorate.at(member(4)).gone);
}

TEST(Snapshot, HoldsResults) {
    GroupStory group(3);
    group.ask(Voting::majority);
    group.vote(1, true);
    group.vote(3, true);
    const StateMachine again = restored(group.machine);
    const PollClosed* result = again.find_result(poll(1));
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(result->outcome, Outcome::yes);
    EXPECT_EQ(result->yes_votes, 2u);
    EXPECT_EQ(result->electorate, 3u);
    EXPECT_EQ(result->index, 3u);
    EXPECT_EQ(result->voters, group.machine.find_result(poll(1))->voters);
}

TEST(Snapshot, GoesOnAsTheOriginalDoes) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        base::Random random(seed);
        StateMachine original(founded_by(5, {.size = 6}));
        std::optional<StateMachine> copy;
        for (std::uint64_t index = 1; index <= 300; ++index) {
            if (random.one_in(100)) copy = restored(original);
            const Payload command = encode(random_command(random));
            const auto effects = original.apply(index, command);
            if (copy) {
                ASSERT_EQ(show(copy->apply(index, command)), show(effects)) << "seed " << seed;
            }
        }
        if (copy) {
            ASSERT_EQ(copy->serialize(), original.serialize()) << "seed " << seed;
        }
    }
}

TEST(Snapshot, IsTheSameAtEveryMember) {
    base::Random random(11);
    StateMachine one(founded_by(5)), other(founded_by(5));
    for (std::uint64_t index = 1; index <= 2000; ++index) {
        const Payload command = encode(random_command(random));
        one.apply(index, command);
        other.apply(index, command);
        if (index % 100 == 0) {
            ASSERT_EQ(one.serialize(), other.serialize());
        }
    }
}

TEST(Snapshot, IsReadFromAnyAddress) {
    GroupStory group(5);
    group.ask(Voting::majority);
    const std::string bytes = group.machine.serialize().str();
    auto shifted = std::make_shared<std::string>("?" + bytes);
    const auto again =
        StateMachine::restore(Payload(std::string_view(*shifted).substr(1), shifted));
    ASSERT_TRUE(again);
    EXPECT_EQ(again->serialize().view(), bytes);
}

TEST(Snapshot, SurvivesGarbage) {
    base::Random random(13);
    GroupStory group(5, {.size = 6});
    group.ask(Voting::majority, 1);
    group.vote(1, true);
    group.ask(Voting::consensus, 2);
    group.vote(2, false, 2);
    group.leave(4);
    const std::string good = group.machine.serialize().str();
    for (std::size_t size = 0; size < good.size(); ++size) {
        const auto cut = StateMachine::restore(Payload(good.substr(0, size)));
        ASSERT_FALSE(cut && cut->serialize().view() == good);
    }
    for (int i = 0; i < 10'000; ++i) {
        (void)StateMachine::restore(Payload(random_bytes(random, 300)));
        auto again = StateMachine::restore(Payload(damaged(random, good)));
        if (!again) continue;
        // Whatever was restored is a state that can go on.
        const std::uint64_t next = again->applied() + 1;
        if (next > 0) again->apply(next, encode(Leave{member(1), Departure::left}));
        ASSERT_TRUE(StateMachine::restore(again->serialize()));
    }
}

}  // namespace
}  // namespace quorate::consensus
