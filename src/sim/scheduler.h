// Simulated time: what happens next, in order of time and, at one time, of scheduling.
//
//   Scheduler scheduler;
//   scheduler.after(5ms, [] { … });
//   scheduler.run_until(60s);
//
// Single-threaded; time moves only in run_until().
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "sim/names.h"

namespace quorate::sim {

class Scheduler {
public:
    using Action = std::function<void()>;

    Nanos now() const { return now_; }
    /// At `when`, or at once if that is past.
    void at(Nanos when, Action action);
    void after(Nanos delay, Action action) { at(now_ + delay, std::move(action)); }
    /// Runs everything up to and including `end`; then it is `end`.
    void run_until(Nanos end);

private:
    struct Due {
        Nanos when;
        std::uint64_t order;
        std::uint32_t slot;
        bool operator>(const Due& other) const {
            return when != other.when ? when > other.when : order > other.order;
        }
    };

    Nanos now_{};
    std::uint64_t next_order_ = 0;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::vector<Action> actions_;  ///< by slot, so that the heap moves small values only
    std::vector<std::uint32_t> free_slots_;
};

}  // namespace quorate::sim
