// One seed, from its first process to the verdict.
//
//   const Verdict verdict = run_seed(17, {.trace = false});
//   if (!verdict.ok()) std::puts(verdict.describe().c_str());
//
// Deterministic: a seed that fails, fails again in the same way. Single-threaded; never sleeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/counters.h"
#include "sim/names.h"
#include "sim/rule_broken.h"

namespace quorate::sim {

struct RunOptions {
    bool trace = false;  ///< tell the story on standard output
};

struct Verdict {
    std::uint64_t seed = 0;
    std::optional<RuleBroken> broken;
    Nanos at{};  ///< simulated time of the end
    Counters counters;

    bool ok() const { return !broken.has_value(); }
    /// "seed 17 breaks the rule: … at 12.345678: …"
    std::string describe() const;
};

/// A coordinated group.
Verdict run_seed(std::uint64_t seed, const RunOptions& options);
/// A default group.
Verdict run_default_seed(std::uint64_t seed, const RunOptions& options);

}  // namespace quorate::sim
