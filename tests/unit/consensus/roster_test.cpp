// Who is in, in what order, and whose messages count.
#include <gtest/gtest.h>

#include "tests/unit/consensus/group_story.h"

namespace quorate::consensus {
namespace {

using Numbers = std::vector<std::uint64_t>;

TEST(Roster, StartsWithTheFounders) {
    GroupStory group(3);
    EXPECT_EQ(group.roster(), (Numbers{1, 2, 3}));
    EXPECT_EQ(group.machine.applied(), 0u);
    EXPECT_EQ(group.machine.deployed(), 3u);
    ASSERT_NE(group.machine.find_member(member(2)), nullptr);
    EXPECT_EQ(group.machine.find_member(member(2))->name, "relay-2");
    EXPECT_EQ(group.machine.find_member(member(4)), nullptr);
}

TEST(Roster, IsInTheOrderOfJoining) {
    GroupStory group(2, {.size = 4});
    EXPECT_EQ(only<RosterJoined>(group.join(4))->member, record(4));
    group.join(3);
    EXPECT_EQ(group.roster(), (Numbers{1, 2, 4, 3}));
}

TEST(Roster, PutsWhoWasEvictedAndCameBackAtTheEnd) {
    GroupStory group(3);
    const auto effects = group.leave(1, Departure::lost);
    ASSERT_NE(only<RosterLeft>(effects), nullptr);
    EXPECT_EQ(only<RosterLeft>(effects)->member, record(1));
    EXPECT_EQ(only<RosterLeft>(effects)->reason, Departure::lost);
    EXPECT_NE(only<RosterJoined>(group.join(1)), nullptr);
    EXPECT_EQ(group.roster(), (Numbers{2, 3, 1}));
}

TEST(Roster, IsLeftOnce) {
    GroupStory group(3);
    EXPECT_EQ(group.leave(2, Departure::left).size(), 1u);
    EXPECT_TRUE(group.leave(2, Departure::lost).empty());
    EXPECT_TRUE(group.leave(9).empty());
}

TEST(Roster, FollowsAMemberThatMoved) {
    GroupStory group(3);
    EXPECT_TRUE(group.join(2).empty()) << "nothing new";
    MemberRecord moved = record(2, Role::observer);
    moved.name = "somebody else";
    moved.endpoint = "tcp://[::1]:9";
    const auto effects = group.apply(Join{moved});
    ASSERT_NE(only<RosterMoved>(effects), nullptr);
    EXPECT_EQ(only<RosterMoved>(effects)->member.endpoint, "tcp://[::1]:9");
    EXPECT_EQ(group.machine.find_member(member(2))->name, "relay-2")
        << "the endpoint and nothing else";
    EXPECT_EQ(group.machine.find_member(member(2))->role, Role::member);
}

TEST(Roster, HasPlacesForTheDeploymentAndForObserversBesides) {
    GroupStory group(2, {.size = 3});
    EXPECT_NE(only<RosterJoined>(group.join(3, Role::witness)), nullptr);
    EXPECT_TRUE(group.join(4).empty()) << "two leaders had the last place in mind";
    EXPECT_NE(only<RosterJoined>(group.join(5, Role::observer)), nullptr);
    EXPECT_EQ(group.machine.deployed(), 3u);
    EXPECT_EQ(group.roster(), (Numbers{1, 2, 3, 5}));
    group.leave(1);
    EXPECT_NE(only<RosterJoined>(group.join(4)), nullptr);
}

TEST(Roster, IsBounded) {
    GroupStory group(1);
    for (std::uint64_t number = 2; number <= StateMachine::max_roster; ++number) {
        MemberRecord observer = record(1, Role::observer);
        observer.id = member(number);
        ASSERT_EQ(group.apply(Join{observer}).size(), 1u);
    }
    MemberRecord one_too_many = record(1, Role::observer);
    one_too_many.id = member(100'000);
    EXPECT_TRUE(group.apply(Join{one_too_many}).empty());
}

TEST(OrderedMessages, CarryTheirPlaceInTheLog) {
    GroupStory group(3);
    group.leave(3);
    const auto effects = group.apply(OrderedMessage{member(2), 77, 123, Payload("set point 0.8")});
    const auto* ordered = only<Ordered>(effects);
    ASSERT_NE(ordered, nullptr);
    EXPECT_EQ(ordered->index, 2u);
    EXPECT_EQ(ordered->message.from, member(2));
    EXPECT_EQ(ordered->message.request, 77u);
    EXPECT_EQ(ordered->message.sent_ns, 123);
    EXPECT_EQ(ordered->message.data.view(), "set point 0.8");
}

TEST(OrderedMessages, OfSomebodyOutsideAreNobodysAnyMore) {
    GroupStory group(3);
    group.leave(3);
    EXPECT_TRUE(group.apply(OrderedMessage{member(3), 1, 0, Payload("late")}).empty());
}

TEST(StateMachine, IsNotChangedByBytesThatAreNoCommand) {
    GroupStory group(3);
    const auto effects = group.machine.apply(1, Payload("neither here nor there"));
    EXPECT_NE(only<Malformed>(effects), nullptr);
    EXPECT_EQ(group.machine.applied(), 1u);
    EXPECT_EQ(group.roster(), (Numbers{1, 2, 3}));
}

TEST(StateMachineDeath, AppliesEveryEntryOnce) {
    GroupStory group(3);
    group.leave(3);
    EXPECT_DEATH(group.machine.apply(1, encode(Command{Leave{member(2), Departure::left}})),
                 "once");
}

}  // namespace
}  // namespace quorate::consensus
