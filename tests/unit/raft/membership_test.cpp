// Joint consensus, learners and seats (section 4.3; design rules 1 and 3).
#include <gtest/gtest.h>

#include "raft/quorum.h"
#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

bool quorum_of(const Configuration& configuration, std::initializer_list<std::uint64_t> backers) {
    const std::vector<MemberId> set = members(backers);
    return is_quorum(configuration, [&](MemberId id) {
        return std::find(set.begin(), set.end(), id) != set.end();
    });
}

TEST(Quorum, IsAMajorityAndTheSeatFloor) {
    const Configuration three{members({1, 2, 3}), {}, members({9}), {}, 3};
    EXPECT_TRUE(quorum_of(three, {1, 3}));
    EXPECT_FALSE(quorum_of(three, {1, 9})) << "learners count nowhere";
    const Configuration three_of_five{members({1, 2, 3}), {}, members({9}), {}, 5};
    EXPECT_FALSE(quorum_of(three_of_five, {1, 3})) << "the floor of five seats";
    const Configuration four{members({1, 2, 3, 4}), {}, {}, {}, 1};
    EXPECT_FALSE(quorum_of(four, {1, 2}));
}

TEST(Quorum, WhenJointIsAMajorityOfEachHalfAndTheFloorOverBoth) {
    const Configuration joint{members({1, 2, 4}), members({1, 2, 3}), {}, {}, 3, 3};
    EXPECT_TRUE(quorum_of(joint, {1, 2}));
    EXPECT_FALSE(quorum_of(joint, {1, 4})) << "one of the outgoing three";
    EXPECT_FALSE(quorum_of(joint, {1, 3})) << "one of the new three";
    const Configuration of_five{members({1, 2, 4}), members({1, 2, 3}), {}, {}, 5, 5};
    EXPECT_TRUE(quorum_of(of_five, {1, 3, 4})) << "three distinct ones, two of each half";
    EXPECT_FALSE(quorum_of(of_five, {1, 2})) << "the two are not counted twice";
}

TEST(Quorum, WhileSeatsChangeIsTheGreaterFloor) {
    const Configuration growing{members({1, 2, 4}), members({1, 2, 3}), {}, {}, 5, 3};
    EXPECT_FALSE(quorum_of(growing, {1, 2}));
    EXPECT_TRUE(quorum_of(growing, {1, 2, 3}));
    const Configuration shrinking{members({1, 2, 3}), members({1, 2, 3, 4, 5}), {}, {}, 3, 5};
    EXPECT_FALSE(quorum_of(shrinking, {1, 2}));
    EXPECT_TRUE(quorum_of(shrinking, {1, 2, 4}));
}

TEST(Membership, ALearnerIsAddedCaughtUpAndSeated) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    for (int i = 0; i < 20; ++i) cluster.propose(leader, std::to_string(i));
    cluster.run(10ms);
    cluster.start(4, cluster.raft(1).log().snapshot());
    ASSERT_TRUE(
        cluster.raft(leader).change_configuration(cluster.now(), members({1, 2, 3}), members({4})));
    cluster.turn(leader);
    EXPECT_TRUE(cluster.raft(leader).change_in_progress());
    EXPECT_FALSE(cluster.raft(leader).configuration().joint()) << "learners take one entry";
    cluster.run(20ms);
    EXPECT_FALSE(cluster.raft(leader).change_in_progress());
    EXPECT_TRUE(cluster.applied(4, "19"));
    EXPECT_TRUE(cluster.raft(leader).caught_up(cluster.now(), member(4)));
    ASSERT_TRUE(
        cluster.raft(leader).change_configuration(cluster.now(), members({1, 2, 3, 4}), {}));
    cluster.turn(leader);
    EXPECT_TRUE(cluster.raft(leader).configuration().joint());
    cluster.run(20ms);
    for (std::uint64_t id = 1; id <= 4; ++id) {
        EXPECT_EQ(cluster.raft(id).configuration().voters, members({1, 2, 3, 4}));
        EXPECT_FALSE(cluster.raft(id).change_in_progress()) << "the joint state is left by itself";
    }
}

TEST(Membership, ASeatIsTakenOverFromADeadVoter) {
    Cluster cluster(3, 1);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t dead = cluster.other_than({leader, 4});
    cluster.kill(dead);
    std::vector<MemberId> voters = members({1, 2, 3});
    std::replace(voters.begin(), voters.end(), member(dead), member(4));
    ASSERT_TRUE(cluster.raft(leader).change_configuration(cluster.now(), voters, {}));
    cluster.turn(leader);
    cluster.run(20ms);
    EXPECT_EQ(cluster.raft(4).configuration().voters, voters);
    EXPECT_FALSE(cluster.raft(leader).change_in_progress());
    cluster.kill(cluster.other_than({leader, dead, 4}));
    cluster.propose(leader, "with the new voter");
    EXPECT_TRUE(cluster.run_until([&] { return cluster.applied(4, "with the new voter"); }));
}

