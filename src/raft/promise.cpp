// Promises, stickiness, the age of answers, and the lease that follows from them (design rules 1,
// 5, 7).
#include <algorithm>

#include "raft/quorum.h"
#include "raft/raft.h"

namespace quorate::raft {

void Raft::promise_to(Moment now, MemberId to) {
    promise_ = {to, hard_state_.term, now.monotonic + options_.election_min};
}

/// A promise ends with its time, with proof that its holder is dead, or when its holder handed
/// leadership on and so gave up what the promise was for.
bool Raft::bound_to_another(Moment now, MemberId candidate, Term handed_on) const {
    return now.monotonic < promise_.until && promise_.to != candidate && !is_dead(promise_.to) &&
           handed_on < promise_.term;
}

/// Leader stickiness (section 4.2.3), by what was heard. leader_ is always of the present term.
bool Raft::hears_another_leader(Moment now, MemberId candidate, Term handed_on) const {
    if (!leader_ || leader_ == candidate || handed_on >= hard_state_.term) return false;
    if (role_ == Role::leader) return true;
    return !is_dead(leader_) && now.monotonic - leader_heard_ < options_.election_min;
}

/// How long after its sending a request can be answered with effect: the answerer's promise, made
/// later than the sending, lasts election_min on a clock that may run faster by the stated drift.
Nanos Raft::age_limit() const {
    return Nanos(static_cast<Nanos::rep>(static_cast<double>(options_.election_min.count()) *
                                         (1.0 - options_.clock_drift)));
}

bool Raft::fresh(Moment now, Nanos sent) const {
    return sent <= now.boottime && now.boottime - sent < age_limit();
}

/// An answer to a question asked after the declaration disproves it.
void Raft::note_life(MemberId id, Nanos sent) {
    const auto found = dead_.find(id);
    if (found != dead_.end() && sent >= found->second.since) dead_.erase(found);
}

/// So does a request of a term that was still to come then: a durable member was started again. Who
/// never asks anything itself (a learner, a witness) would hear no answer of it. To be wrong here
/// costs time alone: the mark lifts what otherwise holds.
void Raft::note_new_life(MemberId id, const Message& message) {
    const auto found = dead_.find(id);
    if (found == dead_.end()) return;
    Term term = 0;
    if (const auto* vote = std::get_if<VoteRequest>(&message)) term = vote->term;
    if (const auto* append = std::get_if<Append>(&message)) term = append->term;
    if (const auto* install = std::get_if<InstallSnapshot>(&message)) term = install->term;
    if (term > found->second.term) dead_.erase(found);
}

Nanos Raft::promised_until() const {
    return std::max(promise_.until, options_.withhold_until);
}

/// The newest time such that a quorum promised itself for requests of this term sent at or after
/// it; the lease counts from there (section 6.4.1, made safe by the promises).
Nanos Raft::lease_until() const {
    if (role_ != Role::leader || handed_on_) return base::long_ago;
    const auto promised_sent = [&](MemberId id) {
        if (id == options_.self) return own_sent_;
        const auto found = progress_.find(id);
        return found == progress_.end() ? base::long_ago : found->second.promised_sent;
    };
    const Nanos since = quorum_value(configuration(), base::long_ago, promised_sent);
    return since == base::long_ago ? base::long_ago : since + age_limit();
}

}  // namespace quorate::raft
