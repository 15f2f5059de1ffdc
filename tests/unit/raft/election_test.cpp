// Elections: timers, terms, votes (thesis, sections 3.4, 3.6.1, 3.8).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

TEST(Election, ThreeNodesElectOneLeaderWithinAFewTimeouts) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader(1s);
    ASSERT_NE(leader, 0u);
    cluster.run(100ms);
    for (std::uint64_t id = 1; id <= 3; ++id) {
        EXPECT_EQ(cluster.raft(id).leader(), member(leader));
        EXPECT_TRUE(cluster.raft(id).hears_leader(cluster.now()));
    }
    EXPECT_EQ(cluster.raft(leader).trigger(), Trigger::timeout);
}

TEST(Election, AHealthyGroupHoldsNone) {
    Cluster cluster(3, 1);
    const std::uint64_t leader = cluster.await_leader();
    cluster.run(60ms);
    int requests = 0;
    cluster.passes = [&](std::uint64_t, std::uint64_t, const Message& message) {
        requests += std::holds_alternative<VoteRequest>(message);
        return true;
    };
    const auto somebody_lost_it = [&] {
        for (std::uint64_t id = 1; id <= 4; ++id) {
            if (cluster.raft(id).leader() != member(leader)) return true;
        }
        return false;
    };
    EXPECT_FALSE(cluster.run_until(somebody_lost_it, 10s));
    EXPECT_EQ(requests, 0);
}

TEST(Election, TwoNodesElectALeaderOfTwo) {
    Cluster cluster(2);
    EXPECT_NE(cluster.await_leader(2s), 0u);
}

TEST(Election, ASingleVoterLeadsAndCommitsByItself) {
    Solo solo(timing(1), founding(members({1})));
    solo.wait_for_timer();
    EXPECT_EQ(solo.raft.role(), Role::leader);
    EXPECT_TRUE(solo.raft.established());
    EXPECT_EQ(solo.propose("alone"), 2u);
    EXPECT_EQ(solo.raft.commit_index(), 2u);
    EXPECT_EQ(solo.applied.back().data.view(), "alone");
    EXPECT_GT(solo.raft.lease_until(), solo.now.boottime);
}

TEST(Election, TheFounderCampaignsAtOnceWithoutRehearsal) {
    Cluster cluster(3);
    cluster.raft(2).campaign(cluster.now(), Trigger::founding);
    cluster.turn(2);
    cluster.run(10ms);
    EXPECT_EQ(cluster.leader(), 2u);
    EXPECT_EQ(cluster.raft(2).term(), 1u);
    EXPECT_EQ(cluster.raft(2).trigger(), Trigger::founding);
}

TEST(Election, AKilledLeaderIsReplacedEverySingleTime) {
    Cluster cluster(5);
    std::uint64_t leader = cluster.await_leader();
    for (int round = 0; round < 2; ++round) {
        cluster.kill(leader);
        leader = cluster.await_leader();
        ASSERT_NE(leader, 0u) << "round " << round;
    }
    cluster.kill(leader);
    EXPECT_EQ(cluster.await_leader(), 0u) << "two of five are no quorum";
}

TEST(Election, ACandidateThatDiesLeavesNobodyWithoutADeadline) {
    Cluster cluster(3);
    ASSERT_TRUE(cluster.run_until([&] {
        for (std::uint64_t id = 1; id <= 3; ++id) {
            if (cluster.raft(id).role() == Role::candidate) return true;
        }
        return false;
    }));
    for (std::uint64_t id = 1; id <= 3; ++id) {
        if (cluster.raft(id).role() == Role::candidate) cluster.kill(id);
    }
    EXPECT_NE(cluster.await_leader(2s), 0u);
}

TEST(Election, OneVoteATerm) {
    Solo solo;
    solo.hear(2, vote_for(5));
    EXPECT_TRUE(solo.last<VoteReply>(2)->granted);
    solo.wait(151ms);  // the promise to 2 is over, the vote is not
    solo.hear(3, vote_for(5));
    EXPECT_FALSE(solo.last<VoteReply>(3)->granted);
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::voted_already);
    solo.hear(2, vote_for(5));
    EXPECT_TRUE(solo.last<VoteReply>(2)->granted) << "the same answer to the same question";
    solo.wait(151ms);
    solo.hear(3, vote_for(6));
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted) << "a new term, a new vote";
}

TEST(Election, AVoteSurvivesARestart) {
    Solo solo(timing(1), founding(members({1, 2, 3})), HardState{5, member(2)});
    solo.hear(3, vote_for(5));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::voted_already);
}

