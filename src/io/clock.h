// The clocks, as a seam: the real ones in src/group, the simulator's in src/sim.
#pragma once

#include "base/time.h"

namespace quorate::io {

class Clock {
public:
    virtual ~Clock() = default;
    /// CLOCK_MONOTONIC and CLOCK_BOOTTIME, read together.
    virtual base::Moment now() = 0;
    /// CLOCK_REALTIME, nanoseconds since 1970. For stamps and founding epochs alone (rule 10).
    virtual base::Nanos realtime() = 0;
};

}  // namespace quorate::io
