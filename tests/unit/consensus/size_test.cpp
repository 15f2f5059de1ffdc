// Rule 1: how many members the group is deployed with, and how that changes.
#include <gtest/gtest.h>

#include "consensus/seats.h"
#include "tests/unit/consensus/group_story.h"

namespace quorate::consensus {
namespace {

Effects resize(GroupStory& group, std::uint32_t size, std::uint64_t request = 1) {
    return group.apply(Resize{member(1), request, size});
}

/// The leader says so, having asked all that are in the roster by now.
Effects finish(GroupStory& group) {
    const std::uint64_t since = group.machine.growing() ? group.machine.growing()->since : 1;
    return group.apply(FinishResize{since, group.index});
}

TEST(Size, GrowsOnceTheLeaderSaysThatAllKnow) {
    GroupStory group(3);
    EXPECT_TRUE(resize(group, 5).empty()) << "nobody is told yet";
    EXPECT_EQ(group.machine.spec().size, 3u);
    ASSERT_TRUE(group.machine.growing());
    EXPECT_EQ(group.machine.growing()->since, group.index);
    EXPECT_EQ(group.machine.wanted_seats(), 5u) << "seats go ahead";
    group.join(4);
    EXPECT_EQ(group.roster().size(), 3u) << "there is no place yet";
    const auto effects = finish(group);
    ASSERT_TRUE(only<Resized>(effects));
    EXPECT_EQ(only<Resized>(effects)->size, 5u);
    EXPECT_EQ(only<Resized>(effects)->request, 1u);
    EXPECT_EQ(group.machine.spec().size, 5u);
    EXPECT_FALSE(group.machine.growing());
    group.join(4);
    EXPECT_EQ(group.roster().size(), 4u);
}

TEST(Size, ShrinksAtOnceWhenTheOthersAreGone) {
    GroupStory group(5);
    const auto early = resize(group, 3);
    ASSERT_TRUE(only<ResizeRejected>(early));
    EXPECT_EQ(only<ResizeRejected>(early)->error.code, ErrorCode::bad_argument);
    group.leave(4);
    group.leave(5);
    EXPECT_TRUE(only<Resized>(resize(group, 3)));
    EXPECT_EQ(group.machine.spec().size, 3u);
    group.join(6);
    EXPECT_EQ(group.roster().size(), 3u);
}

TEST(Size, GrowsOnlyAsFarAsItsSeatsCanDecide) {
    GroupStory alone(1);
    EXPECT_TRUE(only<ResizeRejected>(resize(alone, 2)));
    GroupStory two(2);
    EXPECT_TRUE(resize(two, 3).empty());
    GroupStory three(3);
    EXPECT_TRUE(only<ResizeRejected>(resize(three, 6)));
    EXPECT_TRUE(resize(three, 5).empty());
    GroupStory four(4);
    EXPECT_TRUE(resize(four, 1000).empty()) << "seven seats at most";
}

TEST(Size, OneGrowthAtATimeAndItCanBeCalledOff) {
    GroupStory group(3);
    resize(group, 5, 1);
    const auto other = resize(group, 4, 2);
    ASSERT_TRUE(only<ResizeRejected>(other));
    EXPECT_EQ(only<ResizeRejected>(other)->error.code, ErrorCode::would_block);
    const auto off = resize(group, 3, 3);
    ASSERT_TRUE(only<ResizeRejected>(off));
    EXPECT_EQ(only<ResizeRejected>(off)->request, 1u) << "the first one is told";
    EXPECT_EQ(only<ResizeRejected>(off)->error.code, ErrorCode::too_late);
    EXPECT_EQ(only<Resized>(off)->request, 3u);
    EXPECT_TRUE(finish(group).empty()) << "it came too late";
    EXPECT_EQ(group.machine.spec().size, 3u);
}

TEST(Size, IsNotFinishedForWhomNobodyWasAskedAbout) {
    GroupStory group(2, {.size = 3});
    resize(group, 5);
    const std::uint64_t judged = group.index;
    group.join(3);
    EXPECT_TRUE(group.apply(FinishResize{1, judged}).empty()) << "the third may not know";
    EXPECT_TRUE(only<Resized>(finish(group)));
}

TEST(Size, IsNotFinishedByWhatWasMeantForAnEarlierGrowth) {
    GroupStory group(3);
    resize(group, 5, 1);
    resize(group, 3, 2);
    resize(group, 5, 3);
    EXPECT_TRUE(group.apply(FinishResize{1, group.index}).empty());
    EXPECT_TRUE(only<Resized>(finish(group)));
}

TEST(Size, OneThatIsProposedTwiceIsAskedForOnce) {
    GroupStory group(3);
    resize(group, 5, 1);
    EXPECT_TRUE(resize(group, 5, 1).empty());
    EXPECT_EQ(group.machine.growing()->since, 1u);
}

TEST(Size, WhoAsksOnceMoreIsToldInsteadOfTheFirst) {
    GroupStory group(3);
    resize(group, 5, 1);
    EXPECT_EQ(only<ResizeRejected>(resize(group, 5, 2))->error.code, ErrorCode::unknown_outcome);
    EXPECT_EQ(only<Resized>(finish(group))->request, 2u);
}

TEST(Size, LeavesRoomForItsWitnesses) {
    GroupStory group(2, {.size = 4});
    group.join(3, Role::witness);
    group.leave(2);
    EXPECT_TRUE(only<Resized>(resize(group, 2))) << "one of two may be";
    GroupStory more(2, {.size = 5});
    more.join(3, Role::witness);
    more.join(4, Role::witness);
    more.leave(2);
    EXPECT_TRUE(only<ResizeRejected>(resize(more, 3))) << "of three, one";
}

TEST(Size, IsNobodysBusinessOutsideOfTheRoster) {
    GroupStory group(3);
    EXPECT_TRUE(group.apply(Resize{member(9), 1, 5}).empty());
    EXPECT_FALSE(group.machine.growing());
}

TEST(Size, IsPartOfTheState) {
    GroupStory group(3);
    resize(group, 5, 7);
    const auto again = StateMachine::restore(group.machine.serialize());
    ASSERT_TRUE(again);
    ASSERT_TRUE(again->growing());
    EXPECT_EQ(again->growing()->size, 5u);
    EXPECT_EQ(again->growing()->requester, member(1));
    EXPECT_EQ(again->growing()->request, 7u);
    EXPECT_EQ(again->growing()->since, group.machine.growing()->since);
    finish(group);
    EXPECT_EQ(StateMachine::restore(group.machine.serialize())->spec().size, 5u);
}

}  // namespace
}  // namespace quorate::consensus
