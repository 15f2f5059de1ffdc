// The component's requests whose outcome is in the log: accepted, and each answered exactly once.
//
// A request ends when its own entry is applied here; when an entry of a later term than the one it
// was handed in under is applied without it (its fate is decided then: it is not in the log before
// that entry, and nobody will append it any more but by accident); or at its deadline. One loop
// owns it.
#pragma once

#include <cstdint>
#include <map>
#include <memory_resource>
#include <optional>
#include <vector>

#include "base/time.h"
#include "quorate/events.h"
#include "raft/types.h"

namespace quorate::group {

class Requests {
public:
    struct Pending {
        raft::Term term = 0;  ///< the leader's, when it was handed in
        base::Nanos deadline{};
    };

    void add(RequestId request, raft::Term term, base::Nanos deadline) {
        pending_[request] = {term, deadline};
    }
    /// Ends one; false if nobody waits for it (any more).
    bool end(RequestId request) { return pending_.erase(request) > 0; }
    /// Ends and returns those handed in under an earlier term than `term`.
    std::vector<RequestId> end_before_term(raft::Term term) {
        return end_if([&](const Pending& pending) { return pending.term < term; });
    }
    std::vector<RequestId> end_due(base::Nanos now) {
        return end_if([&](const Pending& pending) { return pending.deadline <= now; });
    }
    std::vector<RequestId> end_all() {
        return end_if([](const Pending&) { return true; });
    }
    std::size_t size() const { return pending_.size(); }

private:
    template <class Predicate>
    std::vector<RequestId> end_if(Predicate&& ends) {
        std::vector<RequestId> ended;
        for (auto entry = pending_.begin(); entry != pending_.end();) {
            if (ends(entry->second)) {
                ended.push_back(entry->first);
                entry = pending_.erase(entry);
            } else {
                ++entry;
            }
        }
        return ended;
    }
    std::pmr::unsynchronized_pool_resource nodes_;  ///< so that a request costs no malloc
    std::pmr::map<RequestId, Pending> pending_{&nodes_};
};

}  // namespace quorate::group
