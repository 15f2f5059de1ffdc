// Who gets this member's vote (sections 3.4, 3.6.1, 9.6), and who gave it theirs.
#include <algorithm>

#include "raft/quorum.h"
#include "raft/raft.h"

namespace quorate::raft {

/// Reasons that leave everything as it is, even the term (section 4.2.3).
VoteRefusal Raft::refusal_before_term(Moment now, MemberId from, const VoteRequest& request) const {
    if (request.term < hard_state_.term) return VoteRefusal::stale_term;
    // Whoever asks counts it as a voter, or asks in vain: its own configuration may be an older one
    // (section 4.2.2).
    if (withholding(now)) return VoteRefusal::withheld;
    if (bound_to_another(now, from, request.handed_on) ||
        hears_another_leader(now, from, request.handed_on)) {
        return VoteRefusal::sticky;
    }
    return VoteRefusal::none;
}

VoteRefusal Raft::refusal_within_term(MemberId from, const VoteRequest& request) const {
    // The election restriction: whoever lacks a committed entry can't win a majority
    // (section 3.6.1).
    const bool behind = request.last_term != log_.last_term()
                            ? request.last_term < log_.last_term()
                            : request.last_index < log_.last_index();
    if (behind) return VoteRefusal::log_behind;
    const bool free_to_vote =
        request.term > hard_state_.term || !hard_state_.voted_for || hard_state_.voted_for == from;
    return free_to_vote ? VoteRefusal::none : VoteRefusal::voted_already;
}

void Raft::on_vote_request(Moment now, MemberId from, const VoteRequest& request) {
    VoteReply answer;
    answer.pre_vote = request.pre_vote;
    answer.sent = request.sent;
    answer.refusal = refusal_before_term(now, from, request);
    if (answer.refusal == VoteRefusal::none) {
        if (!request.pre_vote && request.term > hard_state_.term) {
            become_follower(now, request.term, MemberId{});
        }
        answer.refusal = refusal_within_term(from, request);
    }
    answer.granted = answer.refusal == VoteRefusal::none;
    answer.term = answer.granted ? request.term : hard_state_.term;
    if (answer.granted && !request.pre_vote) {
        become_follower(now, request.term, MemberId{});
        hard_state_.voted_for = from;
        promise_to(now, from);
        arm_election_timer(now);
    }
    reply(from, answer);
}

void Raft::on_vote_reply(Moment now, MemberId from, const VoteReply& reply) {
    if (!configuration().is_voter(from) || reply.sent > now.boottime) return;
    note_life(from, reply.sent);
    if (role_ != Role::pre_candidate && role_ != Role::candidate) return;
    if (!reply.granted) {
        if (reply.term <= hard_state_.term) return;
        // The proof that the leader is dead still stands: go on asking, in the later term.
        const std::optional<Succession> going_on = succession_;
        become_follower(now, reply.term, MemberId{});
        succession_ = going_on;
        return;
    }
    const bool rehearsing = role_ == Role::pre_candidate;
    const Term asked = hard_state_.term + (rehearsing ? 1 : 0);
    if (reply.pre_vote != rehearsing || reply.term != asked) return;
    const auto known = std::find_if(grants_.begin(), grants_.end(),
                                    [&](const Grant& grant) { return grant.voter == from; });
    if (known == grants_.end()) {
        grants_.push_back({from, reply.sent});
    } else {
        known->sent = std::max(known->sent, reply.sent);
    }
    if (!won(now)) return;
    if (rehearsing) {
        start_candidacy(now, trigger_, 0);
    } else {
        become_leader(now);
    }
}

/// Every grant is looked at each time: one that has grown too old doesn't count any more (rule 1).
bool Raft::won(Moment now) const {
    return is_quorum(configuration(), [&](MemberId id) {
        if (id == options_.self) return true;
        return std::any_of(grants_.begin(), grants_.end(), [&](const Grant& grant) {
            return grant.voter == id && fresh(now, grant.sent);
        });
    });
}

}  // namespace quorate::raft
