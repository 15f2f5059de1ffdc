// Who should lead (section 3.10), who is suspected, and who keeps up (section 4.2.1).
#include <gtest/gtest.h>

#include <deque>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

void acknowledge_with_priority(Solo& solo, std::uint64_t from, std::uint8_t priority) {
    AppendReply reply = solo.acknowledgement(from);
    reply.priority = priority;
    solo.hear(from, reply);
}

/// Rounds of heartbeats, all answered, for `time`.
void keep_going(Solo& solo, Nanos time, std::uint8_t priority_of_2, std::uint8_t priority_of_3) {
    const Nanos end = solo.now.monotonic + time;
    while (solo.now.monotonic < end && solo.raft.role() == Role::leader) {
        solo.wait_for_timer();
        acknowledge_with_priority(solo, 2, priority_of_2);
        acknowledge_with_priority(solo, 3, priority_of_3);
    }
}

TEST(Priority, TheGreatestIsHandedLeadershipOnceItKeepsUp) {
    Options options = timing(1);
    options.priority = 1;
    Solo solo(options);
    solo.establish();
    keep_going(solo, 4 * options.election_max, 1, 2);
    EXPECT_EQ(solo.count<TimeoutNow>(3), 1u);
    EXPECT_EQ(solo.count<TimeoutNow>(2), 0u);
}

TEST(Priority, NobodyIsDisturbedWhereAllAreEqual) {
    Solo solo;
    solo.establish();
    keep_going(solo, 6 * timing(1).election_max, 0, 0);
    EXPECT_EQ(solo.raft.role(), Role::leader);
    EXPECT_EQ(solo.count<TimeoutNow>(2) + solo.count<TimeoutNow>(3), 0u);
}

TEST(Priority, WhoLagsBehindIsNotPreferred) {
    Solo solo;
    solo.establish();
    const Nanos end = solo.now.monotonic + 6 * timing(1).election_max;
    for (int i = 0; solo.now.monotonic < end; ++i) {
        solo.propose(std::to_string(i));
        solo.wait_for_timer();
        solo.acknowledge(2);
        AppendReply behind = solo.acknowledgement(3);
        behind.priority = 9;
        behind.match = 1;
        solo.hear(3, behind);
    }
    EXPECT_EQ(solo.count<TimeoutNow>(3), 0u);
}

TEST(Priority, UnderLoadWhoIsAlwaysAFewEntriesBehindKeepsUp) {
    Solo solo;
    solo.establish();
    std::deque<AppendReply> late;
    const Nanos end = solo.now.monotonic + 6 * timing(1).election_max;
    while (solo.now.monotonic < end && solo.count<TimeoutNow>(3) == 0) {
        solo.wait(1ms);
        solo.raft.tick(solo.now);
        if (solo.raft.handing_on()) {
            solo.turn();
        } else {
            solo.propose();
        }
        solo.acknowledge(2);
        late.push_back(solo.acknowledgement(3));
        late.back().priority = 9;
        if (late.size() <= 10) continue;
        solo.hear(3, late.front());
        late.pop_front();
    }
    EXPECT_EQ(solo.count<TimeoutNow>(3), 1u);
}

TEST(Priority, IsToldWithEachAcknowledgement) {
    Options options = timing(1);
    options.priority = 7;
    Solo solo(options);
    solo.hear(2, append_of(1, 0, 0));
    EXPECT_EQ(solo.last<AppendReply>(2)->priority, 7u);
}

TEST(Suspicion, EndsThePipelineUntilTheFollowerAnswers) {
    Solo solo;
    solo.establish();
    solo.propose("a");
    solo.raft.suspect(member(2));
    solo.forget();
    solo.propose("b");
    EXPECT_EQ(solo.count<Append>(2), 1u) << "one question";
    EXPECT_TRUE(solo.last<Append>(2)->entries.empty());
    EXPECT_FALSE(solo.last<Append>(3)->entries.empty());
    solo.acknowledge(2);
    EXPECT_EQ(solo.last<Append>(2)->entries.size(), 2u);
}

TEST(Suspicion, OfTheLeaderLiftsNothingButShortensPatience) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0));
    const Nanos heard = solo.now.monotonic;
    solo.raft.suspect(member(2));
    EXPECT_LE(solo.raft.next_deadline(), heard + timing(1).election_min);
    solo.wait(10ms);
    solo.hear(3, pre_vote_for(2));
    EXPECT_EQ(solo.last<VoteReply>(3)->refusal, VoteRefusal::sticky);
}

TEST(CatchingUp, TakesARoundThatIsShorterThanAnElection) {
    Solo solo(timing(1), founding(members({1, 2}), members({3})));
    solo.establish({2});
    solo.acknowledge(3);
    solo.propose("a");
    const AppendReply late = solo.acknowledgement(3);
    solo.wait(timing(1).election_min + 1ms);
    solo.acknowledge(2);
    solo.hear(3, late);
    EXPECT_FALSE(solo.raft.caught_up(solo.now, member(3))) << "that round was too long";
    solo.wait(10ms);
    solo.raft.tick(solo.now);
    solo.turn();
    solo.acknowledge(2);
    solo.acknowledge(3);
    EXPECT_TRUE(solo.raft.caught_up(solo.now, member(3)));
}

}  // namespace
}  // namespace quorate::raft::test
