// The lease: when it begins, ends, and ends for good (design rule 5).
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

constexpr Nanos lease_length = 148'500us;  // election_min less 1 % of drift

TEST(Lease, BeginsWithTheFirstRoundThatAQuorumAcknowledged) {
    Solo solo;
    solo.win_election();
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago) << "votes are no lease";
    const Nanos sent = solo.now.boottime;
    solo.wait(20ms);
    solo.acknowledge(2);
    EXPECT_EQ(solo.raft.lease_until(), sent + lease_length) << "counted from the sending";
}

TEST(Lease, IsRenewedByLaterRounds) {
    Solo solo;
    solo.establish();
    const Nanos before = solo.raft.lease_until();
    solo.wait_for_timer();
    EXPECT_EQ(solo.raft.lease_until(), before) << "not by asking";
    solo.acknowledge(3);
    EXPECT_EQ(solo.raft.lease_until(), before + 50ms);
}

TEST(Lease, TakesAQuorumOfPromises) {
    Solo solo(timing(1), founding(members({1, 2, 3, 4, 5})));
    solo.win_election({2, 3});
    solo.acknowledge(2);
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago);
    AppendReply unpromised = solo.acknowledgement(3);
    unpromised.promise = false;
    solo.hear(3, unpromised);
    EXPECT_EQ(solo.raft.lease_until(), base::long_ago);
    solo.acknowledge(4);
    EXPECT_GT(solo.raft.lease_until(), solo.now.boottime);
}

TEST(Lease, ExpiresByTheClockAlone) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    cluster.isolate({leader});
    cluster.run(150ms);
    EXPECT_EQ(cluster.raft(leader).role(), Role::leader) << "it does not know yet";
    EXPECT_LT(cluster.raft(leader).lease_until(), cluster.now().boottime);
}

TEST(Lease, IsOverBeforeAnotherLeaderCanHaveOne) {
    // The cluster checks at every step that no two leases overlap.
    for (std::uint64_t round = 0; round < 5; ++round) {
        Cluster cluster(3);
        cluster.run(round * 37ms);
        const std::uint64_t leader = cluster.await_leader();
        cluster.isolate({leader});
        const std::uint64_t next = [&] {
            cluster.run_until([&] { return cluster.leader() != leader && cluster.leader() != 0; });
            return cluster.await_leader();
        }();
        EXPECT_NE(next, 0u);
        EXPECT_NE(next, leader);
    }
}

TEST(Lease, IsNoneForFollowers) {
    Cluster cluster(3);
    const std::uint64_t leader = cluster.await_leader();
    EXPECT_EQ(cluster.raft(cluster.other_than({leader})).lease_until(), base::long_ago);
}

}  // namespace
}  // namespace quorate::raft::test
