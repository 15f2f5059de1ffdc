// What a message must be like to be looked at, whoever sent it (design rule 12): the network is
// hostile, so a bad message is ignored, never a broken invariant. Pure.
#pragma once

#include "raft/messages.h"

namespace quorate::raft {

/// Terms stay far from overflow. One election a millisecond, by which terms rise, takes more than a
/// month to a leap: what is further ahead is forged, and would bring the end of all terms nearer.
inline constexpr Term max_term = Term{1} << 62;
inline constexpr Term max_term_leap = Term{1} << 32;
inline constexpr Index max_index = Index{1} << 62;

/// At least one voter, nobody twice in a list, no learner that votes.
bool is_sound(const Configuration& configuration);
/// Numbers within bounds; entries in unbroken order with terms that never fall (section 3.5).
bool is_sound(const Message& message);

}  // namespace quorate::raft
