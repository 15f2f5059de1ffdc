// Rule: a request that was accepted is answered exactly once, within 5 s, and nothing is after
// `left`.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <utility>

#include "quorate/events.h"
#include "sim/names.h"

namespace quorate::sim {

class RequestOutcomes {
public:
    /// A component's request was handed to its group. `now`: the member's CLOCK_MONOTONIC.
    void accepted(Life life, RequestId request, const char* what, Nanos now);
    void answered(Life life, RequestId request);
    void left(Life life);
    /// Any other event was told.
    void told(Life life) const;
    /// After a turn at `now` of a member that has been running since `awake_since`: stopped members
    /// answer late.
    void check(Life life, Nanos now, Nanos awake_since);
    bool has_left(Life life) const { return left_.contains(life); }
    void died(Life life);

    static constexpr Nanos patience = std::chrono::milliseconds(5500);

private:
    struct Request {
        RequestId id = 0;
        const char* what = "";
        Nanos since{};
    };
    struct Open {
        std::deque<Request> in_order;
        std::set<RequestId> unanswered;
    };
    std::map<Life, Open> open_;
    std::set<Life> left_;
};

}  // namespace quorate::sim
