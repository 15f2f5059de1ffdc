#include "group/event_outbox.h"

#include <iterator>
#include <utility>

namespace quorate::group {

namespace {
bool must_arrive(const Event& event) {
    return std::holds_alternative<RequestDone>(event) || std::holds_alternative<Refused>(event) ||
           std::holds_alternative<Left>(event);
}
}  // namespace

void EventOutbox::post(Event event) {
    if (!kept_.empty() && std::holds_alternative<Left>(kept_.back())) {
        kept_.insert(std::prev(kept_.end()), std::move(event));  // Left comes last
        return;
    }
    flush();
    if (must_arrive(event)) {
        if (kept_.empty() && mailbox_.post(event)) return;
        kept_.push_back(std::move(event));
    } else if (lost_ > 0 || !kept_.empty() || !mailbox_.post(std::move(event))) {
        ++lost_;
        ++dropped_;
    }
}

void EventOutbox::flush() {
    if (lost_ > 0 && mailbox_.post(EventsLost{lost_})) lost_ = 0;
    while (!kept_.empty() && mailbox_.post(kept_.front())) kept_.pop_front();
}

}  // namespace quorate::group
