// How the simulator numbers what it runs, and how it shows ids to a reader.
#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"
#include "quorate/id.h"

namespace quorate::sim {

/// The digest of what a witness was not given: of no content in particular.
inline constexpr std::uint64_t unknown_content = 0;

using base::Nanos;

/// A machine: 0, 1, …
using Node = std::uint32_t;
/// One process, from its start to its end: 1, 2, … never used again. 0: none.
using Life = std::uint32_t;

/// The first six digits are enough to tell ids apart in a story.
template <class SomeId>
std::string brief(const SomeId& id) {
    return id ? id.hex().substr(0, 6) : std::string("none");
}

/// "12.345678": seconds with microseconds.
std::string seconds(Nanos time);

}  // namespace quorate::sim
