// Polls (rule 8): who has a vote, what counts, and when the outcome is certain.
#include <algorithm>

#include "base/check.h"
#include "consensus/state_machine.h"

namespace quorate::consensus {

namespace {

using Ballot = Poll::Ballot;

template <class Predicate>
std::uint32_t count_ballots(const Poll& poll, Predicate&& counts) {
    return static_cast<std::uint32_t>(
        std::count_if(poll.electorate.begin(), poll.electorate.end(),
                      [&](const auto& entry) { return counts(entry.second); }));
}

bool has_vote(const MemberRecord& member) {
    return member.role != Role::witness;
}

}  // namespace

std::uint32_t Poll::yes_votes() const {
    return count_ballots(*this, [](const Ballot& b) { return b.choice == Ballot::Choice::yes; });
}

std::uint32_t Poll::no_votes() const {
    return count_ballots(*this, [](const Ballot& b) { return b.choice == Ballot::Choice::no; });
}

std::optional<Outcome> Poll::certain() const {
    const std::size_t all = electorate.size();
    const std::size_t yes = yes_votes();
    const std::size_t undecided = count_ballots(
        *this, [](const Ballot& b) { return b.choice == Ballot::Choice::none && !b.gone; });
    switch (kind) {
        case Voting::majority:
            if (yes > all / 2) return Outcome::yes;
            if (yes + undecided <= all / 2) return Outcome::no;
            break;
        case Voting::consensus:
            // A no, or somebody who is gone without a vote: all can't say yes any more.
            if (yes + undecided < all || all == 0) return Outcome::no;
            if (yes == all) return Outcome::yes;
            break;
    }
    return std::nullopt;
}

const Poll* StateMachine::find_poll(PollId id) const {
    const auto found = polls_.find(id);
    return found == polls_.end() ? nullptr : &found->second;
}

std::vector<PollClosed> StateMachine::results_since(std::uint64_t index) const {
    std::vector<PollClosed> found;
    for (const PollId& id : results_by_age_) {
        const PollClosed& result = results_.at(id);
        if (result.index > index) found.push_back(result);
    }
    return found;
}

const PollClosed* StateMachine::find_result(PollId id) const {
    const auto found = results_.find(id);
    return found == results_.end() ? nullptr : &found->second;
}

std::optional<Error> StateMachine::find_problem_in(const OpenPoll& command) const {
    if (find_member(command.requester) == nullptr) {
        return Error{ErrorCode::unknown_member, "who asks for the vote is not in the roster"};
    }
    if (find_poll(command.poll) != nullptr || find_result(command.poll) != nullptr) {
        return Error{ErrorCode::bad_argument, "a poll of that id was opened before"};
    }
    if (polls_.size() >= max_open_polls) {
        return Error{ErrorCode::would_block, std::to_string(max_open_polls) +
                                                 " polls are open: wait until some have closed"};
    }
    return command.action ? find_problem_in_terms(command) : std::nullopt;
}

void StateMachine::take(std::uint64_t index, OpenPoll& command, Effects& effects) {
    if (command.action) forget_past_actions(command.action->clock, command.stamp);
    if (auto problem = find_problem_in(command)) {
        effects.push_back(
            PollRejected{command.poll, command.requester, command.request, std::move(*problem)});
        return;
    }
    Poll poll;
    poll.id = command.poll;
    poll.requester = command.requester;
    poll.topic = std::move(command.topic);
    poll.kind = command.kind;
    poll.timeout = command.timeout;
    poll.action = command.action;
    poll.opened_at = index;
    for (const MemberRecord& member : roster_) {
        if (has_vote(member)) poll.electorate.emplace(member.id, Ballot{});
    }
    const Poll& opened = polls_.emplace(poll.id, std::move(poll)).first->second;
    effects.push_back(PollOpened{opened.id, command.request});
    if (const auto outcome = opened.certain()) settle(index, opened, *outcome, effects);
}

std::optional<Error> StateMachine::find_problem_in(const CastVote& command) const {
    const Poll* poll = find_poll(command.poll);
    if (poll == nullptr) {
        if (find_result(command.poll) != nullptr)
            return Error{ErrorCode::too_late, "the poll is closed"};
        return Error{ErrorCode::unknown_poll, "no poll of that id is known"};
    }
    const auto ballot = poll->electorate.find(command.voter);
    if (ballot == poll->electorate.end()) {
        return Error{ErrorCode::unknown_member, "this member has no vote in that poll"};
    }
    if (ballot->second.gone) {
        return Error{ErrorCode::too_late,
                     "this member left while the poll was open: its vote is gone"};
    }
    const auto choice = command.yes ? Ballot::Choice::yes : Ballot::Choice::no;
    if (ballot->second.choice != Ballot::Choice::none && ballot->second.choice != choice) {
        return Error{ErrorCode::already_voted, "this member has voted otherwise"};
    }
    return std::nullopt;
}

void StateMachine::take(std::uint64_t index, const CastVote& command, Effects& effects) {
    if (auto problem = find_problem_in(command)) {
        effects.push_back(VoteRejected{command.poll, command.voter, std::move(*problem)});
        return;
    }
    Poll& poll = polls_.at(command.poll);
    const bool waited = poll.waits_for_stamp();
    Ballot& ballot = poll.electorate.at(command.voter);
    ballot.choice = command.yes ? Ballot::Choice::yes : Ballot::Choice::no;
    ballot.unsynchronised = command.unsynchronised;
    effects.push_back(VoteCounted{command.poll, command.voter});
    if (waited) return;
    if (const auto outcome = poll.certain()) settle(index, poll, *outcome, effects);
}

void StateMachine::take(std::uint64_t index, const ExpirePoll& command, Effects& effects) {
    // The first closing entry wins; another leader's deadline may come after it.
    if (const Poll* poll = find_poll(command.poll))
        close_poll(index, *poll, Outcome::timeout, effects);
}

void StateMachine::close_polls_without(std::uint64_t index, MemberId gone, Effects& effects) {
    for (auto next = polls_.begin(); next != polls_.end();) {
        Poll& poll = (next++)->second;
        const auto ballot = poll.electorate.find(gone);
        const bool owes_vote =
            ballot != poll.electorate.end() && ballot->second.choice == Ballot::Choice::none;
        if (!owes_vote) continue;
        const bool waited = poll.waits_for_stamp();
        ballot->second.gone = true;
        if (waited) continue;
        if (const auto outcome = poll.certain()) settle(index, poll, *outcome, effects);
    }
}

/// What to do of a poll whose outcome is certain: an action is agreed on only once the leader has
/// said when that was.
void StateMachine::settle(std::uint64_t index, const Poll& poll, Outcome outcome,
                          Effects& effects) {
    if (poll.action && outcome == Outcome::yes) {
        effects.push_back(ActionAgreed{poll.id});
    } else {
        close_poll(index, poll, outcome, effects);
    }
}

void StateMachine::close_poll(std::uint64_t index, const Poll& poll, Outcome outcome,
                              Effects& effects) {
    PollClosed closed;
    closed.poll = poll.id;
    closed.outcome = outcome;
    closed.yes_votes = poll.yes_votes();
    closed.no_votes = poll.no_votes();
    closed.electorate = static_cast<std::uint32_t>(poll.electorate.size());
    closed.index = index;
    for (const auto& [voter, ballot] : poll.electorate) {
        closed.voters.push_back(voter);
        if (ballot.unsynchronised) closed.unsynchronised.push_back(voter);
    }
    if (outcome == Outcome::yes) closed.action = poll.action;
    closed.topic = poll.topic;
    polls_.erase(closed.poll);  // `poll` is gone with it
    effects.push_back(closed);
    closed.topic.clear();
    keep_result(std::move(closed));
}

void StateMachine::keep_result(PollClosed result) {
    if (results_by_age_.size() == max_closed_polls) {
        results_.erase(results_by_age_.front());
        results_by_age_.pop_front();
    }
    const PollId id = result.poll;
    const bool fresh = results_.emplace(id, std::move(result)).second;
    QUORATE_CHECK(fresh, "a poll closes once");
    results_by_age_.push_back(id);
}

}  // namespace quorate::consensus
