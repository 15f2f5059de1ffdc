// Promises, what lifts them, the wait after a start, and the age of answers (design rules 1, 5, 7).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

TEST(Promise, AnAcknowledgementPromisesForElectionMin) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    EXPECT_TRUE(solo.last<AppendReply>(2)->promise);
    EXPECT_EQ(solo.raft.promised_to(), member(2));
    EXPECT_EQ(solo.raft.promised_until(), solo.now.monotonic + 150ms);
}

TEST(Promise, AVotePromisesToo) {
    Solo solo;
    solo.hear(2, vote_for(1));
    EXPECT_EQ(solo.raft.promised_to(), member(2));
    solo.hear(3, vote_for(2));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky) << "bound to a candidate";
    EXPECT_EQ(solo.raft.term(), 1u);
    solo.wait(150ms);
    solo.hear(3, vote_for(2));
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted);
}

TEST(Promise, ARehearsalPromisesNothing) {
    Solo solo;
    solo.hear(2, pre_vote_for(1));
    EXPECT_TRUE(solo.last<VoteReply>(2)->granted);
    EXPECT_LT(solo.raft.promised_until(), solo.now.monotonic);
}

TEST(Promise, ACandidateAndALeaderPromiseToThemselves) {
    Solo solo;
    solo.win_election();
    EXPECT_EQ(solo.raft.promised_to(), member(1));
    EXPECT_EQ(solo.raft.promised_until(), solo.now.monotonic + 150ms);
    solo.wait_for_timer();  // a heartbeat round
    EXPECT_EQ(solo.raft.promised_until(), solo.now.monotonic + 150ms);
}

TEST(Promise, ACandidateIsBoundByItsOwnVote) {
    Solo solo;
    solo.raft.campaign(solo.now, Trigger::founding);
    solo.turn();
    solo.hear(3, vote_for(2));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
    solo.wait_for_timer();  // its candidacy is over, and with it the promise
    solo.hear(3, vote_for(2));
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted);
}

TEST(Promise, ADeposedLeaderIsBoundByItsOwnPromise) {
    Solo solo;
    solo.establish();
    AppendReply higher;
    higher.term = solo.raft.term() + 1;
    higher.sent = solo.now.boottime;
    solo.hear(2, higher);
    ASSERT_EQ(solo.raft.role(), Role::follower);
    solo.hear(3, vote_for(solo.raft.term() + 1, 9, solo.raft.term()));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
}

TEST(Promise, AcknowledgingALaterLeaderIsFree) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    solo.hear(3, append_of(2, 0, 0));
    EXPECT_TRUE(solo.last<AppendReply>(3)->accepted);
    EXPECT_EQ(solo.raft.promised_to(), member(3));
}

TEST(Promise, ProofOfDeathLiftsIt) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    solo.raft.declare_dead(solo.now, member(2));
    solo.hear(3, vote_for(2));
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted);
}

TEST(Promise, AHintThatTheLeaderIsDeadLiftsNothing) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    VoteRequest request = pre_vote_for(2);
    request.dead_leader = member(2);
    solo.hear(3, request);
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
}

TEST(Promise, ProofOfAnotherOnesDeathLiftsNothing) {
    Options options = timing(1);
    Solo solo(options, founding(members({1, 2, 3, 4})));
    solo.hear(2, append_of(1, 0, 0));
    solo.raft.declare_dead(solo.now, member(4));
    solo.hear(3, vote_for(2));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
}

TEST(Promise, LeadershipHandedOnLiftsItForTermsUpToThatOne) {
    Solo solo;
    solo.hear(2, append_of(4, 0, 0));
    VoteRequest request = vote_for(5);
    request.handed_on = 3;
    solo.hear(3, request);
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
    request.handed_on = 4;
    solo.hear(3, request);
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted);
}

