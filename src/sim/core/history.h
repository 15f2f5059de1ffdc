// What clients did and were told, and whether one register for each key explains it:
// linearizability (Herlihy and Wing, 1990), judged key by key, which is enough as it is a local
// property.
//
//   History history;
//   const auto write = history.invoked({.key = 0, .write = true, .value = 7, .call = 1ms});
//   history.returned(write, 7, 3ms);                    // never called: the outcome is unknown
//   if (const auto found = history.judge(); found.outcome != linearizable) complain(found.details);
//
// Every write writes a value of its own (0: nothing was ever written). The search is that of Wing
// and Gong (1993) with the states that it has seen remembered (Lowe, 2017). Values; never blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/names.h"

namespace quorate::sim::core {

using Value = std::uint64_t;

struct Operation {
    std::uint32_t key = 0;
    bool write = false;
    Value value = 0;  ///< what is written, or what was read
    Nanos call{};
    Nanos answer = base::never;  ///< never: it may have happened at any time since, or not at all
};

class History {
public:
    enum class Outcome : std::uint8_t { linearizable, violated, given_up };
    struct Finding {
        Outcome outcome = Outcome::linearizable;
        std::uint32_t key = 0;
        std::string details{};
        std::size_t steps = 0;  ///< of the search, over all keys
    };

    std::size_t invoked(const Operation& operation);
    void returned(std::size_t operation, Value value, Nanos answer);
    std::size_t size() const { return operations_.size(); }

    /// Gives up on a key after `max_steps` of search.
    Finding judge(std::size_t max_steps = 1'000'000) const;

private:
    std::vector<Operation> operations_;
};

}  // namespace quorate::sim::core
