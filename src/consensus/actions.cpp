// Actions (rule 9): polls with a moment. Their yes counts only if it stood in the log early enough,
// by the time that the leader stamps it with.
#include <algorithm>

#include "base/check.h"
#include "consensus/state_machine.h"

namespace quorate::consensus {

std::optional<Error> StateMachine::find_problem_in_terms(const OpenPoll& command) const {
    if (!command.action->leaves_time(command.stamp)) {
        return Error{ErrorCode::too_late,
                     "the action's moment is past, or closer than its margin: ask for a later one"};
    }
    const auto open = std::count_if(polls_.begin(), polls_.end(), [](const auto& entry) {
        return entry.second.action.has_value();
    });
    if (actions_.size() + static_cast<std::size_t>(open) >= max_actions) {
        return Error{
            ErrorCode::would_block,
            std::to_string(max_actions) + " actions are under way: wait until some have been done"};
    }
    return std::nullopt;
}

void StateMachine::take(std::uint64_t index, const CloseAction& command, Effects& effects) {
    // Two leaders may have stamped it: the first closing entry wins.
    const Poll* poll = find_poll(command.poll);
    if (poll == nullptr || !poll->waits_for_stamp()) return;
    forget_past_actions(poll->action->clock, command.stamp);
    if (!poll->action->leaves_time(command.stamp)) {
        close_poll(index, *poll, Outcome::timeout, effects);
        return;
    }
    Action action{poll->id, poll->topic, *poll->action, {}};
    for (const auto& [voter, ballot] : poll->electorate) action.electorate.push_back(voter);
    close_poll(index, *poll, Outcome::yes, effects);
    const Action& armed = actions_.emplace(action.poll, std::move(action)).first->second;
    effects.push_back(ActionArmed{armed});
}

std::optional<Error> StateMachine::find_problem_in(const CancelAction& command) const {
    if (find_member(command.requester) == nullptr) {
        return Error{ErrorCode::unknown_member, "who calls it off is not in the roster"};
    }
    const Poll* poll = find_poll(command.poll);
    const auto armed = actions_.find(command.poll);
    const ActionTerms* terms = nullptr;
    if (poll != nullptr && poll->action) terms = &*poll->action;
    if (armed != actions_.end()) terms = &armed->second.terms;
    if (terms == nullptr) {
        if (find_result(command.poll) != nullptr) {
            return Error{ErrorCode::too_late, "the action is over, or was never agreed on"};
        }
        return Error{ErrorCode::unknown_poll, "no action of that id is known"};
    }
    if (!terms->leaves_time(command.stamp)) {
        return Error{ErrorCode::too_late, "the action can't be called off so close to its moment"};
    }
    return std::nullopt;
}

void StateMachine::take(std::uint64_t index, const CancelAction& command, Effects& effects) {
    if (auto problem = find_problem_in(command)) {
        effects.push_back(CancelRejected{command.requester, command.request, std::move(*problem)});
        return;
    }
    if (const Poll* poll = find_poll(command.poll)) {
        close_poll(index, *poll, Outcome::no, effects);
    } else {
        actions_.erase(command.poll);
        const auto result = results_.find(command.poll);
        if (result != results_.end()) result->second.cancelled = true;
    }
    effects.push_back(ActionOff{command.poll, command.requester, command.request});
}

void StateMachine::forget_past_actions(ActionClock clock, const Stamp& stamp) {
    std::erase_if(actions_, [&](const auto& entry) {
        const ActionTerms& terms = entry.second.terms;
        return terms.clock == clock && terms.is_past(stamp);
    });
}

}  // namespace quorate::consensus
