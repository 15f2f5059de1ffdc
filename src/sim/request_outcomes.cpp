#include "sim/request_outcomes.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {
[[noreturn]] void fail(Life life, RequestId request, const std::string& what) {
    broken("a request is answered once",
           "request " + std::to_string(request) + " of life " + std::to_string(life) + " " + what);
}
}  // namespace

void RequestOutcomes::accepted(Life life, RequestId request, const char* what, Nanos now) {
    Open& open = open_[life];
    open.in_order.push_back({request, what, now});
    open.unanswered.insert(request);
}

void RequestOutcomes::answered(Life life, RequestId request) {
    if (open_[life].unanswered.erase(request) == 0) fail(life, request, "is answered twice");
}

void RequestOutcomes::left(Life life) {
    if (!left_.insert(life).second) broken("left is the last event", "it was told twice");
    const Open& open = open_[life];
    if (!open.unanswered.empty()) {
        const RequestId request = *open.unanswered.begin();
        const auto asked = std::find_if(open.in_order.begin(), open.in_order.end(),
                                        [&](const Request& each) { return each.id == request; });
        fail(life, request,
             std::string("(") + asked->what + ") was not answered before the last event");
    }
}

void RequestOutcomes::told(Life life) const {
    if (has_left(life)) {
        broken("left is the last event", "life " + std::to_string(life) + " was told more");
    }
}

void RequestOutcomes::check(Life life, Nanos now, Nanos awake_since) {
    const auto found = open_.find(life);
    if (found == open_.end()) return;
    Open& open = found->second;
    while (!open.in_order.empty() && !open.unanswered.contains(open.in_order.front().id)) {
        open.in_order.pop_front();
    }
    if (open.in_order.empty() || has_left(life)) return;
    const Request& oldest = open.in_order.front();
    if (std::max(oldest.since, awake_since) + patience < now) {
        fail(life, oldest.id, std::string("(") + oldest.what + ") is not answered in time");
    }
}

void RequestOutcomes::died(Life life) {
    open_.erase(life);
    left_.erase(life);
}

}  // namespace quorate::sim
