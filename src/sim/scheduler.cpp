#include "sim/scheduler.h"

#include <algorithm>
#include <utility>

namespace quorate::sim {

void Scheduler::at(Nanos when, Action action) {
    std::uint32_t slot = 0;
    if (free_slots_.empty()) {
        slot = static_cast<std::uint32_t>(actions_.size());
        actions_.push_back(std::move(action));
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
        actions_[slot] = std::move(action);
    }
    due_.push({std::max(when, now_), next_order_++, slot});
}

void Scheduler::run_until(Nanos end) {
    while (!due_.empty() && due_.top().when <= end) {
        const Due next = due_.top();
        due_.pop();
        now_ = next.when;
        const Action action = std::exchange(actions_[next.slot], nullptr);
        free_slots_.push_back(next.slot);
        action();
    }
    now_ = end;
}

}  // namespace quorate::sim
