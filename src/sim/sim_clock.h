// One machine's clocks. They run at a rate of their own, within the stated drift; suspend stops the
// monotonic one and not the others; the wall clock can be stepped.
//
// Simulated time is the measure that the checkers judge by; no member ever sees it.
#pragma once

#include "io/clock.h"
#include "sim/scheduler.h"

namespace quorate::sim {

class SimClock final : public io::Clock {
public:
    struct Settings {
        Nanos monotonic{};  ///< readings at simulated time 0
        Nanos boottime{};
        Nanos realtime{};
        double rate_error = 0;  ///< 0.01: runs one per cent fast
    };

    SimClock(const Scheduler& scheduler, const Settings& settings);

    base::Moment now() override;
    Nanos realtime() override;

    /// Simulated time at which CLOCK_MONOTONIC reaches `reading`, if the machine is not suspended.
    Nanos when_monotonic(Nanos reading) const;
    /// Simulated time at which CLOCK_BOOTTIME reaches `reading`; clamped to [0, base::never].
    Nanos when_boottime(Nanos reading) const;

    void suspend();
    void wake();
    bool suspended() const { return suspended_; }
    void step_realtime(Nanos by) { settings_.realtime += by; }

private:
    Nanos elapsed() const;
    Nanos when_elapsed(Nanos local) const;

    const Scheduler& scheduler_;
    Settings settings_;
    std::int64_t rate_ = 0;  ///< in 2^-20
    bool suspended_ = false;
    Nanos suspended_at_{};
    Nanos slept_{};
};

}  // namespace quorate::sim
