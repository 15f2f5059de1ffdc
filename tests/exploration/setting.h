// What is explored: who takes part, within which bounds, and which deliberate faults are built in.
//
// Time is abstract. All clocks show the same and move in ticks of one heartbeat, only when the
// exploration takes the step "a tick passes": for all, at any moment, whoever has timers that are
// due. So a timer fires at its deadline or at any time after it, and a message is on its way for
// none, some or too many ticks. election_min is election_max (so that randomness decides nothing):
// two ticks, and an answer counts while it is younger than that. A message that is
// `Bounds::life` ticks old is lost, counted from the sending of the request that it answers.
// Since only differences between times matter to the core, and none that is longer than the life of
// a message, two situations that differ by a shift in time, or in what lies further back, are one;
// that is what makes the states finite in number. (It is exact, not an approximation: see
// fingerprint.h, and the twins in replicas.h, which check it.) What it misses: clocks that run
// apart, machines that are suspended (CLOCK_BOOTTIME ahead of CLOCK_MONOTONIC), timeouts that are
// longer for one than for another before either fires, older messages, disks that lag.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "raft/raft.h"

namespace quorate::exploration {

using raft::Index;
using raft::Moment;
using raft::Nanos;
using raft::Term;

inline constexpr std::size_t max_nodes = 4;
inline constexpr Nanos tick = std::chrono::milliseconds(1);
inline constexpr int election_ticks = 2;

/// Nodes are 0, 1, 2 inside (and 3 where there are four), and 1, 2, 3 to readers and to the core.
using Node = std::uint8_t;
inline MemberId member(Node node) {
    return MemberId{0, node + std::uint64_t{1}};
}
inline Node node_of(MemberId id) {
    return static_cast<Node>(id.low - 1);
}

/// What may happen how often. Beyond it a branch is not followed.
struct Bounds {
    Term terms = 3;
    std::uint8_t proposals = 1;
    std::uint8_t changes = 0;    ///< of the configuration
    std::uint8_t crashes = 1;    ///< each may be followed by a restart, and by proofs of the death
    std::uint8_t transfers = 0;  ///< leadership handed on
    std::uint8_t compactions = 0;
    std::uint8_t repeats = 0;  ///< deliveries of a message that stays under way
    /// Entries in one Append: with one, followers are seen with every part of the log.
    std::uint8_t batch = 1;
    /// Messages under way from one node to another; a further one pushes the oldest out.
    std::uint8_t channel = 2;
    std::uint8_t life = 3;  ///< ticks after which a message is lost; over election_ticks
};

/// Faults that a correct core would not have: each must be found.
struct Mutations {
    bool amnesia = false;         ///< who restarts has forgotten term, vote and log
    bool no_withholding = false;  ///< who restarts votes and promises at once
};

struct Founding {
    std::vector<MemberId> voters;
    std::vector<MemberId> learners;
};

class Opening;

struct Setting {
    std::string name;
    std::string about;
    /// Each node's own; they are the same unless the setting is about a split.
    std::size_t nodes = 3;
    std::array<Founding, max_nodes> founding;
    std::vector<MemberId> change_to;  ///< the voters that the change names; all others then learn
    Bounds bounds;
    std::uint32_t seats = 3;
    Mutations mutations;
    /// Steps that are taken before the exploration starts; none if null.
    void (*open)(Opening&) = nullptr;
};

/// What went wrong: thrown by whatever finds it.
struct Violation {
    std::string rule;     ///< in words
    std::string details;  ///< one line
};

}  // namespace quorate::exploration
