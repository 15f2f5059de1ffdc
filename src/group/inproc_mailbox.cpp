#include "group/inproc_mailbox.h"

#include <iterator>
#include <utility>

namespace quorate::group {

InprocMailbox::InprocMailbox(std::size_t max_commands, std::size_t max_events, Published& published)
    : commands_(context_, max_commands),
      events_(context_, "inproc://events"),
      max_events_(max_events),
      published_(published) {}

bool InprocMailbox::has_own_place(const Event& event) {
    return std::holds_alternative<RequestDone>(event) || std::holds_alternative<Refused>(event) ||
           std::holds_alternative<Left>(event);
}

void InprocMailbox::collect(std::deque<Event>& into) {
    while (std::optional<std::vector<Event>> batch = events_.receive()) {
        into.insert(into.end(), std::make_move_iterator(batch->begin()),
                    std::make_move_iterator(batch->end()));
    }
}

void InprocMailbox::taken(const Event& event) {
    if (!has_own_place(event)) waiting_.fetch_sub(1, std::memory_order_relaxed);
}

bool InprocMailbox::post(Event event) {
    // The component learns that it has left when nothing of the worker is left either: see
    // finish().
    if (std::holds_alternative<Left>(event)) return true;
    if (!has_own_place(event)) {
        // Only this thread adds, so what is read here can only be too many, never too few.
        if (waiting_.load(std::memory_order_relaxed) >= max_events_) return false;
        waiting_.fetch_add(1, std::memory_order_relaxed);
    }
    batch_.push_back(std::move(event));
    return true;
}

void InprocMailbox::flush() {
    if (batch_.empty()) return;
    events_.send(std::move(batch_));
    batch_.clear();
}

void InprocMailbox::publish_metrics(const GroupMetrics& metrics) {
    published_.set_metrics(metrics, {.commands_waiting = commands_.waiting(),
                                     .events_waiting = waiting_.load(std::memory_order_relaxed)});
}

void InprocMailbox::finish(std::uint64_t lost) {
    published_.set_lease(base::long_ago);
    GroupStatus gone;
    gone.id = published_.status()->id;
    published_.set_status(std::move(gone));
    if (lost > 0) batch_.emplace_back(EventsLost{lost});
    batch_.emplace_back(Left{});
    flush();
}

}  // namespace quorate::group
