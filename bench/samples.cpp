#include "bench/samples.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace quorate::bench {

void Samples::add(const Samples& others) {
    all_.insert(all_.end(), others.all_.begin(), others.all_.end());
}

Samples Samples::parse(std::string_view text) {
    Samples samples;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        if (*at == ' ') {
            ++at;
            continue;
        }
        std::int64_t value = 0;
        const auto [after, problem] = std::from_chars(at, end, value);
        if (problem != std::errc()) throw Failed("a worker's samples can't be read");
        samples.add(value);
        at = after;
    }
    return samples;
}

std::string Samples::text() const {
    std::string text;
    text.reserve(all_.size() * 8);
    for (const std::int64_t value : all_) {
        if (!text.empty()) text += ' ';
        text += std::to_string(value);
    }
    return text;
}

double Samples::quantile_us(double part) const {
    if (all_.empty()) throw Failed("nothing was measured");
    std::vector<std::int64_t> sorted = all_;
    const double rank = std::ceil(part * static_cast<double>(sorted.size()));
    const auto place = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
    std::nth_element(sorted.begin(), sorted.begin() + place, sorted.end());
    return static_cast<double>(sorted[static_cast<std::size_t>(place)]) / 1000.0;
}

void Samples::describe(Figure& figure) const {
    figure.samples = size();
    figure.p50_us = median_us();
    figure.p99_us = quantile_us(0.99);
    figure.max_us = quantile_us(1.0);
}

double median(std::vector<double> values) {
    if (values.empty()) throw Failed("nothing was measured");
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

std::optional<double> Figure::ratio() const {
    const auto divide = [](std::optional<double> ours, std::optional<double> theirs) {
        return ours && theirs && *theirs > 0 ? std::optional<double>(*ours / *theirs)
                                             : std::nullopt;
    };
    if (const auto rates = divide(per_second, baseline_per_second)) return rates;
    if (const auto medians = divide(p50_us, baseline_p50_us)) return medians;
    return divide(resident_kib, baseline_resident_kib);
}

}  // namespace quorate::bench
