#include "sim/one_leader_a_term.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void OneLeaderATerm::said(IncarnationId incarnation, raft::Term term, MemberId sender) const {
    // What a leader says to itself comes before it is seen leading.
    const auto leader = leaders_.find({incarnation, term});
    if (leader == leaders_.end() || leader->second.member == sender) return;
    broken("a fencing token is its leader's alone",
           brief(sender) + " speaks with that of " + brief(leader->second.member) + " in term " +
               std::to_string(term) + " of " + brief(incarnation));
}

void OneLeaderATerm::leads(IncarnationId incarnation, raft::Term term, Life life, MemberId member) {
    const auto [found, first] = leaders_.try_emplace({incarnation, term}, Leader{life, member});
    if (first || found->second.life == life) return;
    broken("one leader a term", "lives " + std::to_string(found->second.life) + " and " +
                                    std::to_string(life) + " lead in term " + std::to_string(term) +
                                    " of " + brief(incarnation));
}

}  // namespace quorate::sim