TEST(Membership, TheJointStateNeedsBothMajorities) {
    Solo solo(timing(1), founding(members({1, 2, 3}), members({4, 5})));
    solo.establish();
    ASSERT_TRUE(solo.raft.change_configuration(solo.now, members({1, 4, 5}), {}));
    solo.turn();
    const Index joint = solo.raft.configuration_index();
    solo.acknowledge(4);
    solo.acknowledge(5);
    EXPECT_LT(solo.raft.commit_index(), joint) << "all of C_new, one of C_old";
    solo.acknowledge(2);
    EXPECT_GE(solo.raft.commit_index(), joint);
    EXPECT_EQ(solo.raft.configuration().voters, members({1, 4, 5}));
    EXPECT_FALSE(solo.raft.configuration().joint());
    EXPECT_TRUE(solo.raft.change_in_progress()) << "C_new is in the log, not committed";
    solo.forget();
    solo.wait_for_timer();
    EXPECT_EQ(solo.count<Append>(2), 0u) << "outside of C_new";
}

TEST(Membership, TheJointStateIsNotLeftBeforeItIsCommitted) {
    Solo solo(timing(1), founding(members({1, 2, 3}), members({4})));
    solo.establish();
    const Index before = solo.propose();
    AppendReply holds_what_came_before = solo.acknowledgement(2);
    ASSERT_TRUE(solo.raft.change_configuration(solo.now, members({1, 2, 4}), {}));
    solo.turn();
    solo.hear(2, holds_what_came_before);
    EXPECT_EQ(solo.raft.commit_index(), before);
    EXPECT_TRUE(solo.raft.configuration().joint());
}

TEST(Membership, ANewLeaderFinishesTheChange) {
    Cluster cluster(3, 1);
    const std::uint64_t leader = cluster.await_leader();
    cluster.run(60ms);
    const std::uint64_t dead = cluster.other_than({leader, 4});
    std::vector<MemberId> voters = members({1, 2, 3});
    std::replace(voters.begin(), voters.end(), member(dead), member(4));
    ASSERT_TRUE(cluster.raft(leader).change_configuration(cluster.now(), voters, {}));
    cluster.turn(leader);
    cluster.run(1ms);  // the joint configuration arrived everywhere, nothing came back
    cluster.kill(leader);
    const std::uint64_t next = cluster.await_leader();
    ASSERT_NE(next, 0u);
    cluster.run(50ms);
    EXPECT_EQ(cluster.raft(next).configuration().voters, voters);
    EXPECT_FALSE(cluster.raft(next).change_in_progress());
}

TEST(Membership, LearnersCountNowhere) {
    Solo solo(timing(1), founding(members({1, 2, 3}), members({4, 5})));
    solo.win_election();
    solo.acknowledge(4);
    solo.acknowledge(5);
    EXPECT_EQ(solo.raft.commit_index(), 0u);
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago);
    for (int i = 0; i < 20 && solo.raft.role() == Role::leader; ++i) {
        solo.wait_for_timer();
        if (solo.raft.role() == Role::leader) solo.acknowledge(4);
    }
    EXPECT_EQ(solo.raft.role(), Role::follower) << "a learner's voice does not keep a leader";
}

TEST(Membership, ASeatIsNeverFreed) {
    Solo solo;
    solo.establish();
    const auto freed = solo.raft.change_configuration(solo.now, members({1, 2}), members({3}));
    ASSERT_FALSE(freed);
    EXPECT_EQ(freed.error().code, ErrorCode::bad_argument);
    const auto beyond = solo.raft.change_configuration(solo.now, members({1}), {}, {}, 2);
    ASSERT_FALSE(beyond) << "two seats, and one voter";
}

TEST(Membership, FewerSeatsLeaveFewerVoters) {
    Solo solo(timing(1), founding(members({1, 2, 3, 4, 5})));
    solo.establish();
    ASSERT_TRUE(solo.raft.change_configuration(solo.now, members({1, 2, 3}), {}, {}, 3));
    solo.turn();
    EXPECT_EQ(solo.raft.configuration().seat_floor(), 3u) << "the greater one while it changes";
    solo.acknowledge(2);
    EXPECT_TRUE(solo.raft.configuration().joint()) << "two of five are none of their majorities";
    solo.acknowledge(3);
    EXPECT_FALSE(solo.raft.configuration().joint());
    EXPECT_EQ(solo.raft.configuration().seat_floor(), 2u);
    EXPECT_EQ(solo.raft.configuration().voters, members({1, 2, 3}));
}

TEST(Membership, MoreSeatsHoldFromTheAppendOn) {
    Solo solo;
    solo.establish();
    const auto grown = solo.raft.change_configuration(solo.now, members({1, 2, 3}), {}, {}, 5);
    ASSERT_TRUE(grown);
    solo.turn();
    EXPECT_FALSE(solo.raft.configuration().joint()) << "the same voters take one entry";
    EXPECT_EQ(solo.raft.configuration().seat_floor(), 3u);
    solo.acknowledge(2);
    EXPECT_LT(solo.raft.commit_index(), *grown) << "two of three, but three of five are needed";
    solo.acknowledge(3);
    EXPECT_GE(solo.raft.commit_index(), *grown);
}

