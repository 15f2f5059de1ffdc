// Rule 8: what a poll's outcome is, and when it is certain.
#include <gtest/gtest.h>

#include "tests/unit/consensus/group_story.h"

namespace quorate::consensus {
namespace {

TEST(MajorityPoll, IsWonWithTheVoteThatMakesMoreThanHalf) {
    GroupStory group(5);
    group.ask(Voting::majority);
    EXPECT_EQ(outcome_of(group.vote(1, true)), "open");
    EXPECT_EQ(outcome_of(group.vote(2, false)), "open");
    EXPECT_EQ(outcome_of(group.vote(3, true)), "open");
    const auto effects = group.vote(4, true);
    EXPECT_EQ(outcome_of(effects), "yes 3:1 of 5");
    EXPECT_TRUE(std::holds_alternative<VoteCounted>(effects.front())) << "the vote comes first";
}

TEST(MajorityPoll, DoesNotWaitForASilentMember) {
    GroupStory group(3);
    group.ask(Voting::majority);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(2, true)), "yes 2:0 of 3");
}

TEST(MajorityPoll, OfAnEvenElectorateNeedsMoreThanHalf) {
    GroupStory group(4);
    group.ask(Voting::majority);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(2, true)), "open");
    group.vote(3, false);
    EXPECT_EQ(outcome_of(group.vote(4, false)), "no 2:2 of 4");
}

TEST(MajorityPoll, IsLostAsSoonAsTooFewCanStillSayYes) {
    GroupStory group(5);
    group.ask(Voting::majority);
    group.vote(1, false);
    group.vote(2, false);
    EXPECT_EQ(outcome_of(group.vote(3, false)), "no 0:3 of 5");
}

TEST(MajorityPoll, IsLostWhenTheOnesWhoCouldSayYesAreGone) {
    GroupStory group(5);
    group.ask(Voting::majority);
    group.vote(1, true);
    group.vote(2, false);
    EXPECT_TRUE(still_open(group.leave(3)));
    EXPECT_EQ(outcome_of(group.leave(4)), "no 1:1 of 5");
}

TEST(MajorityPoll, KeepsTheVoteOfWhoVotedAndLeft) {
    GroupStory group(3);
    group.ask(Voting::majority);
    group.vote(1, true);
    EXPECT_TRUE(still_open(group.leave(1, Departure::left)));
    EXPECT_EQ(outcome_of(group.vote(2, true)), "yes 2:0 of 3");
}

TEST(MajorityPoll, OfOneMemberIsItsOwn) {
    GroupStory group(1);
    group.ask(Voting::majority);
    EXPECT_EQ(outcome_of(group.vote(1, true)), "yes 1:0 of 1");
}

TEST(ConsensusPoll, IsWonWhenAllSaidYes) {
    GroupStory group(3);
    group.ask(Voting::consensus);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(2, true)), "open");
    EXPECT_EQ(outcome_of(group.vote(3, true)), "yes 3:0 of 3");
}

TEST(ConsensusPoll, IsLostWithTheFirstNo) {
    GroupStory group(5);
    group.ask(Voting::consensus);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(2, false)), "no 1:1 of 5");
}

TEST(ConsensusPoll, IsLostWhenSomebodyIsGoneWithoutAVote) {
    GroupStory group(3);
    group.ask(Voting::consensus);
    group.vote(1, true);
    const auto effects = group.leave(3);
    EXPECT_EQ(outcome_of(effects), "no 1:0 of 3");
    EXPECT_TRUE(std::holds_alternative<RosterLeft>(effects.front()))
        << "first why, then what follows";
}

TEST(ConsensusPoll, DoesNotMindWhoVotedAndLeft) {
    GroupStory group(2);
    group.ask(Voting::consensus);
    group.vote(2, true);
    EXPECT_TRUE(still_open(group.leave(2)));
    EXPECT_EQ(outcome_of(group.vote(1, true)), "yes 2:0 of 2");
}

TEST(ConsensusPoll, WaitsForASilentMemberUntilItsDeadline) {
    GroupStory group(3);
    group.ask(Voting::consensus);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(2, true)), "open");
    EXPECT_EQ(outcome_of(group.expire()), "timeout 2:0 of 3");
}

TEST(Vote, OfAMemberThatWasGoneStaysGoneWhenItComesBack) {
    GroupStory group(5);
    group.ask(Voting::majority);
    group.leave(5);
    EXPECT_NE(only<RosterJoined>(group.join(5)), nullptr);
    EXPECT_EQ(outcome_of(group.vote(5, true)), "too_late");
    EXPECT_EQ(group.machine.find_poll(poll(1))->yes_votes(), 0u);
    group.vote(1, true);
    group.vote(2, true);
    EXPECT_EQ(outcome_of(group.vote(3, true)), "yes 3:0 of 5");
}

TEST(Vote, SentTwiceCountsOnce) {
    GroupStory group(5);
    group.ask(Voting::majority);
    for (int i = 0; i < 3; ++i) {
        const auto effects = group.vote(1, true);
        EXPECT_NE(only<VoteCounted>(effects), nullptr);
        EXPECT_TRUE(still_open(effects));
    }
    EXPECT_EQ(group.machine.find_poll(poll(1))->yes_votes(), 1u);
}

TEST(Vote, CannotBeTakenBack) {
    GroupStory group(3);
    group.ask(Voting::majority);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(1, false)), "already_voted");
    EXPECT_EQ(group.machine.find_poll(poll(1))->yes_votes(), 1u);
    EXPECT_EQ(group.machine.find_poll(poll(1))->no_votes(), 0u);
}

