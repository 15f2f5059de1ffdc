// Rule 9: a poll with a moment is agreed on only by the leader's stamp, and called off by one.
#include <gtest/gtest.h>

#include "tests/unit/consensus/group_story.h"

namespace quorate::consensus {
namespace {

using namespace std::chrono_literals;

/// Three members, and an action at second 100 with a margin of 10 s.
class ActionStory : public GroupStory {
public:
    ActionStory() : GroupStory(3) {}

    Effects ask_to_act(std::uint64_t id = 1, base::Nanos at = 100s, base::Nanos stamp = 50s) {
        OpenPoll open{poll(id), member(1), 10 + id, "close breaker 7", Voting::majority, 1s};
        open.action = {at, 1ms, 10s, ActionClock::realtime};
        open.stamp = {stamp, stamp};
        return apply(open);
    }
    Effects stamp(base::Nanos time, std::uint64_t id = 1) {
        return apply(CloseAction{poll(id), {time, time}});
    }
    Effects cancel(base::Nanos time, std::uint64_t id = 1) {
        return apply(CancelAction{poll(id), member(2), 77, {time, time}});
    }
    /// Asked for, voted on and stamped in time.
    void agree(std::uint64_t id = 1, base::Nanos at = 100s) {
        ask_to_act(id, at);
        vote(1, true, id);
        vote(2, true, id);
        stamp(60s, id);
    }
};

TEST(Action, IsAgreedOnByItsVotesAndALeadersStamp) {
    ActionStory group;
    EXPECT_TRUE(only<PollOpened>(group.ask_to_act()));
    group.vote(1, true);
    const auto certain = group.vote(2, true);
    EXPECT_TRUE(still_open(certain)) << "the votes alone don't say when that was";
    EXPECT_TRUE(only<ActionAgreed>(certain));
    const auto stamped = group.stamp(89s);
    EXPECT_EQ(outcome_of(stamped), "yes 2:0 of 3");
    const auto* armed = only<ActionArmed>(stamped);
    ASSERT_TRUE(armed);
    EXPECT_EQ(armed->action.terms.at, 100s);
    EXPECT_EQ(armed->action.electorate.size(), 3u);
    EXPECT_EQ(group.machine.actions().size(), 1u);
}

TEST(Action, StampedWithinItsMarginComesTooLate) {
    ActionStory group;
    group.ask_to_act();
    group.vote(1, true);
    group.vote(2, true);
    const auto stamped = group.stamp(90s);
    EXPECT_EQ(outcome_of(stamped), "timeout 2:0 of 3");
    EXPECT_FALSE(only<ActionArmed>(stamped));
    EXPECT_TRUE(group.machine.actions().empty());
}

TEST(Action, IsNotAgreedOnByAStampWithoutVotes) {
    ActionStory group;
    group.ask_to_act();
    group.vote(1, true);
    EXPECT_TRUE(group.stamp(60s).empty());
    EXPECT_EQ(outcome_of(group.expire()), "timeout 1:0 of 3");
}

TEST(Action, ANoNeedsNoStamp) {
    ActionStory group;
    group.ask_to_act();
    group.vote(1, false);
    EXPECT_EQ(outcome_of(group.vote(2, false)), "no 0:2 of 3");
}

TEST(Action, VotesAndLeavesAfterTheYesChangeNothing) {
    ActionStory group;
    group.ask_to_act();
    group.vote(1, true);
    group.vote(2, true);
    EXPECT_FALSE(only<ActionAgreed>(group.leave(3)));
    EXPECT_EQ(outcome_of(group.stamp(60s)), "yes 2:0 of 3");
    EXPECT_TRUE(group.stamp(61s).empty()) << "the first closing entry wins";
}

TEST(Action, WhoseVoteWasRefusedForItsClockIsNamed) {
    ActionStory group;
    group.ask_to_act();
    group.vote(1, true);
    group.apply(CastVote{poll(1), member(3), false, true});
    group.vote(2, true);
    const auto stamped = group.stamp(60s);
    const auto* closed = only<PollClosed>(stamped);
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->unsynchronised, MemberIds{member(3)});
}

TEST(Action, AMomentThatIsTooCloseIsRefused) {
    ActionStory group;
    const auto effects = group.ask_to_act(1, 100s, 90s);
    const auto* rejected = only<PollRejected>(effects);
    ASSERT_TRUE(rejected);
    EXPECT_EQ(rejected->error.code, ErrorCode::too_late);
}

TEST(ActionCancelled, UntilItsMargin) {
    ActionStory group;
    group.agree();
    EXPECT_EQ(only<CancelRejected>(group.cancel(90s))->error.code, ErrorCode::too_late);
    EXPECT_EQ(group.machine.actions().size(), 1u);
    const auto effects = group.cancel(89s);
    ASSERT_TRUE(only<ActionOff>(effects));
    EXPECT_EQ(only<ActionOff>(effects)->request, 77u);
    EXPECT_TRUE(group.machine.actions().empty());
    EXPECT_TRUE(group.machine.find_result(poll(1))->cancelled);
    EXPECT_EQ(only<CancelRejected>(group.cancel(89s))->error.code, ErrorCode::too_late);
}

TEST(ActionCancelled, WhileItIsVotedOnIsANo) {
    ActionStory group;
    group.ask_to_act();
    group.vote(1, true);
    const auto effects = group.cancel(60s);
    EXPECT_EQ(outcome_of(effects), "no 1:0 of 3");
    EXPECT_TRUE(only<ActionOff>(effects));
}

TEST(ActionCancelled, OnlyActionsAreAndOnlyByMembers) {
    ActionStory group;
    group.ask(Voting::majority, 5);
    EXPECT_EQ(only<CancelRejected>(group.cancel(60s, 5))->error.code, ErrorCode::unknown_poll);
    EXPECT_EQ(only<CancelRejected>(group.cancel(60s, 6))->error.code, ErrorCode::unknown_poll);
    group.agree();
    group.leave(2);
    EXPECT_EQ(only<CancelRejected>(group.cancel(60s))->error.code, ErrorCode::unknown_member);
}

TEST(Actions, AreForgottenWhenTheirMomentIsPast) {
    ActionStory group;
    group.agree(1, 100s);
    group.agree(2, 200s);
    EXPECT_EQ(group.machine.actions().size(), 2u);
    group.ask_to_act(3, 300s, 101s);
    EXPECT_EQ(group.machine.actions().size(), 1u);
    EXPECT_TRUE(group.machine.actions().contains(poll(2)));
}

TEST(Actions, AreNotForgottenByAClockThatMayBeAhead) {
    ActionStory group;
    group.agree(1, 100s);
    // Some later leader's clock may be off by a minute, or by anything.
    OpenPoll late{poll(2), member(1), 12, "close breaker 8", Voting::majority, 1s};
    late.action = {150s, 1ms, 10s, ActionClock::realtime};
    for (const Stamp stamp : {Stamp{80s, 200s}, Stamp{}}) {
        late.stamp = stamp;
        EXPECT_EQ(only<PollRejected>(group.apply(late))->error.code, ErrorCode::too_late);
    }
    EXPECT_TRUE(group.machine.actions().contains(poll(1)));
    EXPECT_TRUE(only<ActionOff>(group.cancel(80s))) << "it can still be called off";
}

TEST(Actions, LeaveTheirTermsWithTheResult) {
    ActionStory group;
    group.agree(1, 100s);
    group.ask_to_act(2, 300s, 101s);
    group.vote(1, false, 2);
    group.vote(2, false, 2);
    auto restored = StateMachine::restore(group.machine.serialize());
    ASSERT_TRUE(restored);
    EXPECT_TRUE(restored->actions().empty());
    ASSERT_TRUE(restored->find_result(poll(1))->action);
    EXPECT_EQ(restored->find_result(poll(1))->action->at, 100s);
    EXPECT_FALSE(restored->find_result(poll(2))->action) << "nothing was agreed on";
}

TEST(Actions, AreBounded) {
    ActionStory group;
    for (std::uint64_t id = 1; id <= StateMachine::max_actions; ++id) group.agree(id);
    const auto effects = group.ask_to_act(5000);
    ASSERT_TRUE(only<PollRejected>(effects));
    EXPECT_EQ(only<PollRejected>(effects)->error.code, ErrorCode::would_block);
    EXPECT_TRUE(only<PollOpened>(group.ask_to_act(5000, 300s, 101s))) << "the others are over";
}

TEST(Actions, AreInTheState) {
    ActionStory group;
    group.agree(1);
    group.agree(2, 150s);
    group.cancel(60s, 2);
    group.ask_to_act(3, 200s);
    group.vote(1, true, 3);
    group.apply(CastVote{poll(3), member(3), false, true});
    group.vote(2, true, 3);
    auto restored = StateMachine::restore(group.machine.serialize());
    ASSERT_TRUE(restored);
    EXPECT_EQ(restored->serialize().view(), group.machine.serialize().view());
    EXPECT_TRUE(restored->actions().contains(poll(1)));
    EXPECT_EQ(restored->actions().at(poll(1)).topic, "close breaker 7");
    EXPECT_TRUE(restored->find_result(poll(2))->cancelled);
    EXPECT_TRUE(restored->find_poll(poll(3))->waits_for_stamp());
    const auto effects = restored->apply(group.index + 1, encode(CloseAction{poll(3), {60s, 60s}}));
    EXPECT_EQ(outcome_of(effects), "yes 2:1 of 3");
    EXPECT_EQ(only<PollClosed>(effects)->unsynchronised.size(), 1u);
}

}  // namespace
}  // namespace quorate::consensus
