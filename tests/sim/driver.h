// Runs many seeds on several worker processes, so that one that crashes is a finding and not the
// end.
#pragma once

#include <cstdint>

#include "sim/core/coverage.h"
#include "sim/counters.h"

namespace quorate::sim {

struct Range {
    std::uint64_t first = 1;
    std::uint64_t count = 100;
    unsigned jobs = 2;
};

/// Each prints a failing seed when it fails, and returns the sum over all seeds.
Counters run_groups(const Range& range);
Counters run_default(const Range& range);
core::Totals run_core(const Range& range);

}  // namespace quorate::sim
