// Digests of what the core's values mean for the future: for the exhaustive exploration
// (tests/exploration), which must tell whether it has been somewhere before. Nothing else uses
// them.
//
// Two values with one fingerprint go on alike, whatever they are told next. Times are taken
// relative to `now`; what lies further back than `horizon` counts as equally long ago (so horizon
// must be at least election_max and the age of the oldest message under way), and a deadline that
// has passed is due, since whenever. The generator of random numbers is left out: it decides
// nothing where election_min is election_max. Pure; any thread; no errors. 128 bits: among 2^32
// values the chance that any two different ones are taken for one is below 2^-64.
#pragma once

#include <cstdint>

#include "raft/messages.h"

namespace quorate::raft {

struct Fingerprint {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    bool operator==(const Fingerprint&) const = default;
};

Fingerprint fingerprint(const Entry& entry);
Fingerprint fingerprint(const Message& message, Moment now, Nanos horizon);

}  // namespace quorate::raft
