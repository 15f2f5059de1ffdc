// A default group: no leader and no log. Whoever comes is in at once; each member finds out for
// itself who else is there, by Hello and its answer, and tells its component (docs/protocol.md,
// Default groups).
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr std::size_t max_company = 1000;
/// For so long a member that fell silent is still looked for where it was.
constexpr Nanos out_of_touch_bound = std::chrono::hours(1);
constexpr std::size_t max_out_of_touch = 1000;
}  // namespace

void GroupLoop::Impl::open_company() {
    company_ = {{self_, options_.name, transport_.endpoint(), options_.member.role}};
    status_dirty_ = true;
    tell_joined();
}

/// Every heartbeat: who has been silent for peer-timeout is gone, unless this member was stopped
/// itself (rule 10).
void GroupLoop::Impl::keep_company() {
    std::vector<MemberId> silent;
    for (const MemberRecord& member : company_) {
        if (member.id == self_) continue;
        const Nanos sign = std::max(last_sign(member.id), excused_at_);
        if (sign + timing().peer_timeout <= now()) {
            silent.push_back(member.id);
        } else if (sign + timing().peer_timeout / 2 <= now()) {
            suspect(member.id);
        }
    }
    for (const MemberId& id : silent) part_with(id, Departure::lost);
    std::erase_if(out_of_touch_,
                  [&](const auto& entry) { return entry.second + out_of_touch_bound < now(); });
    for (const auto& [endpoint, since] : out_of_touch_) peers_.greet(endpoint, now());
}

/// A fresh answer to a Hello: proof that somebody is there now, under that id.
void GroupLoop::Impl::consider_company(const wire::Header& from, Peer& peer) {
    if (leaving_ || peer.dead || !peer.same_spec) return;
    out_of_touch_.erase(peer.intro.endpoint);
    const auto known =
        std::find_if(company_.begin(), company_.end(),
                     [&](const MemberRecord& member) { return member.id == from.sender; });
    if (known != company_.end()) {
        known->endpoint = peer.intro.endpoint;
        return;
    }
    if (company_.size() >= max_company) {
        ++drops_.overflow;
        return;
    }
    peer.kept = true;  // strangers may be many
    company_.push_back({from.sender, peer.intro.name, peer.intro.endpoint, peer.intro.role});
    status_dirty_ = true;
    story("meets " + peer.intro.name);
    outbox_.post(MemberJoined{from.sender, peer.intro.name, peer.intro.role});
    admit_waiting_messages();
}

void GroupLoop::Impl::part_with(MemberId id, Departure reason) {
    const bool dead = is_dead(id) || reason == Departure::left;
    if (dead) out_of_touch_.erase(endpoint_of(id));
    const auto found = std::find_if(company_.begin(), company_.end(),
                                    [&](const MemberRecord& member) { return member.id == id; });
    if (id == self_ || found == company_.end()) return;
    const MemberRecord member = *found;
    company_.erase(found);
    if (Peer* peer = peers_.find(id)) peer->kept = false;
    status_dirty_ = true;
    story("misses " + member.name);
    if (!dead && out_of_touch_.size() < max_out_of_touch) out_of_touch_[member.endpoint] = now();
    outbox_.post(MemberLeft{id, member.name, reason});
    if (dead) close_unless_reused(member.endpoint);
}

/// Whoever uses a group's name for something else is refused: a default group gives way to a
/// coordinated one that decides, and else who comes to a company to that; a default group of one to
/// a member of a coordinated group; of two alone the one with the greater id. Who has ever been in
/// an incarnation gives way to nobody.
bool GroupLoop::Impl::gives_way(MemberId id, const Peer& peer, const GroupSpec& theirs) const {
    const bool ours = is_default();
    const bool other = theirs.kind == Kind::default_kind;
    if ((!ours && !other) || was_inside_ || leaving_ || peer.same_spec) return false;
    if (peer.standing.quorum) return true;
    if (company_.size() > 1) return false;
    if (peer.standing.company) return true;
    return ours == other ? id < self_ : ours;
}

/// What members of a default group say to each other.
bool GroupLoop::Impl::is_of_a_company(const wire::Body& body) {
    return std::holds_alternative<wire::Hello>(body) ||
           std::holds_alternative<wire::HelloReply>(body) ||
           std::holds_alternative<wire::AppMessages>(body) ||
           std::holds_alternative<wire::Farewell>(body) ||
           std::holds_alternative<wire::Beacon>(body) ||
           std::holds_alternative<wire::Inspect>(body) ||
           std::holds_alternative<wire::Inspection>(body);
}

void GroupLoop::Impl::say_farewell_to_company() {
    for (const MemberRecord& member : company_) {
        if (member.id != self_) send(member.id, member.endpoint, wire::Farewell{});
    }
}

}  // namespace quorate::group
