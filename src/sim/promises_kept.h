// Rule: a promise to back nobody else is kept: within a process, promised_until never goes back,
// whatever becomes of its incarnation. What lifts it is the truth alone: the one it was made to is
// gone, or handed leadership on.
#pragma once

#include <map>

#include "sim/names.h"

namespace quorate::sim {

class PromisesKept {
public:
    /// `life` promises until `until` (its CLOCK_MONOTONIC). `lifted`: the one it had promised
    /// itself to is really gone, has handed on, or is itself.
    void promises(Life life, Nanos now, Nanos until, bool lifted);
    void died(Life life) { until_.erase(life); }

private:
    std::map<Life, Nanos> until_;
};

}  // namespace quorate::sim
