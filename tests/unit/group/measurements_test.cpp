// What a loop counts, and that counting costs no allocation.
#include "group/measurements.h"

#include <gtest/gtest.h>

#include "group/published.h"
#include "tests/integration/steady/allocations.h"

namespace quorate::group {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(DurationHistogram, PutsEachIntoItsRangeTheUpperEndIncluded) {
    DurationHistogram histogram;
    histogram.add(microseconds(10));
    histogram.add(microseconds(10) + Nanos(1));
    histogram.add(std::chrono::hours(1));
    histogram.add(Nanos(-5));
    EXPECT_EQ(histogram.count(), 4u);
    EXPECT_EQ(histogram.in_range(0), 2u);
    EXPECT_EQ(histogram.in_range(1), 1u);
    EXPECT_EQ(histogram.in_range(DurationHistogram::ranges - 1), 1u);
    EXPECT_EQ(histogram.sum(), microseconds(20) + Nanos(1) + std::chrono::hours(1));
}

TEST(Measurements, ATurnIsLateOnlyAgainstADeadline) {
    Measurements measurements;
    measurements.turn_began(milliseconds(5), milliseconds(10));  // an input came before
    EXPECT_EQ(measurements.values().loop_lateness.count(), 0u);
    measurements.turn_began(milliseconds(12), milliseconds(10));
    EXPECT_EQ(measurements.values().loop_lateness.count(), 1u);
    EXPECT_EQ(measurements.values().loop_lateness.sum(), milliseconds(2));
}

TEST(Measurements, HeartbeatsThatDidNotComeAreCounted) {
    Measurements measurements;
    const auto heard = [&](int ms, raft::Term term) {
        measurements.leader_heard(milliseconds(ms), term, milliseconds(50));
        return measurements.values().heartbeats_missed;
    };
    EXPECT_EQ(heard(1000, 1), 0u);
    EXPECT_EQ(heard(1050, 1), 0u);
    EXPECT_EQ(heard(1115, 1), 0u);  // a little late
    EXPECT_EQ(heard(1220, 1), 1u);  // one was left out
    EXPECT_EQ(heard(1470, 1), 5u);  // and four
    EXPECT_EQ(heard(9000, 2), 5u);  // another leader owes nothing of the time before it
    measurements.excuse();
    EXPECT_EQ(heard(20000, 2), 5u);  // nor does one that this member could not hear
}

TEST(Measurements, CommitLatencyIsFromAppendingToCommitting) {
    Measurements measurements;
    measurements.proposed(7, milliseconds(10));
    measurements.proposed(8, milliseconds(11));
    measurements.committed(7, milliseconds(13));
    EXPECT_EQ(measurements.values().commit_latency.count(), 1u);
    EXPECT_EQ(measurements.values().commit_latency.sum(), milliseconds(3));
    measurements.forget_proposed();  // leads no more: what becomes of 8 is another's to say
    measurements.committed(8, milliseconds(500));
    EXPECT_EQ(measurements.values().commit_latency.count(), 1u);
    for (raft::Index index = 100; index < 5000; ++index) measurements.proposed(index, Nanos(0));
    measurements.committed(5000, milliseconds(1));
    EXPECT_EQ(measurements.values().commit_latency.count(), 257u);  // some of many
}

TEST(Measurements, AnElectionThatChangedNothingIsNoChangeOfLeader) {
    Measurements measurements;
    ElectionRecord record;
    record.trigger = ElectionTrigger::leader_dead;
    record.took = milliseconds(3);
    measurements.election_ended(record);
    record.trigger = ElectionTrigger::timeout;
    record.outcome = ElectionOutcome::kept;
    measurements.election_ended(record);
    const GroupMetrics& values = measurements.values();
    EXPECT_EQ(values.leader_changes[static_cast<std::size_t>(ElectionTrigger::leader_dead)], 1u);
    EXPECT_EQ(values.leader_changes[static_cast<std::size_t>(ElectionTrigger::timeout)], 0u);
    EXPECT_EQ(values.election_duration.count(), 1u);
}

TEST(Measurements, RoundTripsAreSmoothed) {
    EXPECT_EQ(smoothed(Nanos(0), Nanos(800)), Nanos(800));
    EXPECT_EQ(smoothed(Nanos(800), Nanos(1600)), Nanos(900));
    EXPECT_EQ(smoothed(Nanos(800), Nanos(0)), Nanos(700));
}

/// The steady path: counted every turn, shown every heartbeat, whether anybody looks or not.
TEST(Measurements, CountingAndShowingCostNoAllocation) {
    Measurements measurements;
    Published published;
    for (std::uint64_t i = 1; i <= 200; ++i) {
        measurements.values().peers.push_back(
            {.id = {0, i}, .name = "a name that is too long to be kept in place"});
    }
    published.set_metrics(measurements.values(), {});  // makes room
    const std::uint64_t before = steady::allocations();
    const steady::Counting counting;
    for (std::uint64_t i = 1; i < 1000; ++i) {
        measurements.turn_began(milliseconds(i), milliseconds(i));
        measurements.leader_heard(milliseconds(i), 1, milliseconds(50));
        measurements.proposed(i, milliseconds(i));
        measurements.committed(i, milliseconds(i + 1));
        measurements.set_drops({}, {});
        published.set_metrics(measurements.values(), {.commands_waiting = i, .events_waiting = 1});
    }
    EXPECT_EQ(steady::allocations(), before);
    EXPECT_EQ(published.metrics().commands_waiting, 999u);
    EXPECT_EQ(published.metrics().commit_latency.count(), 999u);
}

}  // namespace
}  // namespace quorate::group
