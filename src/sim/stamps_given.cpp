#include "sim/stamps_given.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void StampsGiven::appended(Life leader, raft::Term term, const consensus::Command& command) {
    const auto* close = std::get_if<consensus::CloseAction>(&command);
    if (close != nullptr) stamped_[{leader, close->poll}] = term;
}

void StampsGiven::leads(Life leader, raft::Term term, const consensus::StateMachine& machine,
                        Nanos now) {
    std::map<PollId, Waiting>& before = waiting_[leader];
    std::map<PollId, Waiting> still;
    for (const auto& [id, poll] : machine.open_polls()) {
        if (!poll.waits_for_stamp()) continue;
        const auto stamped = stamped_.find({leader, id});
        if (stamped != stamped_.end() && stamped->second == term) continue;
        const auto known = before.find(id);
        Waiting waiting = known != before.end() ? known->second : Waiting{now, 0};
        if (++waiting.turns > 2 && now - waiting.since > within_) {
            broken("whoever leads stamps what is agreed on",
                   brief(id) + " has waited for " + seconds(now - waiting.since) +
                       " s under the leader of term " + std::to_string(term));
        }
        still.emplace(id, waiting);
    }
    before = std::move(still);
}

}  // namespace quorate::sim
