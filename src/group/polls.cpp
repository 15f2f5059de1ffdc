// Votes and deadlines (rule 8). What a poll's outcome is, src/consensus decides; here stands who
// keeps the clock, and that a vote gets to whoever leads.
#include "group/loop_impl.h"

namespace quorate::group {

void GroupLoop::Impl::run(io::SendVote& command) {
    cast(command, now() + std::min<Nanos>(timing().election_max, request_timeout));
}

void GroupLoop::Impl::cast(const io::SendVote& command, Nanos wait_until) {
    if (!machine_ || !told_joined_) {
        failed(command.request, ErrorCode::no_quorum,
               "this member is not in the group yet: wait for joined");
        return;
    }
    for (const auto* votes : {&votes_, &past_votes_}) {
        const auto known = votes->find(command.poll);
        if (known != votes->end()) return answer_repeated(command, known->second);
    }
    const consensus::Poll* poll = machine_->find_poll(command.poll);
    const bool closed = machine_->find_result(command.poll) != nullptr;
    if (poll == nullptr && !closed && now() < wait_until) {
        early_votes_.push_back({command, wait_until});
        return;
    }
    if (poll == nullptr || !poll->electorate.contains(self_)) {
        failed(command.request, closed ? ErrorCode::too_late : ErrorCode::unknown_poll,
               closed ? "the poll is closed" : "no poll of that id asks for this member's vote");
        return;
    }
    if (poll->electorate.at(self_).gone) {
        failed(command.request, ErrorCode::too_late,
               "this member left while the poll was open: its vote is gone");
        return;
    }
    if (command.yes && poll->action && !is_synchronised_for(*poll->action)) {
        failed(command.request, ErrorCode::clock_unsynchronised, why_unsynchronised(*poll->action));
        refuse_for_the_clock(*poll);
        return;
    }
    votes_[command.poll] = PendingVote{command.yes, false, now()};
    send_pending_votes();
    done(command.request);
}

void GroupLoop::Impl::answer_repeated(const io::SendVote& command, const PendingVote& vote) {
    if (vote.unsynchronised) {
        const consensus::Poll* poll = machine_->find_poll(command.poll);
        failed(command.request, ErrorCode::clock_unsynchronised,
               poll != nullptr && poll->action ? why_unsynchronised(*poll->action)
                                               : "this member's clock was not good enough");
    } else if (vote.yes == command.yes) {
        done(command.request);
    } else {
        failed(command.request, ErrorCode::already_voted,
               "this member has voted otherwise: a vote can't be taken back");
    }
}

/// Kept for as long as the poll's result is, more or less.
void GroupLoop::Impl::retire_vote(PollId poll) {
    past_votes_.insert(votes_.extract(poll));
    if (past_votes_.size() <= 2 * consensus::StateMachine::max_closed_polls) return;
    std::erase_if(past_votes_,
                  [&](const auto& vote) { return machine_->find_result(vote.first) == nullptr; });
}

/// Whoever asked knows the poll first, and may have told this member's component of it before its
/// own log does.
void GroupLoop::Impl::cast_early_votes() {
    std::vector<EarlyVote> early;
    early.swap(early_votes_);
    for (const EarlyVote& vote : early) cast(vote.command, vote.wait_until);
}

void GroupLoop::Impl::fail_early_votes(ErrorCode code, const std::string& why) {
    for (const EarlyVote& vote : early_votes_) failed(vote.command.request, code, why);
    early_votes_.clear();
}

/// Until it is counted, a vote goes to whoever leads: a poll outlives its leader.
void GroupLoop::Impl::send_pending_votes() {
    for (auto& [poll, vote] : votes_) {
        if (vote.counted || now() < vote.again_at || !raft_->leader()) continue;
        vote.again_at = now() + 2 * timing().heartbeat;  // in case it gets lost
        (void)propose(0, consensus::CastVote{poll, self_, vote.yes, vote.unsynchronised});
    }
}

/// The leader's: a vote that decides nothing waits a moment for those that do, so that one round of
/// the log takes them all. Who casts one that comes when all is decided learns so from its own log.
/// Nothing rests on a vote that waits: its voter sends it again until it is counted.
void GroupLoop::Impl::collect_vote(const consensus::CastVote& vote) {
    const consensus::Poll* poll = machine_->find_poll(vote.poll);
    if (poll == nullptr) {
        if (machine_->find_result(vote.poll) == nullptr) append(vote);
        return;
    }
    using Ballot = consensus::Poll::Ballot;
    consensus::Poll with_it;
    with_it.kind = poll->kind;
    with_it.electorate = poll->electorate;
    const auto cast = [&](const consensus::CastVote& one) {
        const auto ballot = with_it.electorate.find(one.voter);
        const bool open = ballot != with_it.electorate.end() && !ballot->second.gone &&
                          ballot->second.choice == Ballot::Choice::none;
        if (open) ballot->second.choice = one.yes ? Ballot::Choice::yes : Ballot::Choice::no;
        return open;
    };
    CollectedVotes& collected = collected_votes_[vote.poll];
    for (const consensus::CastVote& earlier : collected.votes) cast(earlier);
    if (!cast(vote)) return;  // counted, or collected, before
    if (collected.votes.empty()) collected.until = now() + timing().heartbeat / 4;
    collected.votes.push_back(vote);
    if (with_it.certain()) append_votes(vote.poll);
}

void GroupLoop::Impl::append_votes(PollId poll) {
    const auto collected = collected_votes_.extract(poll);
    if (collected.empty()) return;
    for (const consensus::CastVote& vote : collected.mapped().votes) append(vote);
}

void GroupLoop::Impl::append_all_votes() {
    while (!collected_votes_.empty()) append_votes(collected_votes_.begin()->first);
}

void GroupLoop::Impl::append_due_votes() {
    if (!leads()) collected_votes_.clear();
    for (auto next = collected_votes_.begin(); next != collected_votes_.end();) {
        const auto collected = next++;
        if (collected->second.until <= now()) append_votes(collected->first);
    }
}

/// Refused, it is cast again by its voter.
void GroupLoop::Impl::append(const consensus::CastVote& vote) {
    (void)raft_->propose(now_, consensus::encode(vote));
}

void GroupLoop::Impl::expire_polls() {
    append_due_votes();
    if (!leads() || poll_deadlines_.empty()) return;
    for (auto& [poll, deadline] : poll_deadlines_) {
        if (now() < deadline) continue;
        // Counted from when this leader applied the poll; repeated in case this entry gets lost.
        deadline = now() + timing().election_max;
        append_votes(poll);
        (void)propose(0, consensus::ExpirePoll{poll});
    }
}

}  // namespace quorate::group
