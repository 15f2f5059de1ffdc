// Replication and commit (sections 3.5, 3.6, 10.2.1).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

TEST(Replication, WhatIsCommittedReachesEveryoneAtOnce) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    cluster.run(60ms);
    cluster.propose(leader, "hello");
    cluster.run(2ms);
    EXPECT_TRUE(cluster.applied(leader, "hello"));
    cluster.run(1ms);
    EXPECT_TRUE(cluster.all_applied("hello")) << "the commit index is told without a heartbeat";
}

TEST(Replication, WhatOnlyTellsACommitIsNotAnswered) {
    Solo leader;
    leader.establish();
    leader.propose();
    leader.acknowledge(2);
    ASSERT_TRUE(leader.last<Append>(3)->entries.empty());
    EXPECT_TRUE(leader.last<Append>(3)->commit_only);
    leader.forget();
    leader.wait_for_timer();
    EXPECT_FALSE(leader.last<Append>(3)->commit_only) << "a heartbeat wants its answer";

    Solo follower;
    Append append = append_of(1, 0, 0);
    append.entries.push_back({1, 1, EntryKind::noop, {}, nullptr});
    follower.hear(2, append);
    EXPECT_EQ(follower.count<AppendReply>(2), 1u);
    Append told = append_of(1, 1, 1);
    told.commit = 1;
    told.commit_only = true;
    follower.hear(2, told);
    EXPECT_EQ(follower.count<AppendReply>(2), 1u);
    EXPECT_EQ(follower.raft.commit_index(), 1u);
    told.prev_index = 5;
    follower.hear(2, told);
    EXPECT_EQ(follower.count<AppendReply>(2), 2u) << "what it can't place it says";
}

TEST(Replication, ProposalsOfOneTurnLeaveInOneAppend) {
    Solo solo;
    solo.establish();
    solo.forget();
    for (int i = 0; i < 10; ++i) ASSERT_TRUE(solo.raft.propose(solo.now, Payload("x")));
    solo.turn();
    EXPECT_EQ(solo.count<Append>(2), 1u);
    EXPECT_EQ(solo.last<Append>(2)->entries.size(), 10u);
}

TEST(Replication, ThePipelineDoesNotWaitForAcknowledgementsUpToItsBound) {
    Options options = timing(1);
    options.max_in_flight = 3;
    Solo solo(options);
    solo.establish();
    solo.forget();
    for (int i = 0; i < 5; ++i) solo.propose();
    EXPECT_EQ(solo.count<Append>(2), 3u);
    EXPECT_EQ(solo.last<Append>(2)->prev_index, 3u);
    solo.acknowledge(2);
    EXPECT_EQ(solo.last<Append>(2)->entries.back().index, 6u) << "and on it goes";
}

TEST(Replication, AppendsKeepTheirBounds) {
    Options options = timing(1);
    options.max_append_entries = 4;
    options.max_append_bytes = 10;
    Solo solo(options);
    solo.establish();
    solo.forget();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(solo.raft.propose(solo.now, Payload("12345")));
    solo.turn();
    EXPECT_EQ(std::get<Append>(solo.sent.front().message).entries.size(), 2u);
    EXPECT_EQ(solo.last<Append>(2)->entries.size(), 1u) << "the rest follows in the next output";
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("more than ten bytes")));
    solo.turn();
    EXPECT_EQ(solo.last<Append>(2)->entries.size(), 1u) << "one at least, however big";
}

TEST(Replication, TooMuchUncommittedPushesBack) {
    Options options = timing(1);
    options.max_uncommitted_bytes = 1000;
    Solo solo(options);
    solo.establish();
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload(std::string(1000, 'x'))));
    EXPECT_EQ(solo.raft.propose(solo.now, Payload("y")).error().code, ErrorCode::would_block);
    solo.turn();
    solo.acknowledge(2);
    EXPECT_TRUE(solo.raft.propose(solo.now, Payload("y")));
}

TEST(Replication, OnlyTheLeaderTakesProposals) {
    Solo solo;
    EXPECT_EQ(solo.raft.propose(solo.now, Payload("x")).error().code, ErrorCode::not_leader);
}

