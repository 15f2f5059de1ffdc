// Sessions: an ordered message is applied once, however often it comes (thesis, section 6.3).
#include "consensus/sessions.h"

#include <gtest/gtest.h>

#include "tests/unit/consensus/group_story.h"

namespace quorate::consensus {
namespace {

TEST(Sessions, TellWhereAMessageWasAppliedBefore) {
    Sessions sessions;
    EXPECT_FALSE(sessions.apply(member(1), {5, 5}, 100));
    EXPECT_FALSE(sessions.apply(member(1), {6, 5}, 101));
    EXPECT_EQ(sessions.apply(member(1), {5, 5}, 102), 100u);
    EXPECT_EQ(sessions.apply(member(1), {6, 5}, 103), 101u);
    EXPECT_FALSE(sessions.apply(member(2), {5, 5}, 104)) << "another member counts for itself";
}

TEST(Sessions, TakeALateOneOnlyWhenItIsAskedForAgain) {
    Sessions sessions;
    EXPECT_FALSE(sessions.apply(member(1), {7, 5}, 100));
    EXPECT_EQ(sessions.apply(member(1), {5, 5}, 101), 0u) << "it went astray: out of turn";
    EXPECT_FALSE(sessions.apply(member(1), {5, 5, true}, 102)) << "asked for again";
    EXPECT_EQ(sessions.apply(member(1), {5, 5, true}, 103), 102u);
}

TEST(Sessions, KeepNothingOfWhatIsSettled) {
    Sessions sessions;
    for (std::uint64_t serial = 1; serial <= 1000; ++serial) {
        EXPECT_FALSE(sessions.apply(member(1), {serial, serial}, serial));
    }
    EXPECT_EQ(sessions.all().at(member(1)).applied.size(), 1u);
    EXPECT_EQ(sessions.apply(member(1), {999, 1}, 2000), 0u) << "settled stays settled";
}

TEST(Sessions, AreBoundedWhateverANumberSays) {
    Sessions sessions;
    EXPECT_FALSE(sessions.apply(member(1), {1, 0}, 1));
    EXPECT_FALSE(sessions.apply(member(1), {~std::uint64_t{0} - 1, 0}, 2));
    EXPECT_LE(sessions.all().at(member(1)).applied.size(), Sessions::window);
    EXPECT_EQ(sessions.apply(member(1), {1, 0}, 3), 0u);
    for (std::uint64_t id = 2; id <= 20; ++id) (void)sessions.apply(member(id), {1, 0}, 10 + id);
    sessions.bound(3, [](MemberId) { return false; });
    EXPECT_EQ(sessions.all().size(), 3u);
    EXPECT_TRUE(sessions.all().contains(member(20))) << "those used last stay";
    sessions.bound(1, [](MemberId id) { return id == member(19); });
    EXPECT_TRUE(sessions.all().contains(member(19))) << "who is in goes on before who was";
}

TEST(StateMachineSessions, ADoubledMessageIsToldOnceAndItsPlaceIsTheFirst) {
    GroupStory group(3);
    const OrderedMessage message{member(2), 77, 123, Payload("set point 0.8"), 77};
    ASSERT_EQ(group.apply(message).size(), 1u);
    const auto again = group.apply(message);
    ASSERT_EQ(again.size(), 1u);
    const auto& repeated = std::get<Repeated>(again.front());
    EXPECT_EQ(repeated.from, member(2));
    EXPECT_EQ(repeated.request, 77u);
    EXPECT_GT(repeated.index, 0u);
}

TEST(StateMachineSessions, OutliveAnEvictionAndAStateTransfer) {
    GroupStory group(3);
    const OrderedMessage message{member(2), 77, 123, Payload("once"), 77};
    ASSERT_EQ(group.apply(message).size(), 1u);
    group.leave(2, Departure::lost);
    group.join(2);
    EXPECT_TRUE(std::holds_alternative<Repeated>(group.apply(message).front()));
    Result<StateMachine> restored = StateMachine::restore(group.machine.serialize());
    ASSERT_TRUE(restored);
    group.machine = std::move(*restored);
    EXPECT_TRUE(std::holds_alternative<Repeated>(group.apply(message).front()));
}

}  // namespace
}  // namespace quorate::consensus
