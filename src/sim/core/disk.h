// One node's simulated disk: an append-only log of records, of which only what a sync covered is
// sure to be there after a crash.
//
//   disk.write(std::move(write));        // in memory of the machine
//   disk.begin_sync();                   // covers all that is written by now
//   for (auto& done : disk.end_sync()) …   // now it is durable
//   disk.crash(random, coverage);        // unsynced records: lost, kept, or the last one torn
//   Raft raft(options, now, disk.base(), disk.hard_state(), disk.entries());
//
// Records reach the disk in their order, so a crash leaves a prefix of them; a torn one is found by
// its checksum and cut off, with all behind it. What was synced is never lost. Values; the owner
// decides how long a sync takes and whether it fails.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/random.h"
#include "raft/raft.h"
#include "sim/core/coverage.h"

namespace quorate::sim::core {

class Disk {
public:
    struct Truncate {
        raft::Index from = 0;
    };
    /// The log before it is forgotten: `received` replaces everything, otherwise what it covers.
    struct State {
        std::shared_ptr<const raft::Snapshot> snapshot;
        bool received = false;
    };
    using Content = std::variant<raft::HardState, Truncate, State, raft::Entry>;
    struct Record {
        Content content;
        std::uint64_t checksum = 0;
    };
    /// What one output of the core asks for, and what waits for it.
    struct Write {
        std::vector<Record> records{};
        std::optional<raft::Index> last_persisting{};  ///< none: the owner's own (a compaction)
        std::vector<raft::Outgoing> after{};
        bool began_sync = false;

        void add(Content content);
    };

    explicit Disk(std::shared_ptr<const raft::Snapshot> base) : base_(std::move(base)) {}

    void write(Write write) { pending_.push_back(std::move(write)); }
    bool idle() const { return pending_.empty(); }
    bool syncing() const { return !pending_.empty() && pending_.front().began_sync; }
    void begin_sync();
    std::vector<Write> end_sync();
    void crash(base::Random& random, Coverage& coverage);

    // ---- what is durable ----
    const std::shared_ptr<const raft::Snapshot>& base() const { return base_; }
    const raft::HardState& hard_state() const { return hard_state_; }
    raft::Entries entries() const { return {entries_.begin(), entries_.end()}; }
    raft::Index last_index() const { return base_->index + entries_.size(); }
    /// Whether an entry of this index and term, or a state that covers it, is durable.
    bool holds(raft::Index index, raft::Term term) const;

private:
    void take(Record record);

    std::shared_ptr<const raft::Snapshot> base_;
    raft::HardState hard_state_;
    std::deque<raft::Entry> entries_;  ///< behind the base
    std::deque<Write> pending_;
};

}  // namespace quorate::sim::core
