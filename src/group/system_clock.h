// The machine's clocks. Any thread; never blocks.
#pragma once

#include "io/clock.h"
#include "io/monotonic_clock.h"

namespace quorate::group {

/// CLOCK_BOOTTIME alone, for am_leader(): a suspended machine wakes without a lease (rule 5).
base::Nanos read_boottime();
/// CLOCK_MONOTONIC alone.
using io::read_monotonic;

/// What moments of actions are read on.
base::Nanos read_action_clock(ActionClock clock);
/// The kernel's word on it (adjtimex(2), maxerror); nothing where it says unsynchronised, or where
/// nobody has told it how far TAI is from UTC.
std::optional<base::Nanos> action_clock_error(ActionClock clock);

class SystemClock final : public io::Clock {
public:
    base::Moment now() override;
    base::Nanos realtime() override;
    base::Nanos action_time(ActionClock clock) override { return read_action_clock(clock); }
    std::optional<base::Nanos> error_bound(ActionClock clock) override {
        return action_clock_error(clock);
    }
};

}  // namespace quorate::group
