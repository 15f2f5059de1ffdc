// Whom this member knows: by id (Peer) and by endpoint (Greeting). Plain bookkeeping; no network.
//
// What a Peer says of itself came in a frame and may be forged or stale; `answered_at` is set only
// by an answer to a nonce of ours. Bounded: the least promising entries go first. One loop owns it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "io/transport.h"
#include "wire/frame.h"

namespace quorate::group {

using base::Nanos;

struct Peer {
    wire::Introduction intro;
    wire::Standing standing;
    bool same_spec = false;
    bool same_but_size = false;            ///< … or but for the size, which a group may change
    Nanos heard_at = base::long_ago;       ///< last frame taken from it
    Nanos raft_heard_at = base::long_ago;  ///< last one of its replica of our incarnation
    Nanos answered_at = base::long_ago;  ///< last fresh HelloReply; standing and same_spec are its
    std::uint64_t message_sequence = 0;  ///< of the last application messages taken
    Nanos sent_at = base::long_ago;      ///< last application message to it alone
    Nanos known_at{};                    ///< since when it is known at intro.endpoint
    Nanos round_trip{};                  ///< smoothed; zero: not measured
    bool kept = false;                   ///< whatever else must be forgotten
    bool dead = false;                   ///< proven (rule 7); its id never comes back
    base::PublicKey key;  ///< the one it was first heard with; none where nobody has one
};

/// An endpoint that is said Hello to.
struct Greeting {
    bool seed = false;
    bool answered = false;    ///< ever
    bool urgent = false;      ///< asked for now, whatever the usual interval says
    bool hinted = false;      ///< by datagrams alone: each is worth one knock, and no more
    std::uint64_t nonce = 0;  ///< of the last Hello
    Nanos sent_at = base::long_ago;
    Nanos added_at{};
    Nanos next_at{};
    Nanos interval{};
    MemberId owner;  ///< who answered last
};

class Peers {
public:
    /// At most so many members, and as many endpoints.
    explicit Peers(std::size_t most) : most_(most) {}

    Peer& at(MemberId id, Nanos now);  ///< made if unknown
    /// What a member said of itself, or the roster says of it.
    Peer& introduce(MemberId id, const wire::Introduction& intro, Nanos now);
    Peer* find(MemberId id);
    const Peer* find(MemberId id) const;
    std::map<MemberId, Peer>& all() { return peers_; }
    const std::map<MemberId, Peer>& all() const { return peers_; }

    /// Adds an endpoint to say Hello to; at once if it is new.
    Greeting& greet(const std::string& endpoint, Nanos now, bool seed = false);
    /// An endpoint that a datagram named: it is not said Hello to by itself.
    Greeting& greet_hinted(const std::string& endpoint, Nanos now);
    /// Says Hello again at `now`, whatever its interval.
    void greet_now(const std::string& endpoint, Nanos now);
    Greeting* find_greeting(const std::string& endpoint);
    std::map<std::string, Greeting>& greetings() { return greetings_; }
    const std::map<std::string, Greeting>& greetings() const { return greetings_; }
    /// Endpoints that ever answered.
    std::size_t count_answering() const;
    /// Up to `most` endpoints of members that answered, for others to try.
    /// In the order of their ids, from `from` on and around.
    std::vector<wire::Contact> contacts(Nanos now, Nanos fresh, std::size_t most,
                                        MemberId from = {}) const;
    /// Forgets peers unheard and endpoints unanswered for `silence`, but seeds and `keep`.
    template <class Keep>
    void forget_silent(Nanos now, Nanos silence, Keep&& keep) {
        std::erase_if(peers_, [&](const auto& entry) {
            return entry.second.heard_at + silence < now && !keep(entry.first);
        });
        std::erase_if(greetings_, [&](const auto& entry) {
            const Greeting& greeting = entry.second;
            const auto* owner = find(greeting.owner);
            const bool answers = owner != nullptr && owner->answered_at + silence >= now;
            return !greeting.seed && !answers && greeting.added_at + silence < now;
        });
        std::erase_if(connections_, [&](const auto& entry) { return !find(entry.second); });
    }

    void connected(io::ConnectionId connection, MemberId id);
    /// Whose connection it was; none if nobody's.
    MemberId disconnected(io::ConnectionId connection);

private:
    Greeting& add_greeting(const std::string& endpoint, Nanos now);

    std::size_t most_;
    std::map<MemberId, Peer> peers_;
    std::map<std::string, Greeting> greetings_;
    std::map<io::ConnectionId, MemberId> connections_;
};

}  // namespace quorate::group
