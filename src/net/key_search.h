// Which key the member at an endpoint has. CURVE has a client know its server's key before it
// connects; an endpoint that was told without a key (a seed, mostly) is dialled with one authorized
// key after the other until one fits (docs/decisions/005). A wrong try costs one round trip, and
// tells the other side nothing about this one.
//
// A plain value.
#pragma once

#include <algorithm>
#include <optional>
#include <set>

#include "base/time.h"
#include "net/key_ring.h"

namespace quorate::net {

class KeySearch {
public:
    /// Somebody says that this is the key. It is tried first, after one that was seen to fit.
    void hint(const PublicKey& key) { hinted_ = key; }
    /// The key to dial with now. Nothing: all have been tried, or there are none; ask again later.
    std::optional<PublicKey> next(const AuthorizedKeys& keys, base::Nanos now) {
        if (waits(now)) return std::nullopt;
        for (const auto& told : {fitting_, hinted_}) {
            if (told && keys.contains(*told) && tried_.insert(*told).second) return trying_ = told;
        }
        for (const PublicKey& key : keys) {
            if (tried_.insert(key).second) return trying_ = key;
        }
        tried_.clear();
        trying_.reset();
        pause_ = std::min(2 * pause_, longest_pause);
        pause_until_ = now + pause_;
        return std::nullopt;
    }
    /// The one that next() gave out last is the one.
    void fits() {
        fitting_ = trying_;
        tried_.clear();
        pause_ = first_pause;
    }
    /// The one that next() gave out last fits, but the other side doesn't let this member in.
    void refused(base::Nanos now) {
        fits();
        wait(now);
    }
    /// It makes no sense to go on at once.
    void wait(base::Nanos now) { pause_until_ = now + refused_pause; }
    bool waits(base::Nanos now) const { return now < pause_until_; }
    const std::optional<PublicKey>& trying() const { return trying_; }

    static constexpr base::Nanos first_pause = std::chrono::milliseconds(50);
    static constexpr base::Nanos longest_pause = std::chrono::milliseconds(1000);
    static constexpr base::Nanos refused_pause = std::chrono::milliseconds(500);

private:
    std::optional<PublicKey> fitting_;
    std::optional<PublicKey> hinted_;
    std::optional<PublicKey> trying_;
    std::set<PublicKey> tried_;
    base::Nanos pause_ = first_pause;
    base::Nanos pause_until_ = base::long_ago;
};

}  // namespace quorate::net
