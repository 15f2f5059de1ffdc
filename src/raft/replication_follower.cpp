// A follower's side of AppendEntries (section 3.5).
#include <algorithm>

#include "base/check.h"
#include "raft/raft.h"

namespace quorate::raft {

void Raft::on_append(Moment now, MemberId from, const Append& append) {
    AppendReply answer;
    answer.sent = append.sent;
    answer.term = hard_state_.term;
    if (append.term < hard_state_.term) {
        // Tells a leader of an earlier term to step down. With pre-vote and check-quorum this is
        // also what frees a member whose term ran ahead: a new election passes it (section 9.6).
        reply(from, answer);
        return;
    }
    if (!follow(now, from, append.term)) return;
    successor_rank_ = append.successor_rank;
    const Taken taken = take_entries(from, append);
    if (taken == Taken::nonsense) return;
    answer.term = hard_state_.term;
    answer.accepted = taken == Taken::all;
    if (answer.accepted) {
        const Index match = append.prev_index + append.entries.size();
        commit_index_ = std::max(commit_index_, std::min(append.commit, match));
        answer.match = std::max(match, commit_index_);
        if (commit_index_ >= incoming_.index() && incoming_.index() > 0) incoming_.clear();
        if (append.commit_only) return;
    } else {
        // Back by whole terms (section 3.5): entries of later terms than prev_term can't be the
        // leader's. Committed ones surely are.
        const Index at = log_.last_index_with_term_at_most(append.prev_term, append.prev_index);
        answer.hint_index = std::max(at, commit_index_);
        answer.hint_term = log_.term_at(answer.hint_index).value_or(0);
    }
    reply_to_leader(now, from, answer);
}

/// Takes `from` as the leader of `term`, which is not an earlier one; false if it can't be.
bool Raft::follow(Moment now, MemberId from, Term term) {
    const bool led_by_another = leader_ && leader_ != from;
    if (term == hard_state_.term && led_by_another) {
        // Who has no seat can't have been elected: a forgery, and no reason to stop. Where it came
        // first, whoever has a seat takes its place.
        const bool both_may_lead =
            configuration().is_voter(from) && configuration().is_voter(leader_);
        QUORATE_CHECK(!both_may_lead || !options_.senders_are_authenticated,
                      "a term has one leader at most");
        if (both_may_lead || !configuration().is_voter(from)) return false;
    }
    if (term > hard_state_.term || role_ != Role::follower || leader_ != from) {
        become_follower(now, term, from);
    }
    leader_heard_ = now.monotonic;
    arm_election_timer(now);
    return true;
}

/// Whether an entry at or before the commit index is what this log holds there. A voter that leads
/// and contradicts it breaks Leader Completeness (section 3.6.3); anyone else is ignored.
bool Raft::agrees_with_committed(MemberId from, Index index, Term term) const {
    const std::optional<Term> held = log_.term_at(index);
    const bool agrees = !held || *held == term;
    QUORATE_CHECK(agrees || !configuration().is_voter(from) || !options_.senders_are_authenticated,
                  "a leader's log holds every committed entry");
    return agrees;
}

Raft::Taken Raft::take_entries(MemberId from, const Append& append) {
    if (append.prev_index > log_.last_index()) return Taken::mismatch;
    if (append.prev_index <= commit_index_) {
        if (!agrees_with_committed(from, append.prev_index, append.prev_term)) {
            return Taken::nonsense;
        }
    } else if (log_.term_at(append.prev_index) != append.prev_term) {
        return Taken::mismatch;
    }
    for (const Entry& entry : append.entries) {
        if (entry.index <= commit_index_) {
            if (!agrees_with_committed(from, entry.index, entry.term)) return Taken::nonsense;
            continue;
        }
        if (log_.term_at(entry.index) == entry.term) continue;
        if (entry.index <= log_.last_index()) truncate_log(entry.index);
        lacks_data_ |= entry.withheld();
        log_.append(entry);
    }
    return Taken::all;
}

/// Several answers of one turn become one, which stands for the latest and echoes the newest
/// request.
void Raft::reply_to_leader(Moment now, MemberId from, AppendReply answer) {
    answer.priority = options_.priority;
    answer.promise = !withholding(now);
    if (answer.promise) promise_to(now, from);
    for (auto waiting = replies_.rbegin(); waiting != replies_.rend(); ++waiting) {
        auto* earlier = waiting->to == from ? std::get_if<AppendReply>(&waiting->message) : nullptr;
        if (!earlier) continue;
        if (earlier->term != answer.term || earlier->accepted != answer.accepted ||
            earlier->promise != answer.promise) {
            break;
        }
        answer.sent = std::max(answer.sent, earlier->sent);
        answer.match = std::max(answer.match, earlier->match);
        *earlier = answer;
        return;
    }
    reply(from, answer);
}

}  // namespace quorate::raft
