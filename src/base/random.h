// Seeded randomness: the only kind the pure modules know. The same seed gives the same numbers on
// every platform (std::mt19937_64 is specified to the bit; the distributions of <random> are not).
#pragma once

#include <cstdint>
#include <random>

#include "base/check.h"
#include "base/time.h"
#include "quorate/id.h"

namespace quorate::base {

class Random {
public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    std::uint64_t next() { return engine_(); }
    /// Uniform in [0, bound); bound > 0. The modulo bias is below 2^-32 for bounds below 2^32.
    std::uint64_t below(std::uint64_t bound) {
        QUORATE_CHECK(bound > 0, "an empty range has no element to draw");
        return next() % bound;
    }
    /// Uniform in [low, high].
    Nanos between(Nanos low, Nanos high) {
        return low + Nanos(below(static_cast<std::uint64_t>((high - low).count()) + 1));
    }
    /// True once in `times` on average; `times` 0 means never.
    bool one_in(std::uint64_t times) { return times > 0 && below(times) == 0; }
    double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
    template <class SomeId>
    SomeId id() {
        return SomeId{next(), next() | 1};
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace quorate::base
