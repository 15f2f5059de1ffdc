#include "group/peers.h"

#include <algorithm>

namespace quorate::group {

Peer& Peers::at(MemberId id, Nanos now) {
    if (Peer* known = find(id)) return *known;
    if (peers_.size() >= most_) {
        const auto oldest =
            std::min_element(peers_.begin(), peers_.end(), [](const auto& a, const auto& b) {
                return std::pair(a.second.kept, a.second.heard_at) <
                       std::pair(b.second.kept, b.second.heard_at);
            });
        peers_.erase(oldest);
    }
    Peer& peer = peers_[id];
    peer.heard_at = now;
    return peer;
}

Peer& Peers::introduce(MemberId id, const wire::Introduction& intro, Nanos now) {
    Peer& peer = at(id, now);
    if (peer.intro.endpoint != intro.endpoint) peer.known_at = now;
    peer.intro = intro;
    return peer;
}

Peer* Peers::find(MemberId id) {
    const auto found = peers_.find(id);
    return found == peers_.end() ? nullptr : &found->second;
}

const Peer* Peers::find(MemberId id) const {
    const auto found = peers_.find(id);
    return found == peers_.end() ? nullptr : &found->second;
}

Greeting& Peers::greet(const std::string& endpoint, Nanos now, bool seed) {
    const auto found = greetings_.find(endpoint);
    if (found != greetings_.end()) {
        found->second.seed |= seed;
        if (found->second.hinted) {
            found->second.hinted = false;
            found->second.next_at = now;
        }
        return found->second;
    }
    Greeting& greeting = add_greeting(endpoint, now);
    greeting.seed = seed;
    greeting.next_at = now;
    return greeting;
}

Greeting& Peers::greet_hinted(const std::string& endpoint, Nanos now) {
    const auto found = greetings_.find(endpoint);
    if (found != greetings_.end()) return found->second;
    Greeting& greeting = add_greeting(endpoint, now);
    greeting.hinted = true;
    greeting.next_at = base::never;
    return greeting;
}

Greeting& Peers::add_greeting(const std::string& endpoint, Nanos now) {
    if (greetings_.size() >= most_) {
        // What anybody may have made up goes first.
        const auto cost = [](const auto& entry) {
            const Greeting& greeting = entry.second;
            return greeting.hinted ? 0 : greeting.seed ? 3 : greeting.answered ? 2 : 1;
        };
        greetings_.erase(
            std::min_element(greetings_.begin(), greetings_.end(),
                             [&](const auto& a, const auto& b) { return cost(a) < cost(b); }));
    }
    Greeting& greeting = greetings_[endpoint];
    greeting.added_at = now;
    return greeting;
}

void Peers::greet_now(const std::string& endpoint, Nanos now) {
    Greeting& greeting = greet(endpoint, now);
    greeting.urgent = true;
    greeting.next_at = now;
}

Greeting* Peers::find_greeting(const std::string& endpoint) {
    const auto found = greetings_.find(endpoint);
    return found == greetings_.end() ? nullptr : &found->second;
}

std::vector<wire::Contact> Peers::contacts(Nanos now, Nanos fresh, std::size_t most,
                                           MemberId from) const {
    std::vector<wire::Contact> contacts;
    auto each = peers_.lower_bound(from);
    for (std::size_t i = 0; i < peers_.size() && contacts.size() < most; ++i, ++each) {
        if (each == peers_.end()) each = peers_.begin();
        const auto& [id, peer] = *each;
        if (!peer.dead && peer.answered_at + fresh >= now && !peer.intro.endpoint.empty()) {
            contacts.push_back({id, peer.intro.endpoint, peer.key});
        }
    }
    return contacts;
}

std::size_t Peers::count_answering() const {
    return static_cast<std::size_t>(
        std::count_if(greetings_.begin(), greetings_.end(),
                      [](const auto& each) { return each.second.answered; }));
}

void Peers::connected(io::ConnectionId connection, MemberId id) {
    if (connection == 0) return;
    if (connections_.size() >= most_ && !connections_.contains(connection)) {
        connections_.erase(connections_.begin());
    }
    connections_[connection] = id;
}

MemberId Peers::disconnected(io::ConnectionId connection) {
    const auto found = connections_.find(connection);
    if (found == connections_.end()) return {};
    const MemberId id = found->second;
    connections_.erase(found);
    return id;
}

}  // namespace quorate::group
