#include "sim/single_lease.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void SingleLease::holds(Life life, IncarnationId incarnation, Nanos end, Nanos now) {
    if (end <= now) {
        leases_.erase(life);
        return;
    }
    leases_[life] = {incarnation, end};
    for (const auto& [other, lease] : leases_) {
        if (other == life || lease.end <= now) continue;
        if (!across_ && lease.incarnation != incarnation) continue;
        broken("a lease is never held by two",
               "life " + std::to_string(life) + " in " + brief(incarnation) + " until " +
                   seconds(end) + ", life " + std::to_string(other) + " in " +
                   brief(lease.incarnation) + " until " + seconds(lease.end));
    }
}

}  // namespace quorate::sim
