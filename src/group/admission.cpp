// Membership, the leader's side: who is let in, who is given up, who holds the seats (rules 1, 3,
// 4).
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr std::size_t max_newcomers = 1024;
}

void GroupLoop::Impl::on_join_request(const wire::Header& from, const wire::JoinRequest& request) {
    introduce(from, request.self);
    if (leaving_) return;
    if (!raft_) {
        wire::JoinReply outside;
        outside.nonce = request.nonce;
        outside.answer = wire::JoinReply::Answer::no_leader;
        send(from.sender, request.self.endpoint, std::move(outside));
        return;
    }
    if (in_roster(from.sender) && raft_->log().snapshot()->index == 0 && !raft_->leader()) {
        // A founder that was not told: without it there may never be a leader to let it in.
        send(from.sender, request.self.endpoint, wire::FoundingDone{machine_->founding(), false},
             IncarnationId{});
    }
    wire::JoinReply reply;
    reply.nonce = request.nonce;
    reply.leader = raft_->leader();
    if (!leads()) {
        reply.leader_endpoint = reply.leader ? endpoint_of(reply.leader) : std::string{};
        reply.answer = reply.leader_endpoint.empty() ? wire::JoinReply::Answer::no_leader
                                                     : wire::JoinReply::Answer::redirect;
    } else {
        reply.leader_endpoint = transport_.endpoint();
        wire::JoinRequest asked = request;
        if (from.incarnation == incarnation()) {
            // Evicted, and away while the size changed: it learns of that from its log.
            asked.spec.size = machine_->coming_size();
        }
        admit(from.sender, asked, reply);
    }
    send(from.sender, request.self.endpoint, std::move(reply));
}

void GroupLoop::Impl::admit(MemberId id, const wire::JoinRequest& request, wire::JoinReply& reply) {
    reply.answer = wire::JoinReply::Answer::pending;
    if (const auto difference = find_difference_in(request.spec)) {
        reply.answer = wire::JoinReply::Answer::refused;
        reply.reason =
            "the group " + options_.group + " has agreed on another specification: " + *difference;
        story("refuses " + request.self.name + ": " + reply.reason);
        return;
    }
    if (in_roster(id) || !raft_->established()) return;
    if (newcomers_.size() >= max_newcomers && !newcomers_.contains(id)) return;
    Newcomer& newcomer = newcomers_[id];
    if (newcomer.first_asked == Nanos{}) newcomer.first_asked = now();
    newcomer.last_asked = now();
    if (request.self.role == Role::witness) {
        const std::uint32_t witnesses = machine_->witnesses();
        const std::uint32_t most = consensus::max_witnesses(options_.spec);
        if (witnesses >= most) {
            reply.answer = wire::JoinReply::Answer::refused;
            reply.reason = "the group " + options_.group + " has " + std::to_string(witnesses) +
                           " witnesses, and of " + std::to_string(options_.spec.size) +
                           " members at most " + std::to_string(most) +
                           " may be: start this one as a member";
            return;
        }
    }
    const bool counts = request.self.role != Role::observer;
    if (counts && machine_->deployed() >= options_.spec.size) {
        if (all_heard_since(newcomer.first_asked + timing().election_max)) {
            reply.answer = wire::JoinReply::Answer::refused;
            reply.reason = "group_full: the group " + options_.group + " is deployed with " +
                           std::to_string(options_.spec.size) +
                           " members and all of them are alive";
        }
        return;  // else one of them may be gone: the newcomer waits for its place
    }
    if (now() < newcomer.propose_at) return;
    newcomer.propose_at = now() + timing().election_max;
    propose(0, consensus::Join{{id, request.self.name, request.self.endpoint, request.self.role}});
}

bool GroupLoop::Impl::all_heard_since(Nanos moment) const {
    return std::all_of(machine_->roster().begin(), machine_->roster().end(),
                       [&](const MemberRecord& member) {
                           return member.id == self_ || member.role == Role::observer ||
                                  (!is_dead(member.id) && last_sign(member.id) >= moment);
                       });
}

Nanos GroupLoop::Impl::last_sign(MemberId id) const {
    const Peer* peer = peers_.find(id);
    const Nanos heard = peer ? peer->heard_at : base::long_ago;
    return raft_ ? std::max(raft_->heard_at(id), heard) : heard;
}

void GroupLoop::Impl::keep_membership() {
    membership_dirty_ = false;
    if (!leads() || !raft_->established() || raft_->handing_on()) return;
    for (const MemberRecord& member : machine_->roster()) {
        if (member.id == self_) continue;
        // A new leader, one that was stopped itself, and a newcomer's peers start counting anew.
        const auto entered = entered_at_.find(member.id);
        const Nanos sign = std::max({last_sign(member.id), led_since_, excused_at_,
                                     entered != entered_at_.end() ? entered->second : now()});
        const bool silent = sign + timing().peer_timeout <= now();
        if (!silent && sign + timing().peer_timeout / 2 <= now()) suspect(member.id);
        if (!silent && !is_dead(member.id)) continue;
        Nanos& again_at = proposed_leaves_[member.id];
        if (now() < again_at) continue;
        again_at = now() + timing().election_max;
        story("evicts " + member.name + (silent ? ": silent" : ": proven dead"));
        propose(0, consensus::Leave{member.id, Departure::lost});
    }
    keep_seats();
    finish_resize();
}

void GroupLoop::Impl::keep_seats() {
    if (raft_->change_in_progress()) return;
    const raft::Configuration& configuration = raft_->configuration();
    consensus::SeatView view;
    view.voters = configuration.voters;
    view.learners = configuration.learners;
    view.witnesses = configuration.witnesses;
    view.caught_up = [&](MemberId id) { return raft_->caught_up(now_, id) && !is_dead(id); };
    view.seats = configuration.seats;
    view.dead = [&](MemberId id) { return is_dead(id); };
    view.alive = [&](MemberId id) {
        // By its acknowledgements to this leader: a Hello may be old, or anybody's.
        const bool acknowledges = raft_->heard_at(id) + timing().election_min > now();
        return id == self_ || (!is_dead(id) && acknowledges);
    };
    if (const auto plan = consensus::plan_seats(*machine_, view)) {
        // Refused while another change is under way; looked at again a heartbeat later.
        (void)raft_->change_configuration(now_, plan->voters, plan->learners, plan->witnesses,
                                          plan->seats);
    }
}

}  // namespace quorate::group