TEST(Replication, ARejectionGoesBackByWholeTerms) {
    // The leader holds terms 1 1 1 5 5, the follower 1 1 1 2 2 2 3 3 3: one round trip is enough.
    Solo follower(timing(1), founding(members({1, 2, 3})), HardState{3, {}},
                  {command(1, 1), command(2, 1), command(3, 1), command(4, 2), command(5, 2),
                   command(6, 2), command(7, 3), command(8, 3), command(9, 3)});
    follower.hear(2, append_of(6, 5, 5, {command(6, 6)}));
    const AppendReply rejected = *follower.last<AppendReply>(2);
    EXPECT_FALSE(rejected.accepted);
    EXPECT_TRUE(rejected.promise) << "the leader is backed all the same";
    EXPECT_EQ(rejected.hint_index, 5u);
    EXPECT_EQ(rejected.hint_term, 2u);

    Solo leader(timing(1), founding(members({1, 2, 3})), HardState{5, {}},
                {command(1, 1), command(2, 1), command(3, 1), command(4, 5), command(5, 5)});
    leader.win_election();
    ASSERT_EQ(leader.raft.term(), 6u);
    AppendReply reply = rejected;
    reply.sent = leader.last<Append>(2)->sent;
    leader.hear(2, reply);
    EXPECT_EQ(leader.last<Append>(2)->prev_index, 3u);
    EXPECT_TRUE(leader.last<Append>(2)->entries.empty()) << "a probe";
    leader.acknowledge(2);
    EXPECT_EQ(leader.last<Append>(2)->prev_index, 3u);
    EXPECT_EQ(leader.last<Append>(2)->entries.size(), 3u);
    follower.hear(2, *leader.last<Append>(2));
    EXPECT_TRUE(follower.last<AppendReply>(2)->accepted);
    EXPECT_EQ(follower.raft.log().last_index(), 6u);
    EXPECT_EQ(follower.raft.log().last_term(), 6u);
}

TEST(Replication, ALateAppendTakesNothingBack) {
    Solo solo;
    const Append first = append_of(1, 0, 0, {command(1, 1)});
    solo.hear(2, first);
    solo.hear(2, append_of(1, 1, 1, {command(2, 1), command(3, 1)}));
    solo.hear(2, first);
    EXPECT_TRUE(solo.last<AppendReply>(2)->accepted);
    EXPECT_EQ(solo.raft.log().last_index(), 3u) << "entries that agree stay (section 3.5)";
}

TEST(Replication, AShortLogIsRejectedToItsEnd) {
    Solo solo;
    solo.hear(2, append_of(3, 100, 3));
    EXPECT_EQ(solo.last<AppendReply>(2)->hint_index, 0u);
    EXPECT_EQ(solo.last<AppendReply>(2)->hint_term, 0u);
}

TEST(Replication, OneProbeAtATime) {
    Solo solo(timing(1), founding(members({1, 2, 3})), HardState{1, {}},
              {command(1, 1), command(2, 1), command(3, 1)});
    solo.win_election();
    solo.propose();
    solo.propose();
    AppendReply rejected;
    rejected.term = solo.raft.term();
    rejected.promise = true;
    rejected.sent = solo.last<Append>(2)->sent;
    solo.forget();
    solo.wait(1ms);
    for (int i = 0; i < 3; ++i) solo.hear(2, rejected);  // each of the pipelined ones
    solo.propose();
    EXPECT_EQ(solo.count<Append>(2), 1u);
    EXPECT_EQ(solo.last<Append>(2)->prev_index, 0u);
}

TEST(Replication, WhatTheNetworkLostIsSentAgain) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t lossy = cluster.other_than({leader});
    int lost = 0;
    cluster.passes = [&](std::uint64_t, std::uint64_t to, const Message& message) {
        const auto* append = std::get_if<Append>(&message);
        return !(to == lossy && append && !append->entries.empty() && ++lost <= 5);
    };
    for (int i = 0; i < 5; ++i) {
        cluster.propose(leader, "entry " + std::to_string(i));
        cluster.run(5ms);
    }
    EXPECT_TRUE(cluster.run_until([&] { return cluster.all_applied("entry 4"); }, 200ms));
    EXPECT_GE(lost, 5);
}

TEST(Replication, AReturningMemberGetsWhatItMissed) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t away = cluster.other_than({leader});
    cluster.isolate({away});
    for (int i = 0; i < 100; ++i) {
        cluster.propose(leader, std::to_string(i));
        cluster.run(1ms);
    }
    cluster.heal();
    EXPECT_TRUE(cluster.run_until([&] { return cluster.all_applied("99"); }, 500ms));
}

TEST(Replication, UncommittedEntriesOfADeposedLeaderGiveWay) {
    Cluster cluster(3);
    const std::uint64_t old_leader = cluster.await_leader();
    cluster.run(60ms);
    cluster.isolate({old_leader});
    cluster.propose(old_leader, "never");
    cluster.run_until([&] { return cluster.leader() != old_leader && cluster.leader() != 0; });
    const std::uint64_t leader = cluster.await_leader();
    ASSERT_NE(leader, old_leader);
    cluster.propose(leader, "instead");
    cluster.run(10ms);
    cluster.heal();
    EXPECT_TRUE(cluster.run_until([&] { return cluster.all_applied("instead"); }));
    for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_FALSE(cluster.applied(id, "never"));
}

TEST(Commit, OnlyEntriesOfTheOwnTermAreCommittedByCounting) {
    // Figure 3.7 (figure 8 of the paper): an entry of term 2 on a majority may still be
    // overwritten, until one of the leader's own term stands behind it.
    Solo solo(timing(1), founding(members({1, 2, 3})), HardState{3, {}},
              {command(1, 1), command(2, 2)});
    solo.win_election();
    ASSERT_EQ(solo.raft.term(), 4u);
    AppendReply holds_the_old;
    holds_the_old.term = 4;
    holds_the_old.accepted = holds_the_old.promise = true;
    holds_the_old.match = 2;
    holds_the_old.sent = solo.last<Append>(2)->sent;
    solo.hear(2, holds_the_old);
    EXPECT_EQ(solo.raft.commit_index(), 0u);
    EXPECT_FALSE(solo.raft.established());
    solo.acknowledge(2);
    EXPECT_EQ(solo.raft.commit_index(), 3u) << "with the no-op of term 4 all before is committed";
    EXPECT_TRUE(solo.raft.established());
}

