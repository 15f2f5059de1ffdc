// Pre-vote, check-quorum and stickiness: nobody disturbs a healthy leader, and nobody stays a
// leader that no quorum hears (sections 4.2.3, 6.2, 9.6; design rules 5 and 7).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

TEST(Stickiness, AMemberThatComesBackDoesNotDisturbTheLeader) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const Term term = cluster.raft(leader).term();
    const std::uint64_t lost = cluster.other_than({leader});
    cluster.isolate({lost});
    cluster.run(3s);
    EXPECT_EQ(cluster.raft(lost).term(), term) << "pre-vote: it can't win, so its term stays";
    cluster.heal();
    cluster.run(1s);
    EXPECT_EQ(cluster.leader(), leader);
    EXPECT_EQ(cluster.raft(leader).term(), term);
    EXPECT_EQ(cluster.raft(lost).leader(), member(leader));
}

TEST(Stickiness, AMemberThatOnlyCannotHearTheLeaderDoesNotDisturbItEither) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const Term term = cluster.raft(leader).term();
    const std::uint64_t deaf = cluster.other_than({leader});
    cluster.passes = [=](std::uint64_t from, std::uint64_t to, const Message&) {
        return !(from == leader && to == deaf);
    };
    cluster.run(3s);
    EXPECT_EQ(cluster.leader(), leader);
    EXPECT_EQ(cluster.raft(leader).term(), term);
}

TEST(Stickiness, ALeaderWithoutAQuorumStepsDown) {
    Cluster cluster(5);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t companion = cluster.other_than({leader});
    cluster.isolate({leader, companion});
    cluster.run(301ms);
    EXPECT_NE(cluster.raft(leader).role(), Role::leader);
    EXPECT_EQ(cluster.raft(leader).lease_until(), base::long_ago);
    const std::uint64_t next = cluster.await_leader();
    EXPECT_NE(next, 0u);
    EXPECT_NE(next, leader);
    cluster.heal();
    cluster.run(1s);
    EXPECT_EQ(cluster.leader(), next);
    EXPECT_EQ(cluster.raft(leader).leader(), member(next));
}

TEST(Stickiness, CutInTheMiddleNeitherSideOfFourDecides) {
    Cluster cluster(4);
    const std::uint64_t leader = cluster.await_leader();
    cluster.isolate({leader, cluster.other_than({leader})});
    cluster.run(2s);
    EXPECT_EQ(cluster.leader(), 0u);
}

TEST(Stickiness, ARefusalChangesNothingNotEvenTheTerm) {
    Solo solo;
    solo.hear(2, append_of(3, 0, 0));
    solo.hear(3, vote_for(9));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
    EXPECT_EQ(solo.raft.term(), 3u);
    EXPECT_EQ(solo.raft.leader(), member(2));
    solo.hear(3, pre_vote_for(9));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
    solo.wait(150ms);
    solo.hear(3, pre_vote_for(9));
    EXPECT_TRUE(solo.last<VoteReply>(3)->granted) << "election_min of silence is enough";
    EXPECT_EQ(solo.raft.term(), 3u) << "a rehearsal binds nobody";
}

TEST(Stickiness, ALeaderRefusesLikewise) {
    Solo solo;
    solo.establish();
    const Term term = solo.raft.term();
    solo.hear(3, vote_for(term + 5, 100, term));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
    EXPECT_EQ(solo.raft.role(), Role::leader);
    EXPECT_EQ(solo.raft.term(), term);
}

TEST(Stickiness, AFollowerWhoseTermRanAheadIsFreedByANewElection) {
    // Without its answer to the Appends of the lower term, pre-vote and check-quorum would keep it
    // out for good.
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t ahead = cluster.other_than({leader});
    cluster.kill(ahead);
    auto base = cluster.raft(ahead).log().snapshot();
    auto later = std::make_shared<Snapshot>(*base);
    Options options = cluster.options;
    options.self = member(ahead);
    cluster.start(ahead, base);
    *cluster.node(ahead).raft = Raft(options, cluster.now(), base, HardState{50, {}});
    ASSERT_TRUE(cluster.run_until([&] {
        const std::uint64_t now_leading = cluster.leader();
        return now_leading != 0 && cluster.raft(now_leading).term() > 50 &&
               cluster.raft(now_leading).established();
    }));
    const std::uint64_t next = cluster.leader();
    ASSERT_TRUE(cluster.propose(next, "together again"));
    EXPECT_TRUE(cluster.run_until([&] { return cluster.all_applied("together again"); }));
}

TEST(Stickiness, APreVoteIsRefusedWithTheHigherTermAndAskedAgainInIt) {
    Solo solo;
    while (solo.raft.role() != Role::pre_candidate) solo.wait_for_timer();
    VoteReply reply;
    reply.pre_vote = true;
    reply.term = 8;
    reply.refusal = VoteRefusal::stale_term;
    reply.sent = solo.now.boottime;
    solo.hear(2, reply);
    EXPECT_EQ(solo.raft.term(), 8u);
    EXPECT_EQ(solo.raft.role(), Role::follower);
    solo.wait_for_timer();
    EXPECT_EQ(solo.last<VoteRequest>(2)->term, 9u);
}

TEST(Stalled, ALeaderThatWasLateStepsDownBeforeItReadsWhatWaited) {
    Solo solo;
    solo.establish();
    const AppendReply waiting = solo.acknowledgement(2);
    solo.wait(150ms);
    solo.raft.stalled(solo.now, 150ms);
    EXPECT_EQ(solo.raft.role(), Role::follower);
    EXPECT_EQ(solo.raft.leader(), MemberId{});
    solo.hear(2, waiting);
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago);
    EXPECT_GE(solo.raft.next_deadline(), solo.now.monotonic + 150ms);
}

TEST(Stalled, AFollowerGivesTheOthersAFullTimeout) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    solo.wait(5s);
    solo.raft.stalled(solo.now, 5s);
    solo.raft.tick(solo.now);
    solo.turn();
    EXPECT_EQ(solo.raft.role(), Role::follower);
    EXPECT_EQ(solo.count<VoteRequest>(2), 0u);
    EXPECT_GE(solo.raft.next_deadline(), solo.now.monotonic + 150ms);
}

TEST(Stalled, ALittleLateIsNoReasonToStepDown) {
    Solo solo;
    solo.establish();
    solo.wait(149ms);
    solo.raft.stalled(solo.now, 149ms);
    EXPECT_EQ(solo.raft.role(), Role::leader);
}

TEST(Stalled, TimersSurviveABigJump) {
    Solo solo;
    solo.wait(24h);
    solo.raft.tick(solo.now);
    solo.turn();
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate);
    EXPECT_GT(solo.raft.next_deadline(), solo.now.monotonic);
    solo.establish();
    solo.wait(24h);
    solo.raft.tick(solo.now);
    solo.turn();
    EXPECT_EQ(solo.raft.role(), Role::follower) << "nobody was heard for a day";
    EXPECT_GT(solo.raft.next_deadline(), solo.now.monotonic);
}

}  // namespace
}  // namespace quorate::raft::test
