#include "sim/one_leader_a_term.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void OneLeaderATerm::leads(IncarnationId incarnation, raft::Term term, Life life) {
    const auto [found, first] = leaders_.try_emplace({incarnation, term}, life);
    if (first || found->second == life) return;
    broken("one leader a term", "lives " + std::to_string(found->second) + " and " +
                                    std::to_string(life) + " lead in term " + std::to_string(term) +
                                    " of " + brief(incarnation));
}

}  // namespace quorate::sim
