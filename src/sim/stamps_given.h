// Rule of actions (design rule 9): whoever leads stamps what is agreed on, whether it was agreed on
// under it, under an earlier leader, or in a state that it was given; it does not leave the action
// to run out.
#pragma once

#include <map>
#include <utility>

#include "consensus/state_machine.h"
#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class StampsGiven {
public:
    /// A leader may be refused a proposal, and tries again: `within` this simulated time, and not
    /// before its third turn, its stamp is in its log.
    explicit StampsGiven(Nanos within) : within_(within) {}

    /// `leader` has just appended it, in this term.
    void appended(Life leader, raft::Term term, const consensus::Command& command);
    /// A turn of `leader` has ended; it may append what it likes, and this is its state.
    void leads(Life leader, raft::Term term, const consensus::StateMachine& machine, Nanos now);
    /// It doesn't lead, or takes no proposals as long as it hands leadership on.
    void rests(Life member) { waiting_.erase(member); }

private:
    struct Waiting {
        Nanos since{};
        int turns = 0;
    };
    const Nanos within_;
    std::map<Life, std::map<PollId, Waiting>> waiting_;  ///< for a stamp of this leader
    std::map<std::pair<Life, PollId>, raft::Term> stamped_;
};

}  // namespace quorate::sim
