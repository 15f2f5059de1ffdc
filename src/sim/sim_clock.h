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
    Nanos action_time(ActionClock) override { return realtime(); }
    /// How far the wall clock really is from the truth; of one that is far off nobody can say.
    std::optional<Nanos> error_bound(ActionClock) override;

    /// CLOCK_REALTIME of a clock without an error.
    static Nanos true_realtime(Nanos simulated) { return epoch + simulated; }
    static constexpr Nanos epoch = std::chrono::hours(24 * 365 * 55);
    /// Simulated time at which CLOCK_REALTIME reaches `reading`, if nobody steps it.
    Nanos when_realtime(Nanos reading) const { return when_elapsed(reading - settings_.realtime); }
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
