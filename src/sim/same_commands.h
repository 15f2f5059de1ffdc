// Rule: every member applies the same commands in the same order, and has the same state after
// them.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "raft/types.h"
#include "sim/committed_entries.h"
#include "sim/names.h"

namespace quorate::sim {

class SameCommands {
public:
    explicit SameCommands(CommittedEntries& committed) : committed_(committed) {}

    /// `life` has the state of `incarnation` at `index`: it entered, or was given it.
    void given_state(Life life, IncarnationId incarnation, raft::Index index);
    /// `life` applied an entry: the one after its last, the same as anybody's.
    void applied(Life life, const raft::Entry& entry, std::uint64_t content);
    /// The state of `life` after the entry at `index`, as a fingerprint.
    void state_is(Life life, raft::Index index, std::uint64_t state);
    raft::Index applied_by(Life life) const;
    void died(Life life) { replicas_.erase(life); }

private:
    struct Replica {
        IncarnationId incarnation;
        raft::Index index = 0;
    };
    CommittedEntries& committed_;
    std::map<Life, Replica> replicas_;
    std::map<std::pair<IncarnationId, raft::Index>, std::uint64_t> states_;
};

}  // namespace quorate::sim