TEST(Commit, TakesTheSeatFloorWhateverTheConfigurationSays) {
    // Deployed with five, founded with three: two of three would be a majority, but not of five.
    Solo solo(timing(1), founding(members({1, 2, 3}), {}, 5));
    solo.win_election({2});
    EXPECT_EQ(solo.raft.role(), Role::pre_candidate) << "nor can two of them elect";
    solo.grant(3);
    solo.grant(2);
    solo.grant(3);
    ASSERT_EQ(solo.raft.role(), Role::leader);
    solo.acknowledge(2);
    EXPECT_EQ(solo.raft.commit_index(), 0u);
    solo.acknowledge(3);
    EXPECT_EQ(solo.raft.commit_index(), 1u);
}

TEST(Commit, AFollowerCommitsNoFurtherThanItsLogMatches) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0, {command(1, 1)}, 50));
    EXPECT_EQ(solo.raft.commit_index(), 1u);
    EXPECT_EQ(solo.applied.size(), 1u);
}

TEST(Commit, EachEntryIsGivenOutOnce) {
    Solo solo;
    for (int i = 0; i < 3; ++i) solo.hear(2, append_of(1, 0, 0, {command(1, 1)}, 1));
    EXPECT_EQ(solo.applied.size(), 1u);
    EXPECT_EQ(solo.raft.log().last_index(), 1u);
}

TEST(Replies, OfOneTurnAreMergedIntoTheLatest) {
    Solo solo;
    Append first = append_of(1, 0, 0, {command(1, 1)});
    first.sent = 7s;
    Append second = append_of(1, 1, 1, {command(2, 1)});
    second.sent = 6s;  // an earlier sending can't make the answer older
    solo.raft.receive(solo.now, member(2), first);
    solo.raft.receive(solo.now, member(2), second);
    solo.turn();
    ASSERT_EQ(solo.count<AppendReply>(2), 1u);
    EXPECT_EQ(solo.last<AppendReply>(2)->match, 2u);
    EXPECT_EQ(solo.last<AppendReply>(2)->sent, 7s);
    EXPECT_TRUE(solo.last<AppendReply>(2)->promise);
}

TEST(Replies, ARejectionIsNotLostInTheMerge) {
    Solo solo;
    solo.raft.receive(solo.now, member(2), append_of(1, 0, 0, {command(1, 1)}));
    solo.raft.receive(solo.now, member(2), append_of(1, 9, 1));
    solo.turn();
    EXPECT_EQ(solo.count<AppendReply>(2), 2u);
}

TEST(Soak, EntriesStayAgreedThroughCutsLossesDelaysAndRestarts) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        Cluster cluster(5);
        base::Random random(seed);
        bool lossy = false;
        bool slow = false;
        cluster.passes = [&](std::uint64_t, std::uint64_t, const Message&) {
            return !lossy || !random.one_in(4);
        };
        cluster.jitter = [&] { return Nanos(slow ? random.below(80'000'000) : 0); };
        for (int step = 0; step < 60; ++step) {
            if (random.one_in(4)) cluster.isolate({1 + random.below(5), 1 + random.below(5)});
            if (random.one_in(3)) cluster.heal();
            if (random.one_in(3)) lossy = !lossy;
            if (random.one_in(5)) slow = !slow;
            const std::uint64_t victim = 1 + random.below(5);
            if (random.one_in(6)) cluster.kill(victim);
            if (random.one_in(2) && !cluster.node(victim).running) cluster.restart(victim);
            const std::uint64_t leader = cluster.leader();
            if (leader != 0) cluster.propose(leader, "step " + std::to_string(step));
            if (leader != 0 && random.one_in(6)) {
                (void)cluster.raft(leader).transfer_leadership(cluster.now());
                cluster.turn(leader);
            }
            cluster.run(Nanos(random.below(100'000'000)));
        }
        cluster.heal();
        lossy = slow = false;
        for (std::uint64_t id = 1; id <= 5; ++id) {
            if (!cluster.node(id).running) cluster.restart(id);
        }
        cluster.run(1s);
        ASSERT_NE(cluster.await_leader(), 0u) << "seed " << seed;
        cluster.run_until([&] { return !cluster.raft(cluster.leader()).handing_on(); });
        ASSERT_TRUE(cluster.propose(cluster.leader(), "at last")) << "seed " << seed;
        EXPECT_TRUE(cluster.run_until([&] { return cluster.all_applied("at last"); }))
            << "seed " << seed;
        if (HasFailure()) FAIL() << "seed " << seed;
    }
}

}  // namespace
}  // namespace quorate::raft::test
