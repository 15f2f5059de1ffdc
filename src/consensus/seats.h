// Who should hold the seats (rules 1 and 3): a pure decision over plain lists, proposed by the
// leader.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "consensus/state_machine.h"

namespace quorate::consensus {

/// What the plan is made from.
struct SeatView {
    std::vector<MemberId> voters;             ///< today's, dead or not
    std::vector<MemberId> learners;           ///< today's
    std::function<bool(MemberId)> caught_up;  ///< holds nearly the whole log
    std::function<bool(MemberId)> dead;       ///< its process is proven dead
};

struct SeatPlan {
    std::vector<MemberId> voters;
    std::vector<MemberId> learners;
};

/// The next configuration to change to, or nothing when today's is as it should be. One change at a
/// time:
/// - every roster member without a seat is a learner (newcomers get the log at once), and nobody
/// else;
/// - a caught-up learner of role member or witness takes a free seat below the seats of the spec;
/// - with no free seat, it takes over the seat of a voter that is not in the roster any more, or is
///   proven dead. Never a living roster member's, and a seat is never freed: voters never get
///   fewer.
/// Witnesses and members alike; observers stay learners. Several may move in one change.
std::optional<SeatPlan> plan_seats(const StateMachine& machine, const SeatView& view);

/// The voters and learners of a founding: the first seats() of the roster that are no observers get
/// the seats, in roster order.
SeatPlan founding_seats(const Founding& founding);

}  // namespace quorate::consensus
