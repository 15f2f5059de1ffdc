// One state of the whole group, and the steps that lead from one to the next. Plain values of fixed
// size: replicas, messages and histories are numbers, under which their tables know them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "tests/exploration/hash_table.h"
#include "tests/exploration/setting.h"

namespace quorate::exploration {

using ReplicaId = std::uint32_t;
using FlightId = std::uint32_t;  ///< below 2^28
using HistoryId = std::uint32_t;

inline constexpr std::size_t max_flights = 24;

enum class Act : std::uint8_t {
    deliver,  ///< a message arrives
    fire,     ///< a node's timers that are due
    pass,     ///< a tick passes, for all
    propose,
    change,
    crash,
    restart,
    prove,     ///< `node` learns that `other`, which crashed, is dead
    transfer,  ///< `node` hands leadership on to `other`
    compact,
    lose,    ///< openings only: a message is lost
    repeat,  ///< a message arrives, and will once more
};

/// Whether an act is about a message under way.
inline bool of_a_flight(Act act) {
    return act == Act::deliver || act == Act::repeat || act == Act::lose;
}

struct Action {
    Act act = Act::pass;
    Node node = 0;
    Node other = 0;
    FlightId flight = 0;  ///< deliver and lose

    std::uint32_t packed() const {
        const std::uint32_t what =
            of_a_flight(act) ? flight : static_cast<std::uint32_t>(node * 16 + other);
        return static_cast<std::uint32_t>(act) << 28 | what;
    }
    static Action unpacked(std::uint32_t packed) {
        Action action;
        action.act = static_cast<Act>(packed >> 28);
        const std::uint32_t what = packed & 0xFFFFFFF;
        if (of_a_flight(action.act)) {
            action.flight = what;
        } else {
            action.node = static_cast<Node>(what / 16);
            action.other = static_cast<Node>(what % 16);
        }
        return action;
    }
};

struct Used {
    std::uint8_t proposals = 0;
    std::uint8_t changes = 0;
    std::uint8_t crashes = 0;
    std::uint8_t transfers = 0;
    std::uint8_t compactions = 0;
    std::uint8_t repeats = 0;
    std::array<std::uint8_t, 2> spare{};
};

struct State {
    std::array<ReplicaId, max_nodes> replicas{};
    HistoryId history = 0;
    std::uint32_t trail = 0;  ///< how this state was first reached; no part of it
    Used used;
    std::uint8_t flight_count = 0;
    /// Ascending, each once: a message that is under way twice is under way.
    std::array<FlightId, max_flights> flights{};

    void add(FlightId flight) {
        const auto end = flights.begin() + flight_count;
        const auto at = std::lower_bound(flights.begin(), end, flight);
        if (at != end && *at == flight) return;
        std::copy_backward(at, end, end + 1);
        *at = flight;
        ++flight_count;
    }
    void remove(FlightId flight) {
        const auto end = flights.begin() + flight_count;
        const auto at = std::lower_bound(flights.begin(), end, flight);
        if (at == end || *at != flight) return;
        std::copy(at + 1, end, at);
        --flight_count;
    }
    /// 64 bits of all that counts. Among n states the chance that two different ones share one
    /// (and hide what follows from the second) is about n²/2^65: 3 in a million for 10 million.
    std::uint64_t hash() const {
        std::uint64_t sum = history;
        const auto fold = [&](std::uint64_t value) {
            sum = mix((sum ^ value) + 0x9e3779b97f4a7c15ULL);
        };
        for (const ReplicaId id : replicas) fold(id);
        fold(std::bit_cast<std::uint64_t>(used));
        for (std::uint8_t i = 0; i < flight_count; ++i) fold(flights[i]);
        return sum;
    }
};

}  // namespace quorate::exploration