TEST(Vote, IsRejectedForWhatIsUnknownOrClosed) {
    GroupStory group(3);
    EXPECT_EQ(outcome_of(group.vote(1, true, 9)), "unknown_poll");
    group.ask(Voting::majority);
    EXPECT_EQ(outcome_of(group.vote(7, true)), "unknown_member");
    group.expire();
    EXPECT_EQ(outcome_of(group.vote(1, true)), "too_late");
}

TEST(Electorate, IsTheRosterAtThatIndex) {
    GroupStory group(3, {.size = 5});
    group.ask(Voting::majority);
    group.join(4);
    EXPECT_EQ(outcome_of(group.vote(4, true)), "unknown_member")
        << "came after the poll was opened";
    EXPECT_EQ(group.machine.find_poll(poll(1))->electorate.size(), 3u);
    group.ask(Voting::majority, 2);
    EXPECT_EQ(group.machine.find_poll(poll(2))->electorate.size(), 4u);
}

TEST(Electorate, HasObserversAndStandbysInItButNoWitnesses) {
    GroupStory group(3, {.size = 6, .max_voters = 3});
    group.join(4);
    group.join(5, Role::observer);
    group.join(6, Role::witness);
    group.ask(Voting::consensus);
    const auto& electorate = group.machine.find_poll(poll(1))->electorate;
    EXPECT_EQ(electorate.size(), 5u);
    EXPECT_TRUE(electorate.contains(member(4)));
    EXPECT_TRUE(electorate.contains(member(5)));
    EXPECT_EQ(outcome_of(group.vote(6, true)), "unknown_member");
}

TEST(Poll, ClosesOnce) {
    GroupStory group(3);
    group.ask(Voting::majority);
    group.vote(1, true);
    EXPECT_EQ(outcome_of(group.vote(2, true)), "yes 2:0 of 3");
    EXPECT_TRUE(group.expire().empty()) << "the first closing entry wins";
    EXPECT_EQ(only<PollClosed>(group.leave(3)), nullptr);
    const PollClosed* result = group.machine.find_result(poll(1));
    ASSERT_NE(result, nullptr);
    EXPECT_EQ(result->outcome, Outcome::yes);
    EXPECT_EQ(result->index, 3u);
    EXPECT_EQ(result->voters, (MemberIds{member(1), member(2), member(3)}));
    EXPECT_EQ(group.machine.find_poll(poll(1)), nullptr);
}

TEST(Poll, ThatNobodyOpenedIsNotClosed) {
    GroupStory group(3);
    EXPECT_TRUE(group.expire().empty());
}

TEST(Polls, AreDecidedByOneDepartureInTheOrderOfTheirIds) {
    GroupStory group(3);
    for (const std::uint64_t id : {7, 3, 5}) group.ask(Voting::consensus, id);
    group.ask(Voting::majority, 4);
    const auto effects = group.leave(2);
    ASSERT_EQ(effects.size(), 4u);
    EXPECT_TRUE(std::holds_alternative<RosterLeft>(effects[0]));
    EXPECT_EQ(std::get<PollClosed>(effects[1]).poll, poll(3));
    EXPECT_EQ(std::get<PollClosed>(effects[2]).poll, poll(5));
    EXPECT_EQ(std::get<PollClosed>(effects[3]).poll, poll(7));
    EXPECT_EQ(group.machine.open_polls().size(), 1u);
}

TEST(Poll, IsOpenedByAMemberAlone) {
    GroupStory group(3);
    const auto effects = group.ask(Voting::majority, 1, 8);
    const auto* rejected = only<PollRejected>(effects);
    ASSERT_NE(rejected, nullptr);
    EXPECT_EQ(rejected->error.code, ErrorCode::unknown_member);
    EXPECT_EQ(rejected->request, 11u);
    EXPECT_EQ(rejected->requester, member(8));
}

TEST(Poll, IsOpenedOnce) {
    GroupStory group(3);
    const auto opened = group.ask(Voting::majority);
    ASSERT_NE(only<PollOpened>(opened), nullptr);
    EXPECT_EQ(only<PollOpened>(opened)->request, 11u);
    EXPECT_NE(only<PollRejected>(group.ask(Voting::majority)), nullptr);
    group.expire();
    EXPECT_NE(only<PollRejected>(group.ask(Voting::majority)), nullptr) << "nor after it closed";
}

TEST(Polls, AreBounded) {
    GroupStory group(3);
    for (std::uint64_t id = 1; id <= StateMachine::max_open_polls; ++id) {
        ASSERT_NE(only<PollOpened>(group.ask(Voting::majority, id)), nullptr);
    }
    const auto effects = group.ask(Voting::majority, 5000);
    ASSERT_NE(only<PollRejected>(effects), nullptr);
    EXPECT_EQ(only<PollRejected>(effects)->error.code, ErrorCode::would_block);
    group.expire(17);
    EXPECT_NE(only<PollOpened>(group.ask(Voting::majority, 5000)), nullptr);
}

TEST(Results, AreKeptForTheLastPollsThatClosed) {
    GroupStory group(1);
    for (std::uint64_t id = 1; id <= StateMachine::max_closed_polls + 1; ++id) {
        group.ask(Voting::majority, id);
        group.vote(1, true, id);
    }
    EXPECT_EQ(group.machine.find_result(poll(1)), nullptr);
    EXPECT_NE(group.machine.find_result(poll(2)), nullptr);
    EXPECT_NE(group.machine.find_result(poll(StateMachine::max_closed_polls + 1)), nullptr);
    EXPECT_EQ(outcome_of(group.vote(1, true, 1)), "unknown_poll") << "forgotten by now";
}

}  // namespace
}  // namespace quorate::consensus
