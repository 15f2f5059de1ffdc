// Timed actions (rule 9): asked for, stamped by the leader, armed, done or missed. What is agreed
// on, and until when it can be called off, src/consensus decides by the stamps that are given here.
#include "base/check.h"
#include "base/ids.h"
#include "group/loop_impl.h"
#include "group/scheduling.h"

namespace quorate::group {

// ---- clocks ----

std::optional<Nanos> GroupLoop::Impl::clock_error(ActionClock clock) const {
    const auto& stated = options_.member.clock_error;
    return stated && clock == options_.member.clock ? stated : clock_.error_bound(clock);
}

bool GroupLoop::Impl::is_synchronised_for(const consensus::ActionTerms& terms) const {
    if (terms.clock != options_.member.clock) return false;
    const std::optional<Nanos> error = clock_error(terms.clock);
    return error && *error <= terms.tolerance;
}

std::string GroupLoop::Impl::why_unsynchronised(const consensus::ActionTerms& terms) const {
    const std::string clock(to_string(terms.clock));
    if (terms.clock != options_.member.clock) {
        return "the action is timed by the clock " + clock + ", this member's is " +
               std::string(to_string(options_.member.clock)) + ": choose one for all";
    }
    const std::optional<Nanos> error = clock_error(terms.clock);
    if (!error) {
        return "the kernel can't vouch for the clock " + clock +
               ": synchronise it (NTP, PTP), or state its error bound (clock_error)";
    }
    return "the clock's error bound is " + std::to_string(error->count() / 1000) +
           " us, the action's tolerance " + std::to_string(terms.tolerance.count() / 1000) +
           " us: synchronise it better, or tolerate more";
}

/// A leader whose clock nobody vouches for leaves no moment enough time, and finds none past.
consensus::Stamp GroupLoop::Impl::stamp(ActionClock clock) const {
    const std::optional<Nanos> error = clock_error(clock);
    if (!error) return {};
    const Nanos reading = clock_.action_time(clock);
    return {reading - *error, reading + *error};
}

bool GroupLoop::Impl::needs_stamp(const consensus::Command& command) const {
    const auto* open = std::get_if<consensus::OpenPoll>(&command);
    return (open != nullptr && open->action) ||
           std::holds_alternative<consensus::CancelAction>(command);
}

/// Whatever its proposer wrote there: the leader's clock is what counts.
void GroupLoop::Impl::stamp_command(consensus::Command& command) const {
    if (auto* open = std::get_if<consensus::OpenPoll>(&command)) {
        open->stamp = stamp(open->action->clock);
        return;
    }
    auto& cancel = std::get<consensus::CancelAction>(command);
    const consensus::Poll* poll = machine_->find_poll(cancel.poll);
    const auto armed = machine_->actions().find(cancel.poll);
    cancel.stamp = {};
    if (poll != nullptr && poll->action) cancel.stamp = stamp(poll->action->clock);
    if (armed != machine_->actions().end()) cancel.stamp = stamp(armed->second.terms.clock);
}

/// The leader's: what has its yes is closed with the time of day.
void GroupLoop::Impl::stamp_agreed_actions() {
    if (!leads()) return;
    for (auto& [id, again_at] : agreed_actions_) {
        if (now() < again_at) continue;
        const consensus::Poll* poll = machine_->find_poll(id);
        QUORATE_CHECK(poll != nullptr && poll->action, "what is agreed on is an open action");
        again_at = now() + timing().election_max;  // in case this entry gets lost
        (void)propose(0, consensus::CloseAction{id, stamp(poll->action->clock)});
    }
}

// ---- what the component asks for ----

void GroupLoop::Impl::run(io::RequestAction& command) {
    const ActionClock clock = options_.member.clock;
    consensus::OpenPoll poll = question_of(command);
    const Nanos margin = command.margin > Nanos{0} ? command.margin : timing().heartbeat;
    poll.action = {command.at, command.tolerance, margin, clock};
    if (!is_synchronised_for(*poll.action)) {
        failed(command.request, ErrorCode::clock_unsynchronised, why_unsynchronised(*poll.action));
        return;
    }
    if (command.at <= clock_.action_time(clock) + command.timeout) {
        failed(command.request, ErrorCode::too_late,
               "the moment comes before the vote's timeout: ask for a later one");
        return;
    }
    propose_or_fail(command.request, poll);
}

void GroupLoop::Impl::run(io::CancelAction& command) {
    propose_or_fail(command.request,
                    consensus::CancelAction{command.poll, self_, command.request, {}});
}

/// A no that is not the component's: this member could not act at the moment.
void GroupLoop::Impl::refuse_for_the_clock(const consensus::Poll& poll) {
    story("votes no: " + why_unsynchronised(*poll.action));
    votes_[poll.id] = PendingVote{false, false, now(), true};
    send_pending_votes();
}

// ---- what comes of it ----

void GroupLoop::Impl::take_effect(const consensus::ActionAgreed& effect) {
    agreed_actions_[effect.poll] = now();
}

void GroupLoop::Impl::take_effect(const consensus::ActionArmed& effect) {
    arm(effect.action);
}

void GroupLoop::Impl::arm(const consensus::Action& action) {
    if (!base::is_among(self_, action.electorate)) return;
    const consensus::ActionTerms& terms = action.terms;
    if (!is_synchronised_for(terms)) return miss(action, why_unsynchronised(terms));
    if (clock_.action_time(terms.clock) >= terms.at) {
        return miss(action, "its moment was past when this member learned that it was agreed on");
    }
    armed_.emplace(action.poll, action);
    alarm_.set({action.poll, action.topic, terms.at, terms.tolerance, terms.clock});
}

void GroupLoop::Impl::miss(const consensus::Action& action, const std::string& why) {
    story("misses an action: " + why);
    ++measurements_.values().actions.missed;
    outbox_.post(ActionMissed{action.poll, action.topic, action.terms.at, why});
}

void GroupLoop::Impl::run(io::ActionWoke& woke) {
    const auto armed = armed_.extract(woke.poll);
    if (armed.empty()) return;  // called off in the last moment
    const consensus::Action& action = armed.mapped();
    using Found = io::ActionWoke::Found;
    switch (woke.found) {
        case Found::in_time:
            measurements_.values().actions.lateness.add(woke.actual - action.terms.at);
            outbox_.post(ActionDue{action.poll, action.topic, action.terms.at, woke.actual});
            return;
        case Found::late:
            return miss(action, "this member woke up " +
                                    std::to_string((woke.actual - action.terms.at).count() / 1000) +
                                    " us late, which is over the tolerance");
        case Found::clock_lost:
            return miss(action, "its clock's error was over the tolerance when it came to it");
        case Found::no_thread:
            return miss(action, std::string("the machine had no thread to give that would wake up "
                                            "for it: ") +
                                    how_to_get_threads);
    }
}

void GroupLoop::Impl::take_effect(const consensus::ActionOff& effect) {
    if (effect.requester == self_ && requests_.end(effect.request)) done(effect.request);
    call_off(effect.poll);
}

/// An action that was agreed on, and is over or called off, in a state that was given.
void GroupLoop::Impl::tell_missed_action(const consensus::PollClosed& closed) {
    if (!closed.action || !base::is_among(self_, closed.voters)) return;
    const consensus::Poll* open = machine_->find_poll(closed.poll);
    const std::string topic = open != nullptr ? open->topic : std::string();
    if (closed.cancelled) {
        outbox_.post(ActionCancelled{closed.poll, topic, closed.action->at});
    } else {
        miss({closed.poll, topic, *closed.action, closed.voters},
             "its moment was past when this member learned that it was agreed on");
    }
}

/// Nothing is told if it was not armed here, or has woken up already: then that is told.
void GroupLoop::Impl::call_off(PollId poll) {
    if (!armed_.contains(poll) || !alarm_.cancel(poll)) return;
    const auto armed = armed_.extract(poll);
    const consensus::Action& action = armed.mapped();
    outbox_.post(ActionCancelled{action.poll, action.topic, action.terms.at});
}

void GroupLoop::Impl::take_effect(const consensus::CancelRejected& effect) {
    if (effect.requester == self_ && requests_.end(effect.request)) {
        failed(effect.request, effect.error.code, effect.error.message);
    }
}

void GroupLoop::Impl::disarm_all(const std::string& why) {
    for (auto next = armed_.begin(); next != armed_.end();) {
        const auto armed = next++;
        if (!alarm_.cancel(armed->first)) continue;  // it has woken up: that is told
        miss(armed->second, why);
        armed_.erase(armed);
    }
}

/// After a state instead of entries: what was agreed on meanwhile, and what was called off.
/// `known`: the actions that this member had been told of.
void GroupLoop::Impl::restore_actions(const std::set<PollId>& known) {
    agreed_actions_.clear();
    for (const auto& [id, action] : machine_->actions()) {
        if (!known.contains(id)) arm(action);
    }
    for (const auto& [id, poll] : machine_->open_polls()) {
        if (poll.waits_for_stamp()) agreed_actions_[id] = now();
    }
    for (auto next = armed_.begin(); next != armed_.end();) {
        const PollId id = next->first;
        const consensus::Action& action = (next++)->second;
        const consensus::PollClosed* result = machine_->find_result(id);
        if (result != nullptr && result->cancelled) {
            call_off(id);
        } else if (result == nullptr && !machine_->actions().contains(id) &&
                   clock_.action_time(action.terms.clock) < action.terms.at && alarm_.cancel(id)) {
            // Not past, and neither the action nor its result is known any more.
            miss(action, "this member was too far behind to see whether it was called off");
            armed_.erase(id);
        }
    }
}

}  // namespace quorate::group
