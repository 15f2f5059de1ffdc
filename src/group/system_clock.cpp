#include "group/system_clock.h"

#include <sys/timex.h>

#include <ctime>

#include "base/check.h"

namespace quorate::group {

namespace {
base::Nanos read(clockid_t clock) {
    timespec time{};
    QUORATE_CHECK(clock_gettime(clock, &time) == 0, "every Linux has this clock");
    return std::chrono::seconds(time.tv_sec) + base::Nanos(time.tv_nsec);
}
}  // namespace

base::Nanos read_boottime() {
    return read(CLOCK_BOOTTIME);
}

base::Nanos read_action_clock(ActionClock clock) {
    switch (clock) {
        case ActionClock::realtime:
            return read(CLOCK_REALTIME);
        case ActionClock::tai:
            return read(CLOCK_TAI);
        case ActionClock::monotonic:
            break;
    }
    return read(CLOCK_MONOTONIC);
}

std::optional<base::Nanos> action_clock_error(ActionClock clock) {
    if (clock == ActionClock::monotonic) return base::Nanos(0);  // one host's is one clock
    timex state{};
    const int said = adjtimex(&state);
    if (said < 0 || said == TIME_ERROR || (state.status & STA_UNSYNC) != 0) return std::nullopt;
    if (clock == ActionClock::tai && state.tai == 0) return std::nullopt;
    return std::chrono::microseconds(state.maxerror);
}

base::Moment SystemClock::now() {
    // Boottime first: when the thread is held up between the two, promises look older than they are
    // and timeouts come due earlier, never the other way round.
    const base::Nanos boottime = read_boottime();
    return {.monotonic = read_monotonic(), .boottime = boottime};
}

base::Nanos SystemClock::realtime() {
    return read(CLOCK_REALTIME);
}

}  // namespace quorate::group
