// Rules: a committed entry never changes; whoever is elected holds all of them (thesis,
// section 3.6.3: leader completeness); what was acknowledged to a component is among them.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "raft/log.h"
#include "sim/names.h"

namespace quorate::sim {

class CommittedEntries {
public:
    struct Record {
        raft::Term term = 0;
        std::uint64_t content = 0;
        raft::EntryKind kind = raft::EntryKind::noop;
        Payload data;
        bool known = false;
    };

    /// Somebody holds `entry` as committed.
    void committed(IncarnationId incarnation, const raft::Entry& entry, std::uint64_t content);
    /// The log of a member that was just elected.
    void elected(IncarnationId incarnation, const raft::Log& log) const;
    /// A component was told that its ordered message stands at `index`.
    void acknowledged(IncarnationId incarnation, raft::Index index, std::string_view message) const;

    /// None if nobody committed that index yet.
    const Record* find(IncarnationId incarnation, raft::Index index) const;

private:
    std::map<IncarnationId, std::vector<Record>> records_;  ///< by index
};

}  // namespace quorate::sim
