// Rules of actions (design rule 9): the truth lies within a leader's stamp, and what it
// stamps as agreed on, or as called off, is so by the margin before the moment; nobody acts twice,
// before the decision, after its calling off was applied here, after its incarnation was given up,
// or further from the moment than the tolerance allows; it is known until its moment, so that it
// can be called off; and who is told that it is agreed on is told, once, what became of it.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "consensus/state_machine.h"
#include "io/alarm.h"
#include "io/mailbox.h"
#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class ActionsAgreed {
public:
    /// A leader has just appended it to its log, at this true time of day.
    void appended(raft::Index at, const consensus::Command& command, Nanos truth) const;
    /// `member` has this one armed, or could: its state says that it is agreed on.
    void agreed(MemberId member, const consensus::Action& action);
    /// The component of `member` was told that the poll ended with a yes.
    void decided(MemberId member, PollId poll);
    /// A member's state, at this true time of day.
    void remembers(const consensus::StateMachine& machine, Nanos truth);
    /// What the alarm of `member` found.
    void woke(MemberId member, const io::AlarmSetting& setting, const io::ActionWoke& woke,
              Nanos truth);
    /// What its component was told.
    void told(MemberId member, PollId poll, const char* what);
    /// Its mailbox was full: it isn't told everything.
    void excuse(MemberId member) { excused_.insert(member); }
    /// An action that should be over by `truth`, and of which `member` was told nothing more.
    std::optional<PollId> owed(MemberId member, Nanos truth) const;

private:
    struct Known {
        std::optional<consensus::ActionTerms> terms;  ///< none: what was told was seen first
        const char* told = nullptr;                   ///< how it ended
        bool acted = false;
    };

    std::map<std::pair<MemberId, PollId>, Known> known_;
    std::map<PollId, consensus::Action> agreed_;  ///< by any member's state
    std::set<PollId> to_come_;                    ///< those whose moment may be to come
    std::set<MemberId> excused_;
};

}  // namespace quorate::sim
