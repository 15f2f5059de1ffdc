// Majorities and the seat floor (design rule 1): the one place that says what a quorum is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "raft/types.h"

namespace quorate::raft {

/// Whether the voters for which `backs(id)` is true may elect and commit: a majority of `voters`,
/// in a joint configuration also of `outgoing`, and as many distinct voters of both as the seat
/// floor.
template <class Backs>
bool is_quorum(const Configuration& configuration, Backs&& backs) {
    const auto majority = [&](const std::vector<MemberId>& half) {
        const auto count = std::count_if(half.begin(), half.end(), backs);
        return static_cast<std::size_t>(count) > half.size() / 2;
    };
    if (!majority(configuration.voters)) return false;
    if (configuration.joint() && !majority(configuration.outgoing)) return false;
    std::size_t distinct = 0;
    for (const MemberId& id : configuration.voters) distinct += backs(id) ? 1 : 0;
    for (const MemberId& id : configuration.outgoing) {
        if (!is_among(id, configuration.voters)) distinct += backs(id) ? 1 : 0;
    }
    return distinct >= configuration.seat_floor();
}

/// The largest value v such that the voters whose `value_of(id)` is at least v are a quorum;
/// `lowest` if there is none. For match indexes and for the send times of acknowledged rounds.
template <class Value, class ValueOf>
Value quorum_value(const Configuration& configuration, Value lowest, ValueOf&& value_of) {
    // Each in turn, and no sorted copy: it is asked several times a heartbeat, of a few voters.
    Value best = lowest;
    const auto consider = [&](const MemberId& candidate) {
        const Value value = value_of(candidate);
        if (value <= best) return;
        const auto backs = [&](const MemberId& id) { return value_of(id) >= value; };
        if (is_quorum(configuration, backs)) best = value;
    };
    for (const MemberId& id : configuration.voters) consider(id);
    for (const MemberId& id : configuration.outgoing) consider(id);
    return best;
}

}  // namespace quorate::raft
