// The clocks, as a seam: the real ones in src/group, the simulator's in src/sim.
#pragma once

#include <optional>

#include "base/time.h"
#include "quorate/spec.h"

namespace quorate::io {

class Clock {
public:
    virtual ~Clock() = default;
    /// CLOCK_MONOTONIC and CLOCK_BOOTTIME, read together.
    virtual base::Moment now() = 0;
    /// CLOCK_REALTIME, nanoseconds since 1970. For stamps and founding epochs alone (rule 10).
    virtual base::Nanos realtime() = 0;
    /// What moments of actions are read on.
    virtual base::Nanos action_time(ActionClock clock) = 0;
    /// How far that clock may be from the truth; nothing where nobody can tell.
    virtual std::optional<base::Nanos> error_bound(ActionClock clock) = 0;
};

}  // namespace quorate::io
