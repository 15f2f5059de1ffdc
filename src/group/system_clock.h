// The machine's clocks. Any thread; never blocks.
#pragma once

#include "io/clock.h"

namespace quorate::group {

/// CLOCK_BOOTTIME alone, for am_leader(): a suspended machine wakes without a lease (rule 5).
base::Nanos read_boottime();
/// CLOCK_MONOTONIC alone.
base::Nanos read_monotonic();

class SystemClock final : public io::Clock {
public:
    base::Moment now() override;
    base::Nanos realtime() override;
};

}  // namespace quorate::group
