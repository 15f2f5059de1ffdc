// Timers, campaigns, and the succession of a leader that is proven dead.
#include <algorithm>

#include "raft/raft.h"

namespace quorate::raft {

void Raft::tick_election(Moment now) {
    if (role_ == Role::candidate && now.monotonic >= candidacy_end_) {
        // Votes that come later are too old to count; the next try is at the randomized timeout.
        become_follower(now, hard_state_.term, MemberId{});
    }
    tick_succession(now);
    if (role_ == Role::leader || now.monotonic < election_deadline_) return;
    arm_election_timer(now);
    leader_ = {};
    if (!succession_) start_pre_vote(now, Trigger::timeout);
}

void Raft::tick_succession(Moment now) {
    if (!succession_ || now.monotonic < succession_->next) return;
    if (now.monotonic > succession_->until) {
        succession_.reset();
        return;
    }
    // The others may lack their own proof as yet and refuse: ask again soon.
    succession_->next = now.monotonic + std::max(options_.heartbeat / 5, Nanos{1});
    if (role_ == Role::pre_candidate && trigger_ == Trigger::leader_dead) {
        ask_for_pre_votes(now);
    } else {
        start_pre_vote(now, Trigger::leader_dead);
    }
}

/// Who is being removed goes on as a voter until it knows that it is agreed: it may be the one that
/// holds the entry which removes it, and so the only one that can finish the change
/// (section 4.2.2). Which of those in its log are agreed may be more than it knows: after a restart
/// its commit index is that of its snapshot.
bool Raft::is_needed() const {
    return log_.is_voter_since(commit_index_, options_.self);
}

bool Raft::may_campaign(Moment now, Term handed_on) const {
    // A witness lacks what it would have to replicate, also when it is none any more.
    return role_ != Role::leader && is_needed() && !configuration().is_witness(options_.self) &&
           !lacks_data_ && !withholding(now) && !bound_to_another(now, options_.self, handed_on);
}

void Raft::campaign(Moment now, Trigger trigger) {
    // A founder need not rehearse: all the others have just agreed to found with it.
    if (trigger == Trigger::founding || trigger == Trigger::transfer) {
        start_candidacy(now, trigger, 0);
    } else {
        start_pre_vote(now, trigger);
    }
}

/// Pre-vote (section 9.6): the term rises only where an election can be won.
void Raft::start_pre_vote(Moment now, Trigger trigger) {
    if (role_ == Role::candidate || !may_campaign(now, 0)) return;
    role_ = Role::pre_candidate;
    leader_ = {};
    trigger_ = trigger;
    grants_.clear();
    if (won(now)) {
        start_candidacy(now, trigger, 0);
    } else {
        ask_for_pre_votes(now);
    }
}

void Raft::ask_for_pre_votes(Moment now) {
    VoteRequest request;
    request.term = hard_state_.term + 1;
    request.pre_vote = true;
    request.sent = now.boottime;
    if (is_dead(last_leader_)) {
        request.dead_leader = last_leader_;
    } else if (is_dead(promise_.to)) {
        request.dead_leader = promise_.to;
    }
    ask_for_votes(request);
}

void Raft::start_candidacy(Moment now, Trigger trigger, Term handed_on) {
    if (role_ == Role::candidate || !may_campaign(now, handed_on)) return;
    hard_state_ = {hard_state_.term + 1, options_.self};
    role_ = Role::candidate;
    leader_ = {};
    trigger_ = trigger;
    grants_.clear();
    succession_.reset();
    // Its own vote is a promise too: to itself, for as long as the others' votes can count.
    promise_to(now, options_.self);
    candidacy_end_ = now.monotonic + options_.election_min;
    arm_election_timer(now);
    if (won(now)) {
        become_leader(now);
        return;
    }
    VoteRequest request;
    request.term = hard_state_.term;
    request.handed_on = handed_on;
    request.sent = now.boottime;
    ask_for_votes(request);
}

void Raft::ask_for_votes(const VoteRequest& request) {
    VoteRequest filled = request;
    filled.last_index = log_.last_index();
    filled.last_term = log_.last_term();
    for (const MemberId& id : configuration().distinct_voters()) {
        if (id != options_.self) send(id, filled);
    }
}

void Raft::become_leader(Moment now) {
    role_ = Role::leader;
    leader_ = last_leader_ = options_.self;
    grants_.clear();
    succession_.reset();
    transfer_.reset();
    handed_on_ = false;
    leader_since_ = now;
    own_sent_ = last_asked_ = base::long_ago;
    heartbeat_deadline_ = now.monotonic + options_.heartbeat;
    quorum_deadline_ = now.monotonic + options_.election_max;
    // Later only where a hand-over has just failed: that one is not tried again at once.
    const Nanos prefer_at = now.monotonic + 2 * options_.election_max;
    prefer_at_ = prefer_at_ == base::never ? prefer_at : std::max(prefer_at_, prefer_at);
    round_due_ = true;
    progress_.clear();
    sync_progress(Start::replicate);
    pace_.begin(now.monotonic);
    uncommitted_bytes_ = 0;
    for (Index index = commit_index_ + 1; index <= log_.last_index(); ++index) {
        uncommitted_bytes_ += log_.at(index).data.size() + sizeof(Entry);
    }
    // An entry of its own term, so that those of earlier terms can be committed (section 3.6.2).
    append_own(EntryKind::noop, {}, nullptr);
    first_own_index_ = log_.last_index();
}

void Raft::suspect(MemberId id) {
    if (role_ == Role::leader) {
        const auto found = progress_.find(id);
        if (found == progress_.end() || found->second.state != Progress::State::replicate) return;
        found->second.state = Progress::State::probe;
        // Before its first answer in this term nothing better is known than what was assumed.
        if (found->second.match > 0) found->second.next = found->second.match + 1;
        found->second.probe_due = true;
        found->second.forget_in_flight();
    } else if (id == leader_ && role_ == Role::follower) {
        election_deadline_ = std::min(election_deadline_, leader_heard_ + options_.election_min);
    }
}

void Raft::declare_dead(Moment now, MemberId id) {
    if (!id || id == options_.self || is_dead(id)) return;
    const bool backed = promise_.to == id && now.monotonic < promise_.until;
    const bool led = role_ != Role::leader && (last_leader_ == id || backed);
    if (!led && !configuration().contains(id)) return;
    std::erase_if(dead_, [&](const auto& known) { return !configuration().contains(known.first); });
    dead_[id] = {now.boottime, hard_state_.term};
    if (!led || role_ == Role::candidate) return;
    if (leader_ && leader_ != id) return;  // another leads by now
    leader_ = {};
    if (!is_needed()) return;
    // The rank is what somebody said, who need not have led: bounded before it becomes a time.
    const Nanos::rep last_rank = 2 * options_.election_max / options_.heartbeat + 1;
    const Nanos::rep rank = std::min<Nanos::rep>(successor_rank_, last_rank);
    const Nanos wait = std::min(rank * options_.heartbeat / 2, options_.election_max);
    const Nanos turn = now.monotonic + wait;
    succession_ = Succession{turn, turn + options_.election_max};
}

}  // namespace quorate::raft
