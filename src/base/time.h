// Time as the pure modules see it: values that were handed in. Nanoseconds throughout.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>

namespace quorate::base {

using Nanos = std::chrono::nanoseconds;

/// "No deadline". Small enough that adding a timeout to it does not overflow.
inline constexpr Nanos never{std::numeric_limits<std::int64_t>::max() / 2};
/// "Long ago". Large enough that subtracting it from a time does not overflow.
inline constexpr Nanos long_ago{std::numeric_limits<std::int64_t>::min() / 4};

/// One reading of a member's clocks.
struct Moment {
    Nanos monotonic{};  ///< CLOCK_MONOTONIC: timeouts, promises (stands still in suspend)
    Nanos boottime{};   ///< CLOCK_BOOTTIME: leases and the age of acknowledgements (runs on in
                        ///< suspend)
};

}  // namespace quorate::base
