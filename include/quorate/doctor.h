// Looks whether this machine and its network let a member do what its options say, before it is
// needed: `quorate doctor` in the library.
//
//   for (const quorate::Finding& finding : quorate::examine({.member = options})) {
//       std::cout << quorate::to_string(finding.verdict) << ' ' << finding.check << ": " << finding.what << '\n';
//       if (finding.verdict != quorate::Verdict::ok) std::cout << finding.why << ' ' << finding.advice << '\n';
//   }
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/spec.h"

namespace quorate {

enum class Verdict : std::uint8_t {
    ok,
    warning,  ///< works, but maybe not as it is meant
    failed,   ///< a member with these options could not do its part
};

/// One thing that was looked at. Sentences for people; `check` for programs.
struct Finding {
    std::string check;  ///< stable: listen, advertise, beacon, beacon_interface, beacon_others, seed, clock,
                        ///< descriptors, real_time, memory, keys
    Verdict verdict = Verdict::ok;
    std::string what;    ///< what was found
    std::string why;     ///< why it matters; empty when ok
    std::string advice;  ///< what to do; empty when ok
};

struct ExaminationOptions {
    MemberOptions member = {};
    /// How many other processes must be heard on the beacon within 5 s: members, or examinations of
    /// other hosts that run at the same time.
    std::size_t expect_others = 0;
};

/// Blocks for up to 6 s; any thread. Binds the address to listen on for a moment, sends beacon
/// datagrams, dials the seeds, and tries what `real_time` asks for on threads of its own (memory is
/// not locked, only whether it could be is looked at). `options.member` must be usable:
/// find_problem() has found nothing.
std::vector<Finding> examine(const ExaminationOptions& options);

/// `ok`, `warning`, `failed`.
std::string_view to_string(Verdict verdict);

}  // namespace quorate