TEST(Election, WhoLacksEntriesGetsNoVote) {
    const auto base = founding(members({1, 2, 3}));
    Solo solo(timing(1), base, HardState{3, {}}, {command(1, 1), command(2, 3)});
    solo.hear(2, vote_for(4, 9, 2));
    EXPECT_EQ(solo.last<VoteReply>(2)->refusal, VoteRefusal::log_behind) << "older last term";
    solo.hear(2, vote_for(5, 1, 3));
    EXPECT_EQ(solo.last<VoteReply>(2)->refusal, VoteRefusal::log_behind) << "shorter";
    EXPECT_EQ(solo.raft.term(), 5u) << "the term was taken over all the same";
    solo.hear(3, vote_for(6, 2, 3));
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted);
}

TEST(Election, ACandidacyEndsAfterElectionMinAndIsTriedAgainLater) {
    Solo solo;
    while (solo.raft.role() != Role::pre_candidate) solo.wait_for_timer();
    solo.grant(2);
    ASSERT_EQ(solo.raft.role(), Role::candidate);
    const Nanos began = solo.now.monotonic;
    solo.wait_for_timer();
    EXPECT_EQ(solo.now.monotonic - began, 150ms);
    EXPECT_EQ(solo.raft.role(), Role::follower);
    solo.wait_for_timer();
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate) << "it rehearses again";
    EXPECT_LE(solo.now.monotonic - began, 300ms);
}

TEST(Election, AVoteOlderThanElectionMinDoesNotCount) {
    Solo solo(timing(1), founding(members({1, 2, 3, 4, 5})));
    while (solo.raft.role() != Role::pre_candidate) solo.wait_for_timer();
    solo.grant(2);
    solo.grant(3);
    ASSERT_EQ(solo.raft.role(), Role::candidate);
    solo.grant(2);
    solo.wait(149ms);  // 150 ms less 1 % of drift is 148.5 ms
    solo.grant(3);
    EXPECT_EQ(solo.raft.role(), Role::candidate) << "both votes are too old by now";
}

TEST(Election, AVoteFromTheFutureDoesNotCount) {
    Solo solo;
    while (solo.raft.role() != Role::pre_candidate) solo.wait_for_timer();
    VoteReply reply;
    reply.term = 1;
    reply.granted = reply.pre_vote = true;
    reply.sent = solo.now.boottime + 1ns;
    solo.hear(2, reply);
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate);
}

TEST(Election, AVoteOfAnotherTermOrOfAStrangerDoesNotCount) {
    Solo solo;
    while (solo.raft.role() != Role::pre_candidate) solo.wait_for_timer();
    VoteReply reply;
    reply.granted = reply.pre_vote = true;
    reply.sent = solo.now.boottime;
    reply.term = 7;
    solo.hear(2, reply);
    reply.term = 1;
    solo.hear(9, reply);
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate);
    solo.hear(2, reply);
    EXPECT_EQ(solo.raft.role(), Role::candidate) << "only this one was good";
}

TEST(Election, ALearnerDoesNotCampaignButVotesForWhoCountsIt) {
    Solo solo(timing(1), founding(members({2, 3}), members({1})));
    for (int i = 0; i < 5; ++i) solo.wait_for_timer();
    solo.raft.campaign(solo.now, Trigger::founding);
    solo.turn();
    EXPECT_EQ(solo.raft.role(), Role::follower);
    EXPECT_TRUE(solo.sent.empty());
    solo.hear(2, vote_for(4));
    EXPECT_TRUE(solo.last<VoteReply>(2)->granted) << "its configuration may be an older one";
}

TEST(Election, RequestsOfAnOldTermFromAStrangerChangeNothing) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const Term term = cluster.raft(leader).term();
    for (std::uint64_t id = 1; id <= 3; ++id) {
        cluster.raft(id).receive(cluster.now(), member(99), append_of(0, 0, 0));
        cluster.raft(id).receive(cluster.now(), member(99), vote_for(1));
        cluster.turn(id);
        EXPECT_EQ(cluster.raft(id).leader(), member(leader));
        EXPECT_EQ(cluster.raft(id).term(), term);
    }
}

TEST(Election, ASplitVoteIsSettledByTheNextTimeouts) {
    Cluster cluster(4);
    cluster.raft(1).campaign(cluster.now(), Trigger::founding);
    cluster.raft(2).campaign(cluster.now(), Trigger::founding);
    cluster.passes = [](std::uint64_t from, std::uint64_t to, const Message&) {
        return (from <= 2) ? to == from + 2 : to == from - 2;  // 3 hears 1, 4 hears 2
    };
    cluster.turn(1);
    cluster.turn(2);
    cluster.run(20ms);
    EXPECT_EQ(cluster.leader(), 0u);
    cluster.passes = nullptr;
    EXPECT_NE(cluster.await_leader(3s), 0u);
}

}  // namespace
}  // namespace quorate::raft::test