TEST(Promise, TheDeadSayNothingUntilTheyAnswer) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    solo.raft.declare_dead(solo.now, member(2));
    solo.forget();
    solo.hear(2, append_of(1, 0, 0));
    EXPECT_TRUE(solo.sent.empty()) << "it was on its way when its sender died";
    EXPECT_EQ(solo.raft.leader(), MemberId{});
    solo.wait(10ms);
    solo.wait_for_timer();  // its turn in the succession: it asks 2 as well
    ASSERT_EQ(solo.count<VoteRequest>(2), 1u);
    solo.wait(1ms);
    VoteReply alive;
    alive.term = 1;
    alive.pre_vote = true;
    alive.refusal = VoteRefusal::sticky;
    alive.sent = solo.last<VoteRequest>(2)->sent;
    solo.hear(2, alive);
    solo.hear(2, append_of(1, 0, 0));
    EXPECT_EQ(solo.raft.leader(), member(2)) << "the proof was wrong";
}

TEST(Withholding, AFreshMemberNeitherVotesNorPromisesNorCampaigns) {
    Options options = timing(1);
    options.withhold_until = Solo::start().monotonic + 150ms;
    Solo solo(options);
    EXPECT_EQ(solo.raft.promised_until(), options.withhold_until);
    solo.hear(2, vote_for(7));
    EXPECT_EQ(solo.last<VoteReply>(2)->refusal, VoteRefusal::withheld);
    EXPECT_EQ(solo.raft.term(), 0u) << "the term stays as it was";
    solo.raft.campaign(solo.now, Trigger::founding);
    solo.turn();
    EXPECT_EQ(solo.raft.role(), Role::follower);
    solo.hear(2, append_of(1, 0, 0, {command(1, 1)}));
    EXPECT_TRUE(solo.last<AppendReply>(2)->accepted);
    EXPECT_FALSE(solo.last<AppendReply>(2)->promise);
    solo.wait(150ms);
    solo.hear(2, append_of(1, 1, 1));
    EXPECT_TRUE(solo.last<AppendReply>(2)->promise) << "the wait is over";
}

TEST(Withholding, EndsWhenTheOwnerSaysSo) {
    Options options = timing(1);
    options.withhold_until = base::never;
    Solo solo(options);
    for (int i = 0; i < 5; ++i) solo.wait_for_timer();
    EXPECT_EQ(solo.raft.role(), Role::follower);
    solo.raft.stop_withholding();
    solo.wait_for_timer();
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate);
}

TEST(Age, AnOldAcknowledgementDoesNotCommit) {
    Solo solo;
    solo.establish();
    const Index index = solo.propose("late");
    AppendReply late = solo.acknowledgement(2);
    ASSERT_EQ(late.match, index);
    solo.wait(149ms);
    solo.hear(2, late);
    EXPECT_LT(solo.raft.commit_index(), index) << "its promise may be over";
    EXPECT_EQ(solo.raft.match_index(member(2)), index);
    solo.raft.tick(solo.now);
    solo.turn();  // a heartbeat
    solo.acknowledge(2);
    EXPECT_EQ(solo.raft.commit_index(), index) << "a young answer counts for all that is held";
}

TEST(Age, AnAcknowledgementWithoutAPromiseDoesNotCommit) {
    Solo solo;
    solo.establish();
    const Index index = solo.propose();
    solo.wait(149ms);  // the promises of the no-op's round are too old by now
    AppendReply reply = solo.acknowledgement(2);
    reply.promise = false;
    reply.sent = solo.now.boottime;
    solo.hear(2, reply);
    EXPECT_LT(solo.raft.commit_index(), index);
}

TEST(Age, AnEchoFromTheFutureIsIgnored) {
    Solo solo;
    solo.establish();
    const Index index = solo.propose();
    AppendReply reply = solo.acknowledgement(2);
    reply.sent = solo.now.boottime + 1ns;
    solo.hear(2, reply);
    EXPECT_LT(solo.raft.commit_index(), index);
    EXPECT_LT(solo.raft.match_index(member(2)), index);
}

