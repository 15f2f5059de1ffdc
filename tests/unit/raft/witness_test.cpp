// Witnesses: voters that keep no application data.
#include <gtest/gtest.h>

#include "raft/validate.h"
#include "tests/unit/raft/solo.h"

namespace quorate::raft::test {
namespace {

std::shared_ptr<const Snapshot> with_witness(std::uint64_t witness) {
    auto base = std::make_shared<Snapshot>(*founding(members({1, 2, 3})));
    base->configuration.witnesses = members({witness});
    return base;
}

TEST(Witness, GetsTermsAndIndexesButNoApplicationData) {
    Solo solo(timing(1), with_witness(3));
    solo.establish();
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("secret"), EntryKind::application));
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("roster"), EntryKind::command));
    solo.turn();
    const auto& full = solo.last<Append>(2)->entries;
    const auto& bare = solo.last<Append>(3)->entries;
    ASSERT_EQ(full.size(), 2u);
    ASSERT_EQ(bare.size(), 2u);
    EXPECT_EQ(full[0].data.view(), "secret");
    EXPECT_TRUE(bare[0].withheld());
    EXPECT_EQ(bare[0].term, full[0].term);
    EXPECT_EQ(bare[1].data.view(), "roster") << "what the group is made of, it must know";
}

TEST(Witness, WhatItGetsIsNeverSentToAMemberInstead) {
    Solo solo(timing(1), with_witness(3));
    solo.establish();
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("secret"), EntryKind::application));
    solo.turn();
    Append full = *solo.last<Append>(2);
    Append bare = *solo.last<Append>(3);
    bare.sent = full.sent;
    bare.commit = full.commit;
    EXPECT_FALSE(differ_in_receiver_alone(full, bare));
    EXPECT_FALSE(differ_in_receiver_alone(bare, full));
    full.successor_rank = 1;
    EXPECT_TRUE(differ_in_receiver_alone(full, *solo.last<Append>(2)));
}

TEST(Witness, CountsForCommitAndElection) {
    Solo solo(timing(1), with_witness(3));
    solo.win_election({3});
    ASSERT_EQ(solo.raft.role(), Role::leader);
    solo.acknowledge(3);
    EXPECT_EQ(solo.raft.commit_index(), 1u);
}

TEST(Witness, HearsALeaderThatItHeldDeadInALaterTerm) {
    Solo solo(timing(1), with_witness(1));
    solo.hear(2, append_of(1, 0, 0));
    solo.raft.declare_dead(solo.now, member(2));
    solo.hear(2, append_of(1, 0, 0));
    EXPECT_EQ(solo.raft.leader(), MemberId{}) << "what it sent in life";
    solo.hear(2, append_of(2, 0, 0));
    EXPECT_EQ(solo.raft.leader(), member(2)) << "a durable member was started again";
}

TEST(Witness, NeverLeads) {
    Solo solo(timing(1), with_witness(1));
    for (int i = 0; i < 5; ++i) solo.wait_for_timer();
    solo.raft.campaign(solo.now, Trigger::founding);
    solo.hear(2, append_of(1, 0, 0));
    solo.hear(2, TimeoutNow{1});
    EXPECT_EQ(solo.raft.role(), Role::follower);
    EXPECT_EQ(solo.count<VoteRequest>(2), 0u);
    solo.wait(1s);
    solo.hear(2, vote_for(4));
    EXPECT_TRUE(solo.last<VoteReply>(2)->granted) << "but it votes";
}

TEST(Witness, IsNotHandedLeadershipNorASuccessor) {
    Solo solo(timing(1), with_witness(2));
    solo.establish();
    EXPECT_EQ(solo.raft.transfer_leadership(solo.now, member(2)).error().code,
              ErrorCode::unknown_member);
    ASSERT_TRUE(solo.raft.transfer_leadership(solo.now));
    solo.turn();
    EXPECT_EQ(solo.count<TimeoutNow>(2), 0u);
    EXPECT_EQ(solo.count<TimeoutNow>(3), 1u);
    EXPECT_EQ(solo.last<Append>(3)->successor_rank, 0u);
}

TEST(Witness, StaysOneAndTheLeaderIsNone) {
    Solo solo(timing(1), with_witness(3));
    solo.establish();
    EXPECT_EQ(solo.raft.change_configuration(solo.now, members({1, 2, 3}), {}).error().code,
              ErrorCode::bad_argument);
    EXPECT_EQ(
        solo.raft.change_configuration(solo.now, members({1, 2, 3}), {}, members({1})).error().code,
        ErrorCode::bad_argument);
    ASSERT_TRUE(solo.raft.change_configuration(solo.now, members({1, 2, 4}), {}, members({4})));
    EXPECT_TRUE(solo.raft.configuration().is_witness(member(3))) << "in the joint state still";
    EXPECT_TRUE(solo.raft.configuration().is_witness(member(4)));
}

TEST(Witness, GetsTheDataUntilItIsAgreedThatItIsOne) {
    Solo solo;
    solo.establish();
    ASSERT_TRUE(solo.raft.change_configuration(solo.now, members({1, 2, 3}), {}, members({3})));
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("a"), EntryKind::application));
    solo.turn();
    EXPECT_FALSE(solo.last<Append>(3)->entries.back().withheld())
        << "the change may be undone, and then 3 must hold what it acknowledged";
    solo.acknowledge(2);
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("b"), EntryKind::application));
    solo.turn();
    EXPECT_TRUE(solo.last<Append>(3)->entries.back().withheld());
}

TEST(Witness, IsNeverAheadOfTheLeadersDisk) {
    Solo solo(timing(1), with_witness(3));
    solo.establish();
    solo.forget();
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("a"), EntryKind::application));
    const Output out = solo.raft.take_output(solo.now);
    ASSERT_EQ(out.send_now.size(), 1u);
    EXPECT_EQ(out.send_now.front().to, member(2));
    solo.raft.persisted(solo.now, out.last_persisting);
    solo.turn();
    EXPECT_EQ(solo.last<Append>(3)->entries.size(), 1u);
}

TEST(Witness, AreAtMostHalf) {
    Configuration configuration{members({1, 2, 3, 4}), {}, {}, members({3, 4})};
    EXPECT_TRUE(is_sound(configuration));
    configuration.witnesses = members({2, 3, 4});
    EXPECT_FALSE(is_sound(configuration)) << "a majority of 3 could hold no data";
    configuration.witnesses = members({9});
    EXPECT_FALSE(is_sound(configuration)) << "no voter";
}

}  // namespace
}  // namespace quorate::raft::test
