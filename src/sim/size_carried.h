// Rule: who gives its incarnation up goes with no smaller size than it may have helped to agree on:
// as the size that it acknowledged in its log may have taken effect without its knowing. Whoever
// has not seen its own admission yet goes with the size that it was let in with.
#pragma once

#include <map>
#include <string>

#include "consensus/commands.h"
#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class SizeCarried {
public:
    /// After a turn in which the process was in no incarnation; `size` is the one it goes by.
    void outside(Life life, std::uint32_t size);
    /// After a turn in one: whether the member is in the roster as far as it knows, and the size
    /// that is agreed or on its way.
    void inside(Life life, bool in_roster, std::uint32_t coming);
    /// An entry that is new in its log: those from there on are new.
    void stands(Life life, MemberId id, const raft::Entry& entry);
    /// It knows what became of all up to there.
    void applied(Life life, raft::Index index);
    void gave_up(const std::string& who, Life life, std::uint32_t size);
    void ended(Life life) { members_.erase(life); }

private:
    struct Known {
        std::uint32_t outside = 0;
        std::uint32_t coming = 0;
        bool admitted = false;        ///< as it knows; it may have been evicted since
        bool applied_lately = false;  ///< in this turn
        raft::Index applied = 0;
        raft::Index admitted_at = 0;                 ///< its own Join, not applied
        std::map<raft::Index, std::uint32_t> asked;  ///< sizes asked for, not applied
    };
    std::map<Life, Known> members_;
};

}  // namespace quorate::sim
