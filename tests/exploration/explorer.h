// Goes through the states of a group, the nearest first, each once: so the first broken rule that
// is found comes with a shortest story.
//
//   Report report = explore(setting, {.states = 1'000'000});
//   if (report.violation) std::puts(report.story.c_str());
//
// Blocks until a limit is reached or there is nothing more; one thread. Memory: about 80 bytes a
// state visited (measured), and some hundred megabytes for what the cores do.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/exploration/setting.h"

namespace quorate::exploration {

struct Limits {
    std::uint64_t states = 1'000'000;  ///< visited; at most 2^32 - 2
    std::uint32_t depth = 1000;        ///< steps after the opening
    std::optional<std::chrono::steady_clock::time_point> until;
};

/// How often what happened: steps taken, whether or not they led to a state that was new.
struct Counts {
    std::uint64_t states = 0;       ///< different ones
    std::uint64_t transitions = 0;  ///< steps taken
    std::uint64_t leases = 0;       ///< states in which a lease is held
    std::uint64_t joint = 0;        ///< states in which somebody is in a joint configuration
    std::uint64_t down = 0;         ///< states in which a node is down
    std::uint64_t leaders = 0;      ///< nodes that took leadership
    std::uint64_t deposed = 0;
    std::uint64_t commits = 0;
    std::uint64_t truncations = 0;
    std::uint64_t changes_done = 0;  ///< joint configurations left
    std::uint64_t crashes = 0;
    std::uint64_t restarts = 0;
    std::uint64_t transfers = 0;
    std::uint64_t states_taken = 0;  ///< a state instead of the log
    std::uint64_t crowded = 0;       ///< messages pushed out of a full channel
    std::uint64_t core_steps = 0;    ///< different inputs that were given to the cores
    std::uint64_t twins = 0;         ///< see Replicas::twins_compared()

    void add(const Counts& other);
};

struct Report {
    Counts counts;
    std::uint32_t depth = 0;  ///< every state up to this many steps after the opening was visited
    bool exhausted = false;   ///< there are no others within the bounds
    double seconds = 0;
    std::optional<Violation> violation;
    std::string story;  ///< how the violation came about, line by line
};

Report explore(const Setting& setting, const Limits& limits);

}  // namespace quorate::exploration
