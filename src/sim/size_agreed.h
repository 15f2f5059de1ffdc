// Rule: a greater size takes effect once every member in the roster has acknowledged it, and the
// seats are those of it: so nobody who goes on founds by the old one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "consensus/state_machine.h"
#include "raft/raft.h"
#include "sim/names.h"

namespace quorate::sim {

class SizeAgreed {
public:
    /// The last index that a running member has of `incarnation`, 0 before it has any; nothing if
    /// it is gone.
    using FindLast = std::function<std::optional<raft::Index>(MemberId, IncarnationId)>;

    /// An entry is about to reach the state of a member.
    void applies(const consensus::StateMachine& machine, const raft::Entry& entry);
    /// After it has, or after the turn.
    void look(const consensus::StateMachine& machine, const raft::Raft& raft,
              const FindLast& find_last);

    /// A member gave `incarnation` up, and goes with `size`. If it is in the roster, that is no
    /// smaller than what has taken effect.
    void gave_up(const std::string& who, MemberId id, IncarnationId incarnation,
                 std::uint32_t size) const;

private:
    struct Known {
        raft::Index at = 0;  ///< as of this index, the last that anybody applied
        std::uint32_t size = 0;
        std::set<MemberId> roster;
        std::set<MemberId> asked_of;  ///< the roster where the last FinishResize stands
        /// Sizes asked for, and where: the last of each.
        std::map<std::uint32_t, raft::Index> asked;
    };
    std::map<IncarnationId, Known> incarnations_;
};

}  // namespace quorate::sim
