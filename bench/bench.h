// The measurements of `quorate bench`: each runs beside its own baseline, turn by turn, so that
// whatever else the machine does hits both.
//
//   const bench::Measurement* echo = bench::find_measurement("send-leader-echo");
//   echo->run(*bench::find_profile("lan"), [](const bench::Figure& figure) { print(figure); });
//
// A measurement blocks for seconds to minutes, starts processes of this very executable (they are
// `quorate bench --worker …`, see run_worker) and ends them. It throws Failed when one of them does
// not do its part.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/spec.h"

namespace quorate::bench {

/// A named timing; nothing else differs between profiles.
struct Profile {
    std::string_view name;
    Timing timing;
};
std::span<const Profile> profiles();
/// Null if there is none of that name.
const Profile* find_profile(std::string_view name);

/// What one setting of a measurement came to. What does not apply is left out.
struct Figure {
    std::string name;
    std::string baseline;  ///< what it is held against, in words
    std::size_t samples = 0;
    std::optional<double> p50_us = {};
    std::optional<double> p99_us = {};
    std::optional<double> max_us = {};
    std::optional<double> per_second = {};
    std::optional<double> resident_kib = {};
    std::optional<double> step_ns = {};  ///< processor time of a call of the core
    std::optional<double> allocations_per_entry = {};
    std::optional<double> payload_allocations_per_entry = {};  ///< the client's, not in the above
    std::optional<double> baseline_allocations_per_entry = {};
    /// Of the samples, those where the follower was told that it was evicted, and those where it
    /// was told of a state in place of the log.
    std::optional<double> evicted = {};
    std::optional<double> by_state = {};
    std::optional<double> baseline_p50_us = {};
    std::optional<double> baseline_per_second = {};
    std::optional<double> baseline_resident_kib = {};
    /// Ours by the baseline's: of rates where both have one, else of medians, else of sizes.
    std::optional<double> ratio() const;
};
using Report = std::function<void(const Figure&)>;

struct Measurement {
    std::string_view name;
    std::string_view summary;
    void (*run)(const Profile& profile, const Report& report);
};
std::span<const Measurement> measurements();
/// Null if there is none of that name.
const Measurement* find_measurement(std::string_view name);

/// One process of a measurement, told by its standard input what to do. Returns its exit code.
int run_worker(const std::vector<std::string>& arguments);

/// A measurement could not be taken; the sentence says why.
struct Failed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace quorate::bench
