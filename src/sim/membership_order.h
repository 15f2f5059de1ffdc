// Rule: every member is told of the same joins and leaves, in the same order.
//
// Each is told while an entry is applied, so its index says where it belongs. A member is not told
// of itself, nor of what lies before its own admission.
#pragma once

#include <map>
#include <string>

#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class MembershipOrder {
public:
    enum class Change : std::uint8_t { joined, left, lost };

    /// `life`, under the id `self`, is told everything after `index` from now on.
    void begins(Life life, MemberId self, IncarnationId incarnation, raft::Index index);
    /// It is told nothing any more (evicted, gone), or may have missed something.
    void ends(Life life) { listeners_.erase(life); }
    /// `life` was told of a change, by the entry at `index`. True if nobody was before.
    bool told(Life life, IncarnationId incarnation, raft::Index index, Change change,
              MemberId member);
    /// `life` has applied everything up to `index`.
    void applied(Life life, raft::Index index);

private:
    struct Told {
        Change change;
        MemberId member;
    };
    struct Listener {
        MemberId self;
        IncarnationId incarnation;
        raft::Index from = 0;  ///< everything up to here is checked
        raft::Index upto = 0;  ///< applied
        std::map<raft::Index, bool> told;
    };
    void missed(Life life, raft::Index index, const Told& told) const;

    std::map<IncarnationId, std::map<raft::Index, Told>> changes_;
    std::map<Life, Listener> listeners_;
};

}  // namespace quorate::sim
