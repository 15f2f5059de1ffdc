// Sessions (thesis, section 6.3): which ordered messages of each member have been applied, so that
// one that is handed in again, by a network that doubles frames or by a member that never learned
// what became of it, is applied once.
//
// A member numbers its messages upwards and says with each below which number it waits for none any
// more; only the window above is kept. A session outlives an eviction, as the evicted comes back
// under its id. Deterministic value; part of the state.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

#include "base/recycling.h"
#include "quorate/id.h"

namespace quorate::consensus {

class Sessions {
public:
    /// How far apart the numbers of what one member waits for may be.
    static constexpr std::uint64_t window = 65536;

    struct Request {
        std::uint64_t serial = 0;
        std::uint64_t settled_below = 0;
        bool again = false;
    };
    struct Session {
        std::uint64_t base = 0;  ///< the number of applied.front(); below it nothing is taken
        base::RecyclingDeque<std::uint64_t> applied;  ///< the index at which each was applied, or 0
        std::uint64_t last_index = 0;
    };

    /// Notes that `request` of `member` is applied at `index`. Nothing if it is; else where it was
    /// applied before, or 0: that is too long ago to be known, or a later one was applied first (it
    /// went astray, and its sender counts it as unknown) and it isn't asked for again.
    std::optional<std::uint64_t> apply(MemberId member, const Request& request,
                                       std::uint64_t index);
    /// Keeps at most `most`: those of whom `is_in` is true, then those used last.
    void bound(std::size_t most, const std::function<bool(MemberId)>& is_in);

    const std::map<MemberId, Session>& all() const { return sessions_; }
    /// For restoring; false if it can't be one.
    bool add(MemberId member, Session session);

private:
    static void settle(Session& session, std::uint64_t below);

    std::map<MemberId, Session> sessions_;
};

}  // namespace quorate::consensus
