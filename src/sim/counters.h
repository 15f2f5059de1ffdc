// What a run came to, so that an idle simulation shows.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace quorate::sim {

/// Plain numbers: they travel between processes as they are.
struct Counters {
    std::uint64_t seeds = 0;
    std::uint64_t failed = 0;
    std::uint64_t simulated_ms = 0;
    std::uint64_t elections = 0;
    std::uint64_t cuts = 0;
    std::uint64_t pauses = 0;
    std::uint64_t crashes = 0;
    std::uint64_t restarts = 0;
    std::uint64_t suspends = 0;
    std::uint64_t breaks = 0;  ///< connections closed without a death
    std::uint64_t leaves = 0;
    std::uint64_t joint = 0;  ///< joint configurations
    std::uint64_t foundings = 0;
    std::uint64_t resets = 0;
    std::uint64_t splits = 0;
    std::uint64_t evictions = 0;
    std::uint64_t resizes = 0;    ///< agreed
    std::uint64_t transfers = 0;  ///< that went through
    std::uint64_t actions = 0;
    std::uint64_t missed = 0;
    std::uint64_t cancelled = 0;
    std::uint64_t polls = 0;     ///< decided
    std::uint64_t ordered = 0;   ///< ordered messages acknowledged
    std::uint64_t messages = 0;  ///< delivered to components
    std::uint64_t frames = 0;
    std::uint64_t forged = 0;           ///< garbage and replayed frames
    std::uint64_t tokens_repeated = 0;  ///< see fencing_tokens.h

    void add(const Counters& other);
    /// "38.2 simulated hours, 1204 elections, …"
    std::string summary() const;
};

}  // namespace quorate::sim
