// Counts this program's calls of operator new, for tests that say there are none.
#pragma once

#include <cstdint>

namespace quorate::testing {

/// On this thread, since it began.
std::uint64_t allocations();

}  // namespace quorate::testing
