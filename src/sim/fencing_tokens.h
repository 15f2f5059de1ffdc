// Rule: a later leader has a greater fencing token (epoch, term).
//
// Within an incarnation: strictly, from election to election. Across incarnations: the epoch of a
// founding is greater than that of every incarnation that one of its founders was in before, in the
// same process. Founders that all forgot (a group of volatile members that restarted as a whole)
// have the wall clock alone, which counts seconds: whether tokens repeated there is counted, not
// judged.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class FencingTokens {
public:
    /// One of its founders enters `incarnation`, and was in others with epochs up to `known`. One
    /// that accepted and goes elsewhere instead has no part in it.
    void entered(IncarnationId incarnation, std::uint64_t epoch, std::uint64_t known);
    /// True if the token is not greater than that of the election before, in another incarnation.
    bool elected(IncarnationId incarnation, std::uint64_t epoch, raft::Term term);

private:
    std::map<IncarnationId, raft::Term> terms_;
    std::pair<std::uint64_t, raft::Term> last_;
    IncarnationId last_incarnation_;
};

}  // namespace quorate::sim
