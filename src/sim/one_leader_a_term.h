// Rule: one leader a term and incarnation (thesis, section 3.2: election safety).
#pragma once

#include <map>
#include <utility>

#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class OneLeaderATerm {
public:
    /// `life` was seen leading.
    void leads(IncarnationId incarnation, raft::Term term, Life life);

private:
    std::map<std::pair<IncarnationId, raft::Term>, Life> leaders_;
};

}  // namespace quorate::sim
