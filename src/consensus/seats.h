// Who should hold the seats (rules 1 and 3): a pure decision over plain lists, proposed by the
// leader.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "consensus/state_machine.h"

namespace quorate::consensus {

/// What the plan is made from.
struct SeatView {
    std::span<const MemberId> voters;          ///< today's, dead or not
    std::span<const MemberId> learners;        ///< today's
    std::span<const MemberId> witnesses = {};  ///< today's
    std::uint32_t seats = 1;                   ///< today's
    std::function<bool(MemberId)> caught_up;   ///< holds nearly the whole log
    std::function<bool(MemberId)> dead;        ///< its process is proven dead
    std::function<bool(MemberId)> alive;       ///< heard of just now
};

struct SeatPlan {
    std::vector<MemberId> voters;
    std::vector<MemberId> learners;
    std::vector<MemberId> witnesses = {};  ///< those of the voters that keep no data
    std::uint32_t seats = 1;
};

/// The next configuration to change to, or nothing when today's is as it should be. One change at a
/// time:
/// - every roster member without a seat, and nobody else, is a learner (newcomers get the log at
///   once);
/// - a caught-up learner of role member or witness takes a free seat below the seats of the spec;
/// - with no free seat, it takes over the seat of a voter that is not in the roster any more, or is
///   proven dead. Never a living roster member's, and a seat is never freed: voters never get
///   fewer;
/// - but where the group was made smaller (StateMachine::wanted_seats): voters that are not in the
///   roster any more go until there are no more than seats, and only then do the seats get fewer;
/// - where it is to become larger, the seats get more once as many voters are alive as will be
///   needed from then on.
/// Observers stay learners. At most half of the voters are witnesses: one that would be too many
/// waits for another member to sit down. Several may move in one change. What is as it should be
/// costs no malloc: this is looked at with every heartbeat.
std::optional<SeatPlan> plan_seats(const StateMachine& machine, const SeatView& view);

/// How many of a deployment's members may be witnesses: half of them.
std::uint32_t max_witnesses(const GroupSpec& spec);

/// The voters and learners of a founding: the first seats() of the roster that are no observers get
/// the seats, in roster order; witnesses among them as far as they are at most half.
SeatPlan founding_seats(const Founding& founding);

}  // namespace quorate::consensus
