// Getting into an incarnation that lives: the newcomer's side (rule 3; docs/protocol.md, Joining).
#include "group/loop_impl.h"

namespace quorate::group {

void GroupLoop::Impl::consider_joining() {
    const auto deciding = [&](const Peer& peer) {
        return freshly_answered(peer) && peer.standing.incarnation && peer.standing.quorum;
    };
    if (joining_) {
        bool still_there = false;
        for (const auto& [id, peer] : peers_.all()) {
            still_there |= deciding(peer) && peer.standing.incarnation == joining_->incarnation;
        }
        const bool hopeless = !still_there && joining_->since + timing().peer_timeout < now();
        if (hopeless) joining_.reset();
    }
    if (!joining_) {
        const Peer* best = nullptr;
        for (const auto& [id, peer] : peers_.all()) {
            if (!deciding(peer)) continue;
            const auto rank = [](const Peer& p) {
                return std::pair(p.standing.epoch, p.standing.incarnation);
            };
            // Where two incarnations decide, the older one wins (rule 6).
            if (best == nullptr || rank(peer) < rank(*best)) best = &peer;
        }
        if (best == nullptr) return;
        const wire::Standing& standing = best->standing;
        joining_ = Joining{
            standing.incarnation,
            standing.leader_endpoint.empty() ? best->intro.endpoint : standing.leader_endpoint,
            random_.next(), now(), now()};
        majority_seen_at_ = never;
        story("asks to join " + standing.incarnation.hex().substr(0, 8), LogModule::discovery);
    }
    if (now() >= joining_->ask_at) ask_to_join();
}

void GroupLoop::Impl::ask_to_join() {
    if (raft_) {
        // Evicted but alive: the same id asks again (rule 4). Who was cut off meanwhile learns of
        // the leader from others.
        const MemberId leader = raft_->leader();
        if (leader == self_) {
            // Evicted first and elected then: it lets itself in like anybody else.
            wire::JoinReply answer;
            GroupSpec spec = options_.spec;
            spec.size = machine_->coming_size();
            if (!in_roster(self_)) admit(self_, {introduction(), spec, 0}, answer);
            return;
        }
        std::string endpoint = leader ? endpoint_of(leader) : std::string{};
        for (const auto& [id, peer] : peers_.all()) {
            if (!endpoint.empty()) break;
            if (freshly_answered(peer) && peer.standing.leader != self_ &&
                peer.standing.incarnation == machine_->founding().incarnation) {
                endpoint = peer.standing.leader_endpoint;
            }
        }
        if (endpoint.empty()) return;
        // The same nonce for all tries: an answer may take longer than the next one.
        const std::uint64_t nonce = joining_ ? joining_->nonce : random_.next();
        joining_ = Joining{machine_->founding().incarnation, endpoint, nonce, now(), never};
    } else {
        joining_->ask_at = now() + timing().heartbeat;
    }
    wire::JoinRequest request{introduction(), options_.spec, joining_->nonce};
    // Whoever answers at that endpoint: its id is known from its answer to our Hello. Where nobody
    // does (the leader we were told of may be gone), any member of the incarnation redirects us.
    bool asked = false;
    for (const auto& [id, peer] : peers_.all()) {
        const bool there = raft_ ? !peer.dead : freshly_answered(peer);
        if (there && peer.intro.endpoint == joining_->endpoint) {
            asked |= send(id, joining_->endpoint, request);
        }
    }
    joining_->asked_there = asked;
    for (const auto& [id, peer] : peers_.all()) {
        if (asked || raft_) break;
        if (freshly_answered(peer) && peer.standing.incarnation == joining_->incarnation) {
            asked = send(id, peer.intro.endpoint, request);
        }
    }
    if (raft_ == nullptr && !joining_->endpoint.empty()) {
        peers_.greet(joining_->endpoint, now());
    }
}

void GroupLoop::Impl::on_join_reply(const wire::Header& from, const wire::JoinReply& reply) {
    if (!joining_ || reply.nonce != joining_->nonce) {
        ++drops_.stale;
        return;
    }
    if (!raft_ && from.incarnation && from.incarnation != joining_->incarnation) {
        joining_.reset();  // who we asked is in another one by now: look around anew
        return;
    }
    using Answer = wire::JoinReply::Answer;
    switch (reply.answer) {
        case Answer::pending:
            joining_->since = now();
            break;
        case Answer::redirect:
            if (raft_ || reply.leader_endpoint == joining_->endpoint) break;
            joining_->endpoint = reply.leader_endpoint;
            joining_->ask_at = now();
            break;
        case Answer::no_leader:
            // Outside itself, perhaps: whoever was there before is gone. Others are asked instead.
            if (!raft_) joining_->endpoint.clear();
            break;
        case Answer::refused:
            story("is refused by " + from.sender.hex().substr(0, 8) + ": " + reply.reason);
            outbox_.post(Refused{reply.reason});
            finish();
            break;
    }
}

/// The state of `incarnation` that a snapshot brings; nothing where it brings none. What is applied
/// after it has later indexes.
std::optional<consensus::StateMachine> GroupLoop::Impl::read_state(
    const raft::Snapshot& snapshot, IncarnationId incarnation) const {
    Result<consensus::StateMachine> read = consensus::StateMachine::restore(snapshot.state);
    if (!read || read->founding().incarnation != incarnation || read->applied() > snapshot.index) {
        return std::nullopt;
    }
    GroupSpec of_any_size = read->spec();
    of_any_size.size = options_.spec.size;  // changed meanwhile, perhaps
    if (of_any_size != options_.spec) return std::nullopt;
    return std::move(*read);
}

/// Outside, Raft of an incarnation that accepted us: its state lets us in, anything else is
/// answered with a wish for the state.
void GroupLoop::Impl::on_raft(const wire::Header& from, const raft::Message& message) {
    if (raft_) {
        observe_arrival(from.sender, message);
        raft_->receive(now_, from.sender, message);
        observe_raft();
        const auto* request = std::get_if<raft::VoteRequest>(&message);
        // Somebody holds our leader proven dead: a reason to look ourselves (rule 7).
        if (request && request->dead_leader && request->dead_leader == raft_->leader() &&
            request->dead_leader != self_) {
            suspect(request->dead_leader);
        }
        return;
    }
    if (leaving_) return;
    if (const auto* install = std::get_if<raft::InstallSnapshot>(&message)) {
        enter_from_snapshot(from, *install);
    } else {
        ask_for_state(from, message);
    }
}

void GroupLoop::Impl::enter_from_snapshot(const wire::Header& from,
                                          const raft::InstallSnapshot& install) {
    if (from.incarnation != arriving_from_) {
        // Nobody interrupts the incarnation that this member asked to join.
        if (joining_ && joining_->incarnation == arriving_from_) return;
        arriving_ = {};
        arriving_from_ = from.incarnation;
    }
    const auto whole = arriving_.take(install, raft::Options{}.max_snapshot_bytes);
    if (!whole) {
        const raft::SnapshotReply reply{install.term, install.snapshot->index,
                                        arriving_.received(install.snapshot->index), install.sent};
        send(from.sender, endpoint_of(from.sender), wire::RaftFrame{reply}, from.incarnation);
        return;
    }
    auto restored = read_state(*whole, from.incarnation);
    if (!restored) {
        ++drops_.garbage;
        return;
    }
    auto machine = std::make_unique<consensus::StateMachine>(std::move(*restored));
    Nanos withhold = withhold_until_;
    if (promise_.to != from.incarnation) withhold = std::max(withhold, promise_.until);
    enter(whole, std::move(machine), withhold);
    raft_->receive(now_, from.sender, install);
    observe_raft();
}

void GroupLoop::Impl::ask_for_state(const wire::Header& from, const raft::Message& message) {
    const auto* append = std::get_if<raft::Append>(&message);
    if (append == nullptr) return;
    raft::AppendReply reply;
    reply.term = append->term;
    reply.needs_snapshot = true;
    reply.sent = append->sent;
    send(from.sender, endpoint_of(from.sender), wire::RaftFrame{reply}, from.incarnation);
}

}  // namespace quorate::group
