// Who is dead: from a reason to look to a proof (rule 7; docs/protocol.md, Detection).
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

bool GroupLoop::Impl::is_dead(MemberId id) const {
    const Peer* peer = peers_.find(id);
    return peer != nullptr && peer->dead;
}

void GroupLoop::Impl::on_connection_closed(io::ConnectionId connection) {
    const MemberId id = peers_.disconnected(connection);
    if (id && logs(LogModule::net, LogLevel::debug)) {
        log(LogModule::net, LogLevel::debug, "connection closed: " + name_of(id));
    }
    if (!id) return;
    if (raft_) raft_->suspect(id);
    const bool seated = raft_ && raft_->configuration().is_voter(id);
    if ((in_roster(id) || seated) && looks_after(id)) suspect(id);
}

/// Looks after a member until it is heard again or proven dead: its process may be on its way down,
/// so one probe that still finds it listening doesn't settle it.
void GroupLoop::Impl::suspect(MemberId id) {
    if (is_dead(id) || suspects_.contains(id) || endpoint_of(id).empty()) return;
    Suspicion suspicion;
    suspicion.since = suspicion.probe_at = now();
    suspicion.pause = std::chrono::milliseconds(1);
    suspects_[id] = suspicion;
    probe_suspects();
}

void GroupLoop::Impl::probe_suspects() {
    for (auto entry = suspects_.begin(); entry != suspects_.end();) {
        auto& [id, suspicion] = *entry;
        const bool heard = last_sign(id) > suspicion.since;
        const bool old = suspicion.since + timing().peer_timeout < now();
        if (heard || old || is_dead(id)) {
            entry = suspects_.erase(entry);
            continue;
        }
        if (!suspicion.asked && now() >= suspicion.probe_at) {
            suspicion.asked = true;
            suspicion.probed_at = now();
            const std::string endpoint = endpoint_of(id);
            transport_.probe(endpoint);
            peers_.greet_now(endpoint, now());
        }
        ++entry;
    }
}

void GroupLoop::Impl::on_probe_answered(const io::ProbeAnswered& answer) {
    std::vector<MemberId> refused;
    for (auto& [id, suspicion] : suspects_) {
        if (!suspicion.asked || endpoint_of(id) != answer.endpoint) continue;
        suspicion.asked = false;
        suspicion.probe_at = now() + suspicion.pause;
        suspicion.pause = std::min(2 * suspicion.pause, timing().heartbeat);
        // Only who was known to listen there before we knocked: a successor may be on its way.
        const Peer* peer = peers_.find(id);
        const bool known = peer == nullptr || peer->known_at < suspicion.probed_at;
        if (answer.answer == io::ProbeAnswered::Answer::refused && known) refused.push_back(id);
    }
    if (!options_.member.trust_refusals) return;
    for (const MemberId& id : refused) prove_dead(id, "its endpoint refuses connections");
}

void GroupLoop::Impl::on_farewell(const wire::Header& from) {
    if (is_default()) part_with(from.sender, Departure::left);
    prove_dead(from.sender, "it said farewell");
}

void GroupLoop::Impl::prove_dead(MemberId id, const std::string& how) {
    Peer& peer = peers_.at(id, now());
    if (peer.dead) return;
    peer.dead = true;
    suspects_.erase(id);
    status_dirty_ = membership_dirty_ = true;
    if (is_default()) part_with(id, Departure::lost);
    if (!raft_) return;
    if (raft_->configuration().contains(id)) {
        story("holds " + id.hex().substr(0, 8) + " dead: " + how);
    }
    raft_->declare_dead(now_, id);
}

}  // namespace quorate::group
