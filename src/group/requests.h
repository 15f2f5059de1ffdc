// The component's requests whose outcome is in the log: accepted, and each answered exactly once.
//
// A request ends when its own entry is applied here; when an entry of a later term than the one it
// was handed in under is applied without it (its fate is decided then: it is not in the log before
// that entry, and nobody will append it any more but by accident); or at its deadline. One loop
// owns it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/recycling.h"
#include "base/time.h"
#include "quorate/events.h"
#include "raft/types.h"

namespace quorate::group {

class Requests {
public:
    struct Pending {
        RequestId told_as = 0;  ///< the component's number for it: another one when it asked again
        raft::Term term = 0;    ///< the leader's, when it was handed in
        base::Nanos deadline{};
        Payload command;         ///< of what may be asked for again
        bool as_leader = false;  ///< and only by the leader
    };
    struct Ended {
        RequestId serial = 0;
        Pending pending;
    };

    /// `serial`: the number under which it is proposed.
    void add(RequestId serial, Pending pending) { pending_[serial] = std::move(pending); }
    /// Ends one; nothing if nobody waits for it (any more).
    std::optional<Pending> end(RequestId serial) {
        auto node = pending_.extract(serial);
        if (node.empty()) return std::nullopt;
        return std::move(node.mapped());
    }
    /// Ends and returns those handed in under an earlier term than `term`.
    std::vector<Ended> end_before_term(raft::Term term) {
        return end_if([&](const Pending& pending) { return pending.term < term; });
    }
    std::vector<Ended> end_due(base::Nanos now) {
        return end_if([&](const Pending& pending) { return pending.deadline <= now; });
    }
    std::vector<Ended> end_all() {
        return end_if([](const Pending&) { return true; });
    }
    std::size_t size() const { return pending_.size(); }
    /// The lowest number that is waited for; `next` if there is none below it.
    RequestId lowest(RequestId next) const {
        return pending_.empty() ? next : std::min(next, pending_.begin()->first);
    }

private:
    template <class Predicate>
    std::vector<Ended> end_if(Predicate&& ends) {
        std::vector<Ended> ended;
        for (auto entry = pending_.begin(); entry != pending_.end();) {
            if (ends(entry->second)) {
                ended.push_back({entry->first, std::move(entry->second)});
                entry = pending_.erase(entry);
            } else {
                ++entry;
            }
        }
        return ended;
    }
    base::RecyclingMap<RequestId, Pending> pending_;
};

}  // namespace quorate::group
