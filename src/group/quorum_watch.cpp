// Leader and quorum as the component sees them, and what follows when a quorum is lost (rule 6).
#include <algorithm>

#include "group/loop_impl.h"
#include "raft/quorum.h"

namespace quorate::group {

void GroupLoop::Impl::watch_leader() {
    if (!raft_) return;
    const MemberId leader = raft_->leader();
    const raft::Term term = raft_->term();
    if (leads() && led_since_ == never) {
        led_since_ = now();
        polls_to_open_ = count_polls_to_open();
    }
    if (!leads()) {
        led_since_ = never;
        polls_to_open_ = 0;
    }
    if (leader && raft_->hears_leader(now_)) leader_heard_at_ = now();
    const bool changed = leader != told_leader_ || (leader && term != told_term_);
    if (!changed || (!told_joined_ && !told_leader_)) return;
    // A late heartbeat makes this member ask around (pre-vote), and mostly its leader is still
    // there: it is lost when a new term began, it is proven dead, or nothing came of it for a
    // while.
    const bool only_late = !leader && term == told_term_ && told_leader_ != self_ &&
                           !is_dead(told_leader_) &&
                           now() < leader_heard_at_ + 2 * timing().election_max;
    if (only_late) return;
    status_dirty_ = membership_dirty_ = true;
    if (told_leader_) {
        tell_leader_lost();
        told_leader_ = {};
    }
    if (!leader || !told_joined_) return;
    told_leader_ = leader;
    told_term_ = term;
    story("follows " + leader.hex().substr(0, 8) + " in term " + std::to_string(term));
    observe_raft();
    outbox_.post(LeaderElected{leader, name_of(leader), term, machine_->founding().epoch,
                               machine_->founding().incarnation,
                               elections_.why_elected(leader, term)});
    for (auto& [poll, vote] : votes_) vote.again_at = now();  // the new leader may not have them
    send_pending_votes();
    if (transfer_request_ && leader == transfer_target_) {
        done(*transfer_request_);
        transfer_request_.reset();
    }
}

void GroupLoop::Impl::tell_leader_lost() {
    outbox_.post(LeaderLost{told_leader_, told_term_, machine_->founding().epoch});
}

bool GroupLoop::Impl::quorum_is_possible() const {
    return raft::is_quorum(raft_->configuration(), [&](MemberId id) { return !is_dead(id); });
}

bool GroupLoop::Impl::hears_quorum() const {
    if (!quorum_is_possible()) return false;
    if (leads() || (raft_->leader() && raft_->hears_leader(now_))) return true;
    // An election takes a moment, in which nobody has lost anything yet.
    const Nanos grace = 2 * timing().election_max;
    if (now() < leader_heard_at_ + grace) return quorum_;
    const auto heard = [&](MemberId id) {
        const Peer* peer = peers_.find(id);
        return id == self_ || (peer && !peer->dead && peer->raft_heard_at + grace >= now());
    };
    return raft::is_quorum(raft_->configuration(), heard);
}

bool GroupLoop::Impl::is_alive(MemberId id) const {
    if (id == self_) return true;
    if (is_dead(id)) return false;
    if (leads()) return last_sign(id) + timing().election_max >= now();
    // Followers hear the leader alone; whom the leader has not evicted, it hears.
    if (quorum_) return true;
    const Peer* peer = peers_.find(id);
    return peer && peer->heard_at + 2 * timing().election_max >= now();
}

/// Of the N: observers are none of them.
std::uint32_t GroupLoop::Impl::alive_count() const {
    const auto& roster = machine_->roster();
    return static_cast<std::uint32_t>(
        std::count_if(roster.begin(), roster.end(), [&](const MemberRecord& member) {
            return member.role != Role::observer && is_alive(member.id);
        }));
}

/// Lost and regained take turns, also where an eviction or another incarnation lies between them.
void GroupLoop::Impl::tell_quorum() {
    if (!told_joined_ || quorum_ != told_quorum_lost_) return;
    told_quorum_lost_ = !quorum_;
    const std::uint32_t size = options_.spec.size;
    if (quorum_) {
        outbox_.post(QuorumRegained{size, alive_count()});
    } else {
        outbox_.post(QuorumLost{size, alive_count()});
    }
}

void GroupLoop::Impl::watch_quorum() {
    const bool had = quorum_;
    quorum_ = hears_quorum();
    if (quorum_) quorum_at_ = now();
    if (quorum_ != had) {
        status_dirty_ = true;
        story(quorum_ ? "has a quorum again" : "has lost its quorum");
    }
    tell_quorum();
    const auto& refound_after = options_.spec.refound_after;
    if (quorum_ && !leaving_ && refound_after && leader_heard_at_ + *refound_after <= now()) {
        // What the last leader and a witness agreed on may be with nobody any more who could lead.
        give_up("a quorum, and nobody to lead it, for " +
                std::to_string(refound_after->count() / 1000000) + " ms");
        return;
    }
    if (quorum_ || leaving_ || !refound_after) return;
    if (!quorum_is_possible()) {
        give_up("too many of its voters are proven dead");
    } else if (quorum_at_ + *refound_after <= now()) {
        give_up("no quorum for " + std::to_string(refound_after->count() / 1000000) + " ms");
    }
}

/// Gives up the incarnation, and with it the id; the promises stay (rules 3, 5 and 6).
void GroupLoop::Impl::give_up(const std::string& why) {
    if (options_.probe.gives_up) options_.probe.gives_up();
    story("gives its incarnation up: " + why);
    const IncarnationId previous = machine_->founding().incarnation;
    promise_ = {previous, std::max(promise_.until, raft_->promised_until())};
    withdraw_lease(base::long_ago);
    go_with_known_size();
    // The id is gone for good: who waits for it needn't.
    for (const MemberId& id : raft_->configuration().everyone()) {
        if (id != self_ && !is_dead(id)) send_to(id, wire::Farewell{raft_->term()});
    }
    std::vector<VoteResult> lost;
    for (const auto& [id, poll] : machine_->open_polls()) {
        if (told_joined_ || poll.electorate.contains(self_)) lost.push_back(lost_result(poll));
    }
    if (told_leader_) tell_leader_lost();
    elections_.left(now());
    raft_.reset();
    machine_.reset();
    self_ = random_.id<MemberId>();
    told_joined_ = quorum_ = false;
    told_leader_ = {};
    told_term_ = 0;
    led_since_ = never;
    for (VoteResult& result : lost) outbox_.post(std::move(result));
    disarm_all("the incarnation that agreed on it was given up");
    fail_all(requests_.end_all(), "the incarnation was given up, and what it had not agreed on");
    retries_.clear();
    if (transfer_request_) {
        failed(*transfer_request_, ErrorCode::unknown_outcome, "the incarnation was given up");
        transfer_request_.reset();
    }
    entered_at_.clear();
    newcomers_.clear();
    proposed_leaves_.clear();
    quiet_raft_at_.clear();
    endpoints_.clear();
    fail_early_votes(ErrorCode::lost, "the incarnation was given up, and its polls with it");
    poll_deadlines_.clear();
    agreed_actions_.clear();
    votes_.clear();
    past_votes_.clear();
    collected_votes_.clear();
    waiting_messages_.clear();
    waiting_bytes_ = 0;
    suspects_.clear();
    last_direct_from_ = {};
    joining_.reset();
    majority_seen_at_ = never;
    founding_retry_at_ = base::long_ago;
    // Who was a peer may have become somebody else: everybody is asked anew.
    for (const auto& [id, peer] : peers_.all()) peers_.greet(peer.intro.endpoint, now());
    for (auto& [endpoint, greeting] : peers_.greetings()) {
        if (!greeting.hinted) greeting.next_at = now();
    }
    status_dirty_ = true;
    outbox_.post(GroupReset{previous, self_});
}

/// Whether ours has decided all the time since the other one was first seen. A leader is heard of
/// in what was long on its way, too, or waited while this member was stopped: that ends by itself.
bool GroupLoop::Impl::decides_for_long(const wire::Standing& theirs) {
    const bool decides = raft_->commit_index() > 0 && raft_->hears_leader(now_);
    if (!decides || other_seen_ != theirs.incarnation) {
        other_seen_ = decides ? theirs.incarnation : IncarnationId{};
        other_seen_at_ = now();
        return false;
    }
    return other_seen_at_ + 2 * timing().election_max <= now();
}

/// A fresh answer from another incarnation of this group.
void GroupLoop::Impl::consider_other_incarnation(MemberId id, const Peer& peer) {
    const wire::Standing theirs = peer.standing;
    if (!theirs.quorum || leaving_ || !peer.same_but_size) return;
    if (theirs.leader != id || !theirs.lease) {
        // Only its leader, under a lease, is proof that it decides: ask there.
        if (!theirs.leader_endpoint.empty()) peers_.greet(theirs.leader_endpoint, now());
        return;
    }
    const consensus::Founding& ours = machine_->founding();
    const bool we_lead = leads() && now_.boottime < raft_->lease_until();
    const bool theirs_is_older =
        std::pair(theirs.epoch, theirs.incarnation) < std::pair(ours.epoch, ours.incarnation);
    // Ours decided, and theirs decides now, or the other way round: more than N members run.
    const bool split = quorum_ && (we_lead || (theirs_is_older && decides_for_long(theirs)));
    if (split && told_splits_.insert(theirs.incarnation).second) {
        story("meets another incarnation that decides: " + theirs.incarnation.hex().substr(0, 8));
        outbox_.post(Split{ours.incarnation, theirs.incarnation});
    }
    if (quorum_ && !(split && theirs_is_older)) return;
    give_up("another incarnation decides: " + theirs.incarnation.hex().substr(0, 8));
    joining_ = Joining{theirs.incarnation, theirs.leader_endpoint, random_.next(), now(), now()};
}

}  // namespace quorate::group
