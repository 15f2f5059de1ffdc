// Linearizable reads (section 6.4): by a lease, or by a round of heartbeats.
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

/// What take_output told of reads, which Solo's own turn() would throw away.
struct Reader {
    Solo& solo;
    std::vector<ReadReady> ready;
    std::vector<std::uint64_t> lost;

    void turn() {
        Output out = solo.raft.take_output(solo.now);
        ready.insert(ready.end(), out.reads_ready.begin(), out.reads_ready.end());
        lost.insert(lost.end(), out.reads_lost.begin(), out.reads_lost.end());
        for (Outgoing& message : out.send_now) solo.sent.push_back(std::move(message));
        solo.raft.persisted(solo.now, out.last_persisting);
        for (Outgoing& message : out.send_after_persist) solo.sent.push_back(std::move(message));
    }
    void acknowledge(std::uint64_t from) {
        solo.raft.receive(solo.now, member(from), solo.acknowledgement(from));
        turn();
    }
};

TEST(Reads, WithALeaseAreAnsweredAtOnceAndCostNoMessage) {
    Solo solo;
    solo.establish();
    Reader reader{solo, {}, {}};
    solo.forget();
    ASSERT_TRUE(solo.raft.read(solo.now, 7));
    reader.turn();
    ASSERT_EQ(reader.ready.size(), 1u);
    EXPECT_EQ(reader.ready[0].read, 7u);
    EXPECT_EQ(reader.ready[0].index, solo.raft.commit_index());
    EXPECT_TRUE(solo.sent.empty());
}

TEST(Reads, WithoutALeaseTakeOneRoundForAllThatWait) {
    Solo solo;
    solo.establish();
    Reader reader{solo, {}, {}};
    solo.wait(200ms);  // the lease is over
    solo.forget();
    ASSERT_TRUE(solo.raft.read(solo.now, 1));
    ASSERT_TRUE(solo.raft.read(solo.now, 2));
    reader.turn();
    EXPECT_TRUE(reader.ready.empty());
    EXPECT_EQ(solo.count<Append>(2), 1u);
    EXPECT_EQ(solo.count<Append>(3), 1u);
    solo.wait(1ms);
    reader.acknowledge(2);
    ASSERT_EQ(reader.ready.size(), 2u);
    EXPECT_EQ(reader.ready[1].read, 2u);
}

TEST(Reads, ByQuorumTrustNoLease) {
    Solo solo;
    solo.establish();
    Reader reader{solo, {}, {}};
    solo.wait(1ms);
    ASSERT_TRUE(solo.raft.read(solo.now, 1, ReadBy::quorum));
    reader.turn();
    EXPECT_TRUE(reader.ready.empty());
    reader.acknowledge(3);
    EXPECT_EQ(reader.ready.size(), 1u);
}

TEST(Reads, AreNotConfirmedByAnswersToWhatWasAskedBefore) {
    Solo solo;
    solo.establish();
    solo.wait(60ms);
    solo.raft.tick(solo.now);
    Reader reader{solo, {}, {}};
    reader.turn();
    const AppendReply old = solo.acknowledgement(2);
    solo.wait(10ms);
    ASSERT_TRUE(solo.raft.read(solo.now, 1, ReadBy::quorum));
    reader.turn();
    solo.raft.receive(solo.now, member(2), old);
    reader.turn();
    EXPECT_TRUE(reader.ready.empty()) << "a later leader may have been elected since";
    reader.acknowledge(2);
    EXPECT_EQ(reader.ready.size(), 1u);
}

TEST(Reads, WaitForAnEntryOfTheLeadersOwnTerm) {
    Solo solo;
    solo.win_election();
    Reader reader{solo, {}, {}};
    solo.wait(1ms);
    ASSERT_TRUE(solo.raft.read(solo.now, 1));
    reader.turn();
    AppendReply heartbeat_only = solo.acknowledgement(2);
    heartbeat_only.match = 0;
    solo.raft.receive(solo.now, member(2), heartbeat_only);
    reader.turn();
    EXPECT_TRUE(reader.ready.empty()) << "what is committed is not known yet (section 6.4)";
    reader.acknowledge(2);
    ASSERT_EQ(reader.ready.size(), 1u);
    EXPECT_EQ(reader.ready[0].index, 1u);
}

TEST(Reads, AreLostWithTheLeadership) {
    Solo solo;
    solo.establish();
    Reader reader{solo, {}, {}};
    ASSERT_TRUE(solo.raft.read(solo.now, 5, ReadBy::quorum));
    solo.raft.receive(solo.now, member(2), append_of(9, 0, 0));
    reader.turn();
    EXPECT_TRUE(reader.ready.empty());
    EXPECT_EQ(reader.lost, std::vector<std::uint64_t>{5});
    const auto refused = solo.raft.read(solo.now, 6);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::not_leader);
}

TEST(Reads, AreBounded) {
    Options options = timing(1);
    options.max_reads = 2;
    Solo solo(options);
    solo.establish();
    ASSERT_TRUE(solo.raft.read(solo.now, 1, ReadBy::quorum));
    ASSERT_TRUE(solo.raft.read(solo.now, 2, ReadBy::quorum));
    EXPECT_EQ(solo.raft.read(solo.now, 3, ReadBy::quorum).error().code, ErrorCode::would_block);
}

TEST(Reads, OfASingleVoterNeedNobody) {
    Solo solo(timing(1), founding(members({1})));
    solo.raft.campaign(solo.now, Trigger::founding);
    solo.turn();
    Reader reader{solo, {}, {}};
    solo.wait(1ms);
    ASSERT_TRUE(solo.raft.read(solo.now, 1, ReadBy::quorum));
    reader.turn();
    EXPECT_EQ(reader.ready.size(), 1u);
}

}  // namespace
}  // namespace quorate::raft::test
