// Where a member's log is kept, as a seam: memory (volatile members), disk in src/storage later, a
// faulty disk in src/sim.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "quorate/result.h"
#include "raft/types.h"

namespace quorate::io {

class LogStore {
public:
    virtual ~LogStore() = default;
    struct Batch {
        std::optional<raft::HardState> hard_state;
        std::optional<raft::Index> truncate_from;
        const raft::Entries* entries = nullptr;
        std::shared_ptr<const raft::Snapshot> snapshot;
    };
    /// Starts to persist. True: it is on disk (or needs none) already; false: persisted() will
    /// tell.
    virtual bool persist(const Batch& batch, raft::Index last_persisting) = 0;
    /// Forgets entries up to `index`.
    virtual void compact(raft::Index index) = 0;
};

/// For volatile members: what is in the core's memory is all there is.
class NoStore final : public LogStore {
public:
    bool persist(const Batch&, raft::Index) override { return true; }
    void compact(raft::Index) override {}
};

}  // namespace quorate::io
