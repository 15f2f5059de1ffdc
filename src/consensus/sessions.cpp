#include "consensus/sessions.h"

#include <algorithm>

namespace quorate::consensus {

void Sessions::settle(Session& session, std::uint64_t below) {
    if (below <= session.base) return;
    const std::uint64_t gone =
        std::min<std::uint64_t>(below - session.base, session.applied.size());
    session.applied.erase(session.applied.begin(),
                          session.applied.begin() + static_cast<std::ptrdiff_t>(gone));
    session.base = below;
}

std::optional<std::uint64_t> Sessions::apply(MemberId member, const Request& request,
                                             std::uint64_t index) {
    const auto [serial, settled_below, again] = request;
    const auto [at, fresh] = sessions_.try_emplace(member);
    Session& session = at->second;
    if (fresh) session.base = std::min(settled_below, serial);
    if (serial < session.base) return 0;
    const std::uint64_t window_begin = serial < window ? 0 : serial - window + 1;
    settle(session, std::max(std::min(settled_below, serial), window_begin));
    const std::uint64_t place = serial - session.base;
    if (place < session.applied.size() && session.applied[place] != 0) {
        return session.applied[place];
    }
    const bool in_turn = place >= session.applied.size();
    if (!in_turn && !again) return 0;
    if (in_turn) session.applied.resize(place + 1, 0);
    session.applied[place] = index;
    session.last_index = index;
    return std::nullopt;
}

void Sessions::bound(std::size_t most, const std::function<bool(MemberId)>& is_in) {
    const auto worth = [&](const auto& entry) {
        return std::pair(is_in(entry.first), entry.second.last_index);
    };
    while (sessions_.size() > most) {
        sessions_.erase(
            std::min_element(sessions_.begin(), sessions_.end(),
                             [&](const auto& a, const auto& b) { return worth(a) < worth(b); }));
    }
}

bool Sessions::add(MemberId member, Session session) {
    return member && session.applied.size() <= window &&
           sessions_.emplace(member, std::move(session)).second;
}

}  // namespace quorate::consensus