TEST(Membership, ListsMustBeSound) {
    Solo solo;
    solo.establish();
    const auto refuses = [&](std::vector<MemberId> voters, std::vector<MemberId> learners) {
        const auto result = solo.raft.change_configuration(solo.now, voters, learners);
        return !result && result.error().code == ErrorCode::bad_argument;
    };
    EXPECT_TRUE(refuses(members({1, 2, 3}), members({3})));
    EXPECT_TRUE(refuses(members({1, 2, 2}), {}));
    EXPECT_TRUE(refuses(members({1, 2, 3}), members({4, 4})));
    EXPECT_TRUE(refuses(members({1, 2, 0}), {}));
}

TEST(Membership, OneChangeAtATimeAndOnlyOnceEstablished) {
    Solo solo;
    EXPECT_EQ(solo.raft.change_configuration(solo.now, members({1, 2, 3}), {}).error().code,
              ErrorCode::not_leader);
    solo.win_election();
    const auto change = [&] {
        return solo.raft.change_configuration(solo.now, members({1, 2, 3}), members({4}));
    };
    EXPECT_EQ(change().error().code, ErrorCode::would_block) << "nothing of its own term yet";
    solo.acknowledge(2);
    EXPECT_TRUE(change());
    EXPECT_EQ(change().error().code, ErrorCode::would_block);
}

TEST(Membership, ATruncatedConfigurationIsUndone) {
    Solo solo;
    Entry joint = command(1, 1, "");
    joint.kind = EntryKind::configuration;
    joint.configuration = std::make_shared<Configuration>(
        Configuration{members({1, 2, 4}), members({1, 2, 3}), {}, {}, 3, 3});
    solo.hear(2, append_of(1, 0, 0, {joint}));
    EXPECT_TRUE(solo.raft.configuration().joint()) << "in force as soon as it is in the log";
    EXPECT_EQ(solo.raft.configuration_index(), 1u);
    solo.hear(3, append_of(2, 0, 0, {command(1, 2)}));
    EXPECT_EQ(solo.raft.configuration().voters, members({1, 2, 3}));
    EXPECT_FALSE(solo.raft.configuration().joint());
}

TEST(Membership, ALeaderOutsideOfTheNewVotersStepsDownWhenTheyAreAgreed) {
    Cluster cluster(3, 1);
    const std::uint64_t leader = cluster.await_leader();
    std::vector<MemberId> voters = members({1, 2, 3});
    std::replace(voters.begin(), voters.end(), member(leader), member(4));
    ASSERT_TRUE(cluster.raft(leader).change_configuration(cluster.now(), voters, {}));
    cluster.turn(leader);
    EXPECT_EQ(cluster.raft(leader).role(), Role::leader);
    cluster.run(20ms);
    EXPECT_EQ(cluster.raft(leader).role(), Role::follower);
    EXPECT_FALSE(cluster.raft(leader).is_voter());
    const std::uint64_t next = cluster.await_leader();
    EXPECT_NE(next, 0u);
    EXPECT_NE(next, leader);
    EXPECT_EQ(cluster.raft(next).configuration().voters, voters);
    EXPECT_FALSE(cluster.raft(next).change_in_progress());
}

TEST(Membership, TwoHundredLearnersAreNoTrouble) {
    Cluster cluster(3, 200);
    const std::uint64_t leader = cluster.await_leader();
    cluster.propose(leader, "to all");
    EXPECT_TRUE(cluster.run_until([&] { return cluster.all_applied("to all"); }, 200ms));
}

TEST(Membership, WhoIsBeingRemovedCampaignsUntilThatIsAgreed) {
    // The leader of a removal came back with the entry that removes it, which nobody else holds.
    Entry removal = command(2, 1);
    removal.kind = EntryKind::configuration;
    removal.data = {};
    auto without = std::make_shared<Configuration>();
    without->voters = members({2, 3, 4});
    removal.configuration = without;
    Solo solo(timing(1), founding(members({1, 2, 3})), HardState{1, {}}, {command(1, 1), removal});
    while (solo.raft.role() != Role::pre_candidate) solo.wait_for_timer();
    solo.grant(2);
    solo.grant(3);
    ASSERT_EQ(solo.raft.role(), Role::candidate);
    solo.grant(2);
    EXPECT_EQ(solo.raft.role(), Role::candidate) << "its own vote counts no more";
    solo.grant(3);
    ASSERT_EQ(solo.raft.role(), Role::leader);
    solo.acknowledge(2);
    solo.acknowledge(3);
    EXPECT_EQ(solo.raft.role(), Role::follower) << "agreed: it is gone";
}

}  // namespace
}  // namespace quorate::raft::test
