// Compaction and state transfer (chapter 5).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

std::shared_ptr<const Snapshot> state_at(Index index, Term term) {
    auto snapshot = std::make_shared<Snapshot>(*founding(members({1, 2, 3})));
    snapshot->index = index;
    snapshot->term = term;
    snapshot->state = Payload("state " + std::to_string(index));
    return snapshot;
}

TEST(Snapshot, AMemberTooFarBehindGetsTheState) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    const std::uint64_t away = cluster.other_than({leader});
    cluster.isolate({away});
    for (int i = 0; i < 50; ++i) cluster.propose(leader, std::to_string(i));
    cluster.run(20ms);
    const Index covered = cluster.raft(leader).commit_index();
    cluster.raft(leader).compact(covered, Payload("all of it"), 5);
    EXPECT_EQ(cluster.raft(leader).log().first_index(), covered - 4);
    cluster.propose(leader, "after");
    cluster.heal();
    ASSERT_TRUE(cluster.run_until([&] { return cluster.all_applied("after"); }, 1s));
    EXPECT_EQ(cluster.node(away).restored_at, covered);
    EXPECT_EQ(cluster.raft(away).log().snapshot()->state.view(), "all of it");
}

TEST(Snapshot, WithinTheKeptEntriesTheLogIsEnough) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    cluster.run(60ms);
    const std::uint64_t away = cluster.other_than({leader});
    cluster.isolate({away});
    for (int i = 0; i < 5; ++i) cluster.propose(leader, std::to_string(i));
    cluster.run(20ms);
    cluster.raft(leader).compact(cluster.raft(leader).commit_index(), Payload("s"), 100);
    cluster.heal();
    ASSERT_TRUE(cluster.run_until([&] { return cluster.all_applied("4"); }, 1s));
    EXPECT_EQ(cluster.node(away).restored_at, 0u);
}

TEST(Snapshot, IsSentToWhoHasNoStateAtAllAtMostOnceInElectionMin) {
    Solo solo;
    solo.win_election();
    AppendReply outside;  // knows no term of this incarnation
    outside.needs_snapshot = true;
    outside.sent = solo.last<Append>(2)->sent;
    solo.hear(2, outside);
    ASSERT_EQ(solo.count<InstallSnapshot>(2), 1u);
    solo.wait(50ms);
    solo.raft.tick(solo.now);
    solo.turn();
    outside.sent = solo.last<Append>(2)->sent;
    solo.hear(2, outside);
    EXPECT_EQ(solo.count<InstallSnapshot>(2), 1u);
    solo.wait(100ms);
    solo.hear(2, outside);
    EXPECT_EQ(solo.count<InstallSnapshot>(2), 2u);
    AppendReply installed;
    installed.term = solo.raft.term();
    installed.accepted = installed.promise = true;
    installed.sent = solo.last<InstallSnapshot>(2)->sent;
    solo.hear(2, installed);
    EXPECT_EQ(solo.last<Append>(2)->prev_index, 0u);
    EXPECT_EQ(solo.last<Append>(2)->entries.size(), 1u) << "and on with the log";
}

TEST(Snapshot, ReplacesAConflictingLog) {
    Solo solo(timing(1), founding(members({1, 2, 3})), HardState{2, {}},
              {command(1, 1), command(2, 2), command(3, 2)});
    solo.hear(2, InstallSnapshot{4, state_at(10, 3), 7s});
    EXPECT_EQ(solo.restored->state.view(), "state 10");
    EXPECT_EQ(solo.raft.commit_index(), 10u);
    EXPECT_EQ(solo.raft.log().last_index(), 10u);
    EXPECT_EQ(solo.raft.log().last_term(), 3u);
    EXPECT_TRUE(solo.last<AppendReply>(2)->accepted);
    EXPECT_EQ(solo.last<AppendReply>(2)->match, 10u);
    EXPECT_EQ(solo.last<AppendReply>(2)->sent, 7s);
    solo.hear(2, append_of(4, 10, 3, {command(11, 4)}, 11));
    EXPECT_EQ(solo.applied.size(), 1u);
    EXPECT_EQ(solo.applied.back().index, 11u);
}

TEST(Snapshot, OfWhatTheLogHoldsOnlyMovesTheCommitIndex) {
    Solo solo(timing(1), founding(members({1, 2, 3})), HardState{2, {}},
              {command(1, 1), command(2, 2), command(3, 2)});
    solo.hear(2, InstallSnapshot{3, state_at(2, 2), 7s});
    EXPECT_EQ(solo.restored, nullptr);
    EXPECT_EQ(solo.raft.commit_index(), 2u);
    EXPECT_EQ(solo.applied.size(), 2u) << "the entries tell it one by one";
    EXPECT_EQ(solo.raft.log().last_index(), 3u);
}

TEST(Snapshot, AnOldOneChangesNothing) {
    Solo solo(timing(1), state_at(10, 3));
    solo.hear(2, InstallSnapshot{4, state_at(5, 2), 7s});
    EXPECT_EQ(solo.restored, nullptr);
    EXPECT_EQ(solo.last<AppendReply>(2)->match, 10u);
    solo.hear(2, InstallSnapshot{3, state_at(50, 3), 7s});
    EXPECT_FALSE(solo.last<AppendReply>(2)->accepted) << "a leader of an earlier term";
    EXPECT_EQ(solo.last<AppendReply>(2)->term, 4u);
}

TEST(Snapshot, ANodeStartsFromAReceivedState) {
    Solo solo(timing(1), state_at(10, 3));
    EXPECT_EQ(solo.raft.commit_index(), 10u);
    EXPECT_EQ(solo.raft.term(), 3u);
    solo.hear(2, append_of(3, 4, 1, {command(5, 2), command(6, 2)}));
    EXPECT_TRUE(solo.last<AppendReply>(2)->accepted) << "older entries are in the state";
    EXPECT_EQ(solo.last<AppendReply>(2)->match, 10u);
}

TEST(Log, CompactionKeepsTermsConfigurationsAndTheAskedForRest) {
    Log log(founding(members({1, 2, 3})));
    for (Index index = 1; index <= 10; ++index) {
        Entry entry = command(index, (index + 1) / 2);
        if (index == 4) {
            entry.kind = EntryKind::configuration;
            entry.configuration = std::make_shared<Configuration>(
                Configuration{members({1, 2, 3}), {}, members({4})});
        }
        log.append(entry);
    }
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->index = 7;
    snapshot->term = 4;
    snapshot->configuration = log.configuration_at(7);
    log.compact(snapshot, 2);
    EXPECT_EQ(log.first_index(), 6u);
    EXPECT_EQ(log.last_index(), 10u);
    EXPECT_EQ(log.term_at(5), 3u) << "the term just before is remembered";
    EXPECT_EQ(log.term_at(4), std::nullopt);
    EXPECT_EQ(log.configuration().learners, members({4}));
    EXPECT_EQ(log.configuration_index(), 4u);
    EXPECT_EQ(log.slice(6, 100, 1000).size(), 5u);
    EXPECT_EQ(log.last_index_with_term_at_most(4, 9), 8u);
    EXPECT_EQ(log.last_index_with_term_at_most(1, 9), 5u);
    log.truncate_from(9);
    EXPECT_EQ(log.last_index(), 8u);
    auto all = std::make_shared<Snapshot>(*snapshot);
    all->index = 8;
    log.compact(all, 0);
    EXPECT_EQ(log.first_index(), 9u);
    EXPECT_EQ(log.last_index(), 8u);
    EXPECT_EQ(log.last_term(), 4u);
}

}  // namespace
}  // namespace quorate::raft::test
