#include "sim/same_commands.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void SameCommands::given_state(Life life, IncarnationId incarnation, raft::Index index) {
    replicas_[life] = {incarnation, index};
}

void SameCommands::applied(Life life, const raft::Entry& entry, std::uint64_t content) {
    Replica& replica = replicas_[life];
    if (entry.index != replica.index + 1) {
        broken("same commands in the same order",
               "life " + std::to_string(life) + " applied index " + std::to_string(entry.index) +
                   " of " + brief(replica.incarnation) + " after " + std::to_string(replica.index));
    }
    replica.index = entry.index;
    committed_.committed(replica.incarnation, entry, content);
}

void SameCommands::state_is(Life life, raft::Index index, std::uint64_t state) {
    const IncarnationId incarnation = replicas_[life].incarnation;
    const auto [known, first] = states_.try_emplace({incarnation, index}, state);
    if (first || known->second == state) return;
    broken("same state after the same commands",
           "life " + std::to_string(life) + " has another state than others at index " +
               std::to_string(index) + " of " + brief(incarnation));
}

raft::Index SameCommands::applied_by(Life life) const {
    const auto found = replicas_.find(life);
    return found == replicas_.end() ? 0 : found->second.index;
}

}  // namespace quorate::sim
