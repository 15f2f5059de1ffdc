// The simulated disk: what was synced stays, what was not may be lost, kept in part, or torn.
#include <gtest/gtest.h>

#include "sim/core/disk.h"

namespace quorate::sim::core {
namespace {

const MemberId ann{1, 1};

raft::Entry entry(raft::Index index, raft::Term term) {
    return {.term = term,
            .index = index,
            .kind = raft::EntryKind::command,
            .data = Payload("value of " + std::to_string(index)),
            .configuration = nullptr};
}

Disk::Write entries(raft::Index from, raft::Index to, raft::Term term) {
    Disk::Write write;
    for (raft::Index index = from; index <= to; ++index) write.add(entry(index, term));
    write.last_persisting = to;
    return write;
}

Disk empty_disk() {
    return Disk(std::make_shared<raft::Snapshot>());
}

void sync(Disk& disk) {
    disk.begin_sync();
    disk.end_sync();
}

TEST(CoreDisk, only_a_sync_makes_durable) {
    Disk disk = empty_disk();
    disk.write(entries(1, 3, 1));
    EXPECT_EQ(disk.last_index(), 0u);
    disk.begin_sync();
    disk.write(entries(4, 5, 1));
    const auto done = disk.end_sync();
    ASSERT_EQ(done.size(), 1u) << "what was written during the sync waits for the next";
    EXPECT_EQ(done[0].last_persisting, 3u);
    EXPECT_EQ(disk.last_index(), 3u);
    EXPECT_TRUE(disk.holds(3, 1));
    EXPECT_FALSE(disk.holds(3, 2));
    EXPECT_FALSE(disk.holds(4, 1));
}

TEST(CoreDisk, a_crash_keeps_what_was_synced_and_a_prefix_of_the_rest) {
    Coverage coverage;
    std::vector<int> ends(10);
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        base::Random random(seed);
        Disk disk = empty_disk();
        disk.write(entries(1, 3, 1));
        sync(disk);
        disk.write(entries(4, 6, 2));
        disk.write(entries(7, 8, 2));
        disk.crash(random, coverage);
        EXPECT_TRUE(disk.idle());
        ASSERT_GE(disk.last_index(), 3u);
        ASSERT_LE(disk.last_index(), 8u);
        ++ends[disk.last_index()];
        for (const raft::Entry& each : disk.entries()) {
            EXPECT_EQ(each.data.str(), "value of " + std::to_string(each.index)) << "nothing torn";
            EXPECT_EQ(each.term, each.index <= 3 ? 1u : 2u);
        }
    }
    for (raft::Index index = 3; index <= 8; ++index) EXPECT_GT(ends[index], 0) << index;
    EXPECT_GT(coverage.of(Branch::write_lost), 0u);
    EXPECT_GT(coverage.of(Branch::write_kept_unsynced), 0u);
    EXPECT_GT(coverage.of(Branch::record_torn), 0u);
}

TEST(CoreDisk, a_torn_record_of_any_kind_is_cut_off_with_all_behind_it) {
    Coverage coverage;
    const auto state = std::make_shared<raft::Snapshot>(
        raft::Snapshot{.index = 2, .term = 1, .configuration = {}, .state = Payload("state")});
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        base::Random random(seed);
        Disk disk = empty_disk();
        disk.write(entries(1, 3, 1));
        sync(disk);
        Disk::Write write;
        write.add(raft::HardState{5, ann});
        write.add(Disk::State{state, false});
        write.add(Disk::Truncate{3});
        write.add(entry(3, 5));
        disk.write(std::move(write));
        disk.crash(random, coverage);
        const bool voted = disk.hard_state().term == 5;
        EXPECT_TRUE(voted || disk.hard_state() == raft::HardState{});
        if (disk.base()->index == 2) {
            EXPECT_TRUE(voted);
            EXPECT_EQ(disk.base()->state.str(), "state");
        } else {
            EXPECT_TRUE(disk.holds(3, 1)) << "it was cut back only behind the state";
        }
        EXPECT_TRUE(disk.holds(2, 1));
        EXPECT_TRUE(!disk.holds(3, 5) || disk.base()->index == 2);
    }
    EXPECT_GT(coverage.of(Branch::hard_state_lost), 0u);
}

TEST(CoreDisk, a_received_state_replaces_everything) {
    Disk disk = empty_disk();
    disk.write(entries(1, 3, 1));
    sync(disk);
    Disk::Write write;
    write.add(Disk::State{std::make_shared<raft::Snapshot>(raft::Snapshot{
                              .index = 9, .term = 4, .configuration = {}, .state = {}}),
                          true});
    write.add(entry(10, 4));
    disk.write(std::move(write));
    sync(disk);
    EXPECT_EQ(disk.base()->index, 9u);
    EXPECT_EQ(disk.last_index(), 10u);
    EXPECT_TRUE(disk.holds(10, 4));
}

}  // namespace
}  // namespace quorate::sim::core
