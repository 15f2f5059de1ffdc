#include "sim/sim_clock.h"

#include <algorithm>

namespace quorate::sim {

namespace {
constexpr int rate_bits = 20;
constexpr Nanos vouched_for = std::chrono::minutes(1);
constexpr Nanos horizon = std::chrono::hours(24);  // so that the products below stay in 63 bits

Nanos scale(Nanos time, std::int64_t rate) {
    return time + Nanos((time.count() * rate) >> rate_bits);
}
}  // namespace

SimClock::SimClock(const Scheduler& scheduler, const Settings& settings)
    : scheduler_(scheduler),
      settings_(settings),
      rate_(static_cast<std::int64_t>(settings.rate_error * (1 << rate_bits))) {}

Nanos SimClock::elapsed() const {
    return scale(scheduler_.now(), rate_);
}

base::Moment SimClock::now() {
    const Nanos local = elapsed();
    const Nanos awake = (suspended_ ? suspended_at_ : local) - slept_;
    return {.monotonic = settings_.monotonic + awake, .boottime = settings_.boottime + local};
}

Nanos SimClock::realtime() {
    return settings_.realtime + elapsed();
}

std::optional<Nanos> SimClock::error_bound(ActionClock) {
    const Nanos off = realtime() - true_realtime(scheduler_.now());
    const Nanos error = off < Nanos(0) ? -off : off;
    if (error > vouched_for) return std::nullopt;
    return error;
}

Nanos SimClock::when_elapsed(Nanos local) const {
    if (local <= Nanos(0)) return Nanos(0);
    if (local >= horizon) return base::never;
    Nanos guess = local - Nanos((local.count() * rate_) >> rate_bits);  // at or just before it
    while (scale(guess, rate_) < local) guess += std::max(Nanos(1), local - scale(guess, rate_));
    return guess;
}

Nanos SimClock::when_monotonic(Nanos reading) const {
    if (reading >= base::never / 2) return base::never;
    return when_elapsed(reading - settings_.monotonic + slept_);
}

Nanos SimClock::when_boottime(Nanos reading) const {
    if (reading >= base::never / 2) return base::never;
    if (reading <= base::long_ago / 2) return Nanos(0);
    return when_elapsed(reading - settings_.boottime);
}

void SimClock::suspend() {
    if (suspended_) return;
    suspended_ = true;
    suspended_at_ = elapsed();
}

void SimClock::wake() {
    if (!suspended_) return;
    suspended_ = false;
    slept_ += elapsed() - suspended_at_;
}

}  // namespace quorate::sim
