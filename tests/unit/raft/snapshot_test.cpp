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

/// A leader of 1, 2 and 3 whose log begins behind a state of 1,000 bytes, in chunks of 300.
struct Chunks : Solo {
    static Options options() {
        Options options = timing(1);
        options.snapshot_chunk_bytes = 300;
        options.max_snapshot_in_flight_bytes = 600;
        return options;
    }
    static std::string state() {
        std::string state;
        for (int i = 0; i < 1000; ++i) state += static_cast<char>('a' + i % 26);
        return state;
    }
    Chunks() : Solo(options()) {
        establish({3});
        raft.compact(raft.commit_index(), Payload(state()), 0);
        AppendReply outside;
        outside.needs_snapshot = true;
        outside.sent = last<Append>(2)->sent;
        forget();
        hear(2, outside);
        for (int i = 0; i < 5; ++i) turn();
    }
    /// An answer to the newest chunk.
    void arrived(std::uint64_t bytes) {
        if (const auto* chunk = last<InstallSnapshot>(2)) newest = chunk->sent;
        hear(2, SnapshotReply{raft.term(), 1, bytes, newest});
        for (int i = 0; i < 5; ++i) turn();
    }
    /// An answer to one that left this very moment.
    void later(std::uint64_t bytes) {
        hear(2, SnapshotReply{raft.term(), 1, bytes, now.boottime});
        for (int i = 0; i < 5; ++i) turn();
    }
    Nanos newest{};
};

TEST(Snapshot, IsSentInChunksAsFarAsTheWindowReaches) {
    Chunks leader;
    EXPECT_EQ(leader.count<InstallSnapshot>(2), 2u);
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->offset, 300u);
    EXPECT_FALSE(leader.last<InstallSnapshot>(2)->done);
    leader.arrived(300);
    EXPECT_EQ(leader.count<InstallSnapshot>(2), 3u);
    leader.arrived(900);
    EXPECT_EQ(leader.count<InstallSnapshot>(2), 4u);
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->offset, 900u);
    EXPECT_TRUE(leader.last<InstallSnapshot>(2)->done);
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->snapshot->state.size(), 100u);
}

TEST(Snapshot, GoesOnFromWhereTheReceiverIs) {
    Chunks leader;
    leader.arrived(300);
    leader.wait(timing(1).election_min);
    leader.forget();
    leader.turn();
    EXPECT_EQ(leader.count<InstallSnapshot>(2), 1u) << "what is lost is sent again, one by one";
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->offset, 300u);
    leader.arrived(600);
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->offset, 900u) << "the window is open again";
    leader.wait(1ms);
    leader.forget();
    leader.turn();
    leader.later(0);
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->offset, 300u) << "a new life has nothing of it";
    EXPECT_EQ(leader.count<InstallSnapshot>(2), 2u);
}

TEST(Snapshot, AnswersThatWereOvertakenTakeNothingBack) {
    Chunks leader;
    leader.arrived(600);
    leader.forget();
    leader.arrived(300);
    EXPECT_EQ(leader.count<InstallSnapshot>(2), 0u);
}

TEST(Snapshot, OnItsWayLeavesRoomForHeartbeats) {
    Chunks leader;
    while (leader.count<Append>(2) == 0) {
        leader.wait(10ms);
        leader.raft.tick(leader.now);
        leader.later(300);
        leader.later(0);
        ASSERT_LT(leader.now.monotonic, Solo::start().monotonic + 10s) << "no heartbeat";
    }
}

TEST(Snapshot, OnItsWayOutlivesTheLogsNextOne) {
    Chunks leader;
    const Index index = leader.propose("later");
    leader.acknowledge(3);
    ASSERT_EQ(leader.raft.commit_index(), index);
    leader.raft.compact(index, Payload("another"), 100);
    leader.arrived(900);
    EXPECT_EQ(leader.last<InstallSnapshot>(2)->snapshot->state.view(), Chunks::state().substr(900));
}

TEST(Snapshot, IsPutTogetherInOrderAndInstalledWhole) {
    const auto whole = state_at(10, 3);
    const auto chunk = [&](std::uint64_t offset, std::size_t size, bool done) {
        auto part = std::make_shared<Snapshot>(*whole);
        part->state = Payload(whole->state.str().substr(offset, size));
        return InstallSnapshot{4, part, 7s, offset, done};
    };
    Solo solo;
    solo.hear(2, chunk(0, 3, false));
    EXPECT_EQ(solo.last<SnapshotReply>(2)->received, 3u);
    solo.hear(2, chunk(5, 3, true));
    EXPECT_EQ(solo.last<SnapshotReply>(2)->received, 3u) << "one is missing";
    solo.hear(2, chunk(0, 3, false));
    EXPECT_EQ(solo.last<SnapshotReply>(2)->received, 3u) << "twice is once";
    solo.hear(2, append_of(4, 10, 3));
    EXPECT_FALSE(solo.last<AppendReply>(2)->accepted);
    EXPECT_EQ(solo.restored, nullptr);
    solo.hear(2, chunk(3, 5, true));
    ASSERT_NE(solo.restored, nullptr);
    EXPECT_EQ(solo.restored->state.view(), "state 10");
    EXPECT_EQ(solo.last<AppendReply>(2)->match, 10u);
}

TEST(Snapshot, OfTwoLeadersIsNotMixed) {
    const auto chunk = [&](Term term, std::string text, std::uint64_t offset, bool done) {
        auto part = std::make_shared<Snapshot>(*state_at(10, 3));
        part->state = Payload(std::move(text));
        return InstallSnapshot{term, part, 7s, offset, done};
    };
    Solo solo;
    solo.hear(2, chunk(4, "old", 0, false));
    solo.hear(3, chunk(5, "new", 3, true));
    EXPECT_EQ(solo.restored, nullptr);
    EXPECT_EQ(solo.last<SnapshotReply>(3)->received, 0u) << "from the beginning, please";
    solo.hear(3, chunk(5, "new", 0, false));
    solo.hear(3, chunk(5, "est", 3, true));
    ASSERT_NE(solo.restored, nullptr);
    EXPECT_EQ(solo.restored->state.view(), "newest");
}

TEST(Snapshot, ThatCannotBeReadOrIsTooLongIsNotTaken) {
    Options options = timing(1);
    options.max_snapshot_bytes = 7;
    Solo small(options);
    small.hear(2, InstallSnapshot{4, state_at(10, 3), 7s});
    EXPECT_EQ(small.restored, nullptr);
    options.max_snapshot_bytes = 100;
    options.is_readable = [](const Snapshot& snapshot) { return snapshot.state.size() > 20; };
    Solo wary(options);
    wary.hear(2, InstallSnapshot{4, state_at(10, 3), 7s});
    EXPECT_EQ(wary.restored, nullptr);
    EXPECT_EQ(wary.raft.commit_index(), 0u);
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
