// Rule: a lease is never held by two, over all incarnations; with more than `size` members running,
// within one incarnation.
//
// A lease is what am_leader() would say: it runs from its publishing to its end on the holder's own
// CLOCK_BOOTTIME, whether the holder is running, stopped or suspended, and dies with its process.
#pragma once

#include <map>

#include "sim/names.h"

namespace quorate::sim {

class SingleLease {
public:
    explicit SingleLease(bool across_incarnations) : across_(across_incarnations) {}

    /// `life` holds a lease in `incarnation` until `end` (simulated time); `end` past: none.
    void holds(Life life, IncarnationId incarnation, Nanos end, Nanos now);
    void died(Life life) { leases_.erase(life); }

private:
    struct Lease {
        IncarnationId incarnation;
        Nanos end{};
    };
    bool across_;
    std::map<Life, Lease> leases_;
};

}  // namespace quorate::sim
