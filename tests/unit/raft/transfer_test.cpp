// Leadership transfer (section 3.10).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

TEST(Transfer, TheTargetLeadsWithinAFewRoundTrips) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t target = cluster.other_than({leader});
    cluster.propose(leader, "before");
    ASSERT_TRUE(cluster.raft(leader).transfer_leadership(cluster.now(), member(target)));
    cluster.turn(leader);
    cluster.run(15ms);
    EXPECT_EQ(cluster.leader(), target);
    EXPECT_EQ(cluster.raft(target).trigger(), Trigger::transfer);
    EXPECT_EQ(cluster.raft(leader).leader(), member(target));
    EXPECT_TRUE(cluster.applied(target, "before"));
}

TEST(Transfer, WithoutATargetTheBestVoterIsChosen) {
    Solo solo;
    solo.establish();
    solo.propose();
    solo.acknowledge(3);
    ASSERT_TRUE(solo.raft.transfer_leadership(solo.now));
    solo.turn();
    EXPECT_EQ(solo.count<TimeoutNow>(3), 1u);
    EXPECT_EQ(solo.count<TimeoutNow>(2), 0u);
}

TEST(Transfer, TheTargetIsBroughtUpToDateFirst) {
    Solo solo;
    solo.establish();
    solo.propose();
    ASSERT_TRUE(solo.raft.transfer_leadership(solo.now, member(2)));
    solo.turn();
    EXPECT_EQ(solo.count<TimeoutNow>(2), 0u);
    EXPECT_GT(solo.raft.lease_until(), solo.now.boottime) << "nothing is given up yet";
    solo.acknowledge(2);
    EXPECT_EQ(solo.count<TimeoutNow>(2), 1u);
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago);
}

TEST(Transfer, ProposalsWaitForTheNextLeader) {
    Solo solo;
    solo.establish();
    ASSERT_TRUE(solo.raft.transfer_leadership(solo.now, member(2)));
    EXPECT_TRUE(solo.raft.handing_on());
    const auto refused = solo.raft.propose(solo.now, Payload("x"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::would_block);
}

TEST(Transfer, TheLeaseIsOverForGoodInThisTerm) {
    Solo solo;
    solo.establish();
    ASSERT_TRUE(solo.raft.transfer_leadership(solo.now, member(2)));
    solo.turn();
    solo.wait_for_timer();
    solo.acknowledge(2);
    solo.acknowledge(3);
    EXPECT_EQ(solo.raft.role(), Role::leader);
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago);
}

TEST(Transfer, WhenItFailsTheLeaderRegainsALeaseInANewTerm) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const Term term = cluster.raft(leader).term();
    const std::uint64_t target = cluster.other_than({leader});
    cluster.passes = [](std::uint64_t, std::uint64_t, const Message& message) {
        return !std::holds_alternative<TimeoutNow>(message);
    };
    ASSERT_TRUE(cluster.raft(leader).transfer_leadership(cluster.now(), member(target)));
    cluster.turn(leader);
    cluster.run(299ms);
    EXPECT_EQ(cluster.raft(leader).term(), term);
    EXPECT_EQ(cluster.raft(leader).lease_until(), base::long_ago);
    cluster.run(20ms);
    EXPECT_EQ(cluster.leader(), leader);
    EXPECT_EQ(cluster.raft(leader).term(), term + 1);
    EXPECT_GT(cluster.raft(leader).lease_until(), cluster.now().boottime);
    EXPECT_TRUE(cluster.propose(leader, "after"));
}

TEST(Transfer, ToATargetThatNeverCatchesUpChangesNothing) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const Term term = cluster.raft(leader).term();
    const std::uint64_t target = cluster.other_than({leader});
    cluster.isolate({target});
    cluster.propose(leader, "missed by the target");
    ASSERT_TRUE(cluster.raft(leader).transfer_leadership(cluster.now(), member(target)));
    cluster.run(400ms);
    EXPECT_EQ(cluster.leader(), leader);
    EXPECT_EQ(cluster.raft(leader).term(), term);
    EXPECT_FALSE(cluster.raft(leader).handing_on());
    EXPECT_GT(cluster.raft(leader).lease_until(), cluster.now().boottime);
}

TEST(Transfer, OnlyToVotersAndOnlyByTheLeader) {
    Solo solo(timing(1), founding(members({1, 2, 3}), members({4})));
    EXPECT_EQ(solo.raft.transfer_leadership(solo.now, member(2)).error().code,
              ErrorCode::not_leader);
    solo.establish();
    EXPECT_EQ(solo.raft.transfer_leadership(solo.now, member(4)).error().code,
              ErrorCode::unknown_member);
    Solo single(timing(1), founding(members({1})));
    single.wait_for_timer();
    EXPECT_EQ(single.raft.transfer_leadership(single.now).error().code, ErrorCode::unknown_member);
}

TEST(Transfer, AStaleOrForgedOrderIsIgnored) {
    Solo solo;
    solo.hear(2, append_of(4, 0, 0));
    solo.hear(3, TimeoutNow{4});
    solo.hear(2, TimeoutNow{3});
    solo.hear(2, TimeoutNow{9});
    EXPECT_EQ(solo.raft.role(), Role::follower);
    solo.hear(2, TimeoutNow{4});
    EXPECT_EQ(solo.raft.role(), Role::candidate);
    EXPECT_EQ(solo.last<VoteRequest>(3)->handed_on, 4u);
    EXPECT_FALSE(solo.last<VoteRequest>(3)->pre_vote);
}

}  // namespace
}  // namespace quorate::raft::test