TEST(Age, ASuspendedLeaderWakesWithoutALeaseAndCommitsNothing) {
    Solo solo;
    solo.establish();
    const Index index = solo.propose();
    const AppendReply waiting = solo.acknowledgement(2);
    solo.now.boottime += 1h;  // CLOCK_MONOTONIC stood still
    EXPECT_LT(solo.raft.lease_until(), solo.now.boottime);
    solo.hear(2, waiting);
    EXPECT_LT(solo.raft.commit_index(), index);
}

TEST(Succession, TheLeaderNumbersTheVotersByTheirLogs) {
    Solo solo;
    solo.win_election();
    solo.acknowledge(3);
    solo.wait_for_timer();
    EXPECT_EQ(solo.last<Append>(3)->successor_rank, 0u);
    EXPECT_EQ(solo.last<Append>(2)->successor_rank, 1u);
    solo.acknowledge(2);
    solo.wait_for_timer();
    EXPECT_EQ(solo.last<Append>(2)->successor_rank, 0u) << "ties by id";
}

TEST(Succession, TheNextInOrderCampaignsAfterItsTurn) {
    Solo solo;
    Append append = append_of(1, 0, 0);
    append.successor_rank = 1;
    solo.hear(2, append);
    solo.raft.declare_dead(solo.now, member(2));
    const Nanos died = solo.now.monotonic;
    EXPECT_EQ(solo.raft.leader(), MemberId{});
    solo.wait_for_timer();
    EXPECT_EQ(solo.now.monotonic - died, 25ms) << "half a heartbeat for the one before";
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate);
    EXPECT_EQ(solo.raft.trigger(), Trigger::leader_dead);
    EXPECT_EQ(solo.last<VoteRequest>(3)->dead_leader, member(2));
}

TEST(Succession, AsksAgainWhileTheOthersLackProof) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    solo.raft.declare_dead(solo.now, member(2));
    const Nanos died = solo.now.monotonic;
    solo.wait_for_timer();
    VoteReply refused;
    refused.term = 1;
    refused.pre_vote = true;
    refused.refusal = VoteRefusal::sticky;
    refused.sent = solo.now.boottime;
    solo.hear(3, refused);
    solo.wait_for_timer();
    EXPECT_EQ(solo.now.monotonic - died, 10ms);
    EXPECT_EQ(solo.count<VoteRequest>(3), 2u);
    while (solo.now.monotonic - died < 400ms) solo.wait_for_timer();
    EXPECT_LE(solo.count<VoteRequest>(3), 33u) << "up to election_max, then at the usual pace";
}

TEST(Succession, ALeaderProvenDeadIsReplacedInAFewRoundTrips) {
    Cluster cluster(5);
    const std::uint64_t leader = cluster.await_leader();
    cluster.run(200ms);
    cluster.kill(leader);
    const Nanos died = cluster.now().monotonic;
    for (std::uint64_t id = 1; id <= 5; ++id) {
        if (id == leader) continue;
        cluster.raft(id).declare_dead(cluster.now(), member(leader));
        cluster.turn(id);
    }
    ASSERT_NE(cluster.await_leader(), 0u);
    EXPECT_LT(cluster.now().monotonic - died, 20ms);
    EXPECT_EQ(cluster.raft(cluster.leader()).trigger(), Trigger::leader_dead);
}

TEST(Succession, OneProofAloneDoesNotDeposeALivingLeader) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const Term term = cluster.raft(leader).term();
    const std::uint64_t mistaken = cluster.other_than({leader});
    cluster.raft(mistaken).declare_dead(cluster.now(), member(leader));
    cluster.turn(mistaken);
    cluster.run(1s);
    EXPECT_EQ(cluster.leader(), leader);
    EXPECT_EQ(cluster.raft(leader).term(), term);
    EXPECT_EQ(cluster.raft(mistaken).leader(), member(leader)) << "it heard its error";
}

}  // namespace
}  // namespace quorate::raft::test
