// Durations that were measured, one by one. Values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/bench.h"

namespace quorate::bench {

class Samples {
public:
    void add(std::int64_t nanoseconds) { all_.push_back(nanoseconds); }
    void add(const Samples& others);
    /// As written by text().
    static Samples parse(std::string_view text);
    std::string text() const;

    std::int64_t at(std::size_t place) const { return all_.at(place); }
    std::size_t size() const { return all_.size(); }
    /// The smallest sample that `part` (0 to 1) of all don't exceed, in microseconds; there must be
    /// one.
    double quantile_us(double part) const;
    double median_us() const { return quantile_us(0.5); }
    /// Puts count, median, 99th percentile and maximum into `figure`.
    void describe(Figure& figure) const;

private:
    std::vector<std::int64_t> all_;
};

/// The middle one; there must be one.
double median(std::vector<double> values);

}  // namespace quorate::bench
