#include "sim/actions_agreed.h"

#include "base/ids.h"
#include "sim/rule_broken.h"

namespace quorate::sim {

void ActionsAgreed::appended(raft::Index at, const consensus::Command& command, Nanos truth) const {
    std::optional<consensus::Stamp> stamp;
    if (const auto* open = std::get_if<consensus::OpenPoll>(&command); open && open->action) {
        stamp = open->stamp;
    } else if (const auto* close = std::get_if<consensus::CloseAction>(&command)) {
        stamp = close->stamp;
    } else if (const auto* cancel = std::get_if<consensus::CancelAction>(&command)) {
        stamp = cancel->stamp;
    }
    if (stamp && (stamp->latest < truth || stamp->earliest > truth)) {
        broken("the truth lies within a leader's stamp",
               "the entry at " + std::to_string(at) + " is stamped " +
                   std::to_string((truth - stamp->latest).count()) + " ns too early or " +
                   std::to_string((stamp->earliest - truth).count()) + " ns too late");
    }
}

void ActionsAgreed::agreed(MemberId member, const consensus::Action& action) {
    if (agreed_.emplace(action.poll, action).second) to_come_.insert(action.poll);
    const bool acts = base::is_among(member, action.electorate);
    if (acts) known_[{member, action.poll}].terms = action.terms;
}

void ActionsAgreed::decided(MemberId member, PollId poll) {
    const auto action = agreed_.find(poll);
    if (action == agreed_.end()) return;
    if (!base::is_among(member, action->second.electorate)) return;
    known_[{member, poll}].terms = action->second.terms;
}

void ActionsAgreed::remembers(const consensus::StateMachine& machine, Nanos truth) {
    std::erase_if(to_come_, [&](PollId poll) { return agreed_.at(poll).terms.at <= truth; });
    for (const PollId& poll : to_come_) {
        const consensus::PollClosed* result = machine.find_result(poll);
        if (result == nullptr || result->cancelled || machine.actions().contains(poll)) continue;
        broken("an agreed action is known until its moment",
               "the state at " + std::to_string(machine.applied()) + " has no " + brief(poll) +
                   " any more");
    }
}

void ActionsAgreed::woke(MemberId member, const io::AlarmSetting& setting,
                         const io::ActionWoke& woke, Nanos truth) {
    const auto fail = [&](const std::string& why) {
        broken("actions are done as agreed",
               brief(member) + " wakes up for " + brief(setting.poll) + ": " + why);
    };
    const auto found = known_.find({member, setting.poll});
    if (found == known_.end() || !found->second.terms) {
        fail("nothing is agreed on, in this incarnation");
    }
    Known& known = found->second;
    if (known.told != nullptr) fail(std::string("its component was told that it is ") + known.told);
    if (std::exchange(known.acted, true)) fail("a second time");
    if (woke.found != io::ActionWoke::Found::in_time) return;
    const consensus::ActionTerms& terms = *known.terms;
    if (woke.actual < terms.at) fail("before the moment, by its own clock");
    // As far off as its clock, and as late by it.
    if (truth < terms.at - terms.tolerance || truth > terms.at + 2 * terms.tolerance) {
        fail("off by " + std::to_string((truth - terms.at).count()) + " ns, of " +
             std::to_string(terms.tolerance.count()));
    }
}

void ActionsAgreed::told(MemberId member, PollId poll, const char* what) {
    Known& known = known_[{member, poll}];
    if (known.told != nullptr) {
        broken("what became of an action is told once", brief(member) + " is told that " +
                                                            brief(poll) + " is " + what +
                                                            " after " + known.told);
    }
    known.told = what;
}

std::optional<PollId> ActionsAgreed::owed(MemberId member, Nanos truth) const {
    if (excused_.contains(member)) return std::nullopt;
    for (auto each = known_.lower_bound({member, PollId{}});
         each != known_.end() && each->first.first == member; ++each) {
        const Known& known = each->second;
        const bool over = known.terms && known.terms->at + 2 * known.terms->tolerance < truth;
        if (known.told == nullptr && over) {
            return each->first.second;
        }
    }
    return std::nullopt;
}

}  // namespace quorate::sim
