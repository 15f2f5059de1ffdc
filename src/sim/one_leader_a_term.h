// Rule: one leader a term and incarnation (thesis, section 3.2: election safety), and nobody else
// speaks with its token (design rule 5).
#pragma once

#include <map>
#include <utility>

#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class OneLeaderATerm {
public:
    /// `life` was seen leading, under the id `member`.
    void leads(IncarnationId incarnation, raft::Term term, Life life, MemberId member);
    /// A message came with the token of that term.
    void said(IncarnationId incarnation, raft::Term term, MemberId sender) const;

private:
    struct Leader {
        Life life = 0;
        MemberId member;
    };
    std::map<std::pair<IncarnationId, raft::Term>, Leader> leaders_;
};

}  // namespace quorate::sim
