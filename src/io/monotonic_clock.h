// CLOCK_MONOTONIC. Any thread; never blocks.
#pragma once

#include <chrono>

#include "base/time.h"

namespace quorate::io {

inline base::Nanos read_monotonic() {
    return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace quorate::io
