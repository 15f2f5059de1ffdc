#include "quorate/metrics.h"

#include <algorithm>
#include <numeric>

namespace quorate {

void DurationHistogram::add(Duration duration) {
    const std::int64_t ns = std::max<std::int64_t>(duration.count(), 0);
    const auto range = std::lower_bound(bounds_ns.begin(), bounds_ns.end(), ns);
    ++counts_[static_cast<std::size_t>(range - bounds_ns.begin())];
    sum_ += Duration(ns);
}

std::uint64_t DurationHistogram::count() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::string_view to_string(DropCause cause) {
    switch (cause) {
        case DropCause::garbage:
            return "garbage";
        case DropCause::other_version:
            return "other_version";
        case DropCause::other_group:
            return "other_group";
        case DropCause::too_large:
            return "too_large";
        case DropCause::other_incarnation:
            return "other_incarnation";
        case DropCause::wrong_receiver:
            return "wrong_receiver";
        case DropCause::unknown_sender:
            return "unknown_sender";
        case DropCause::other_deployment:
            return "other_deployment";
        case DropCause::forged_sender:
            return "forged_sender";
        case DropCause::unknown_key:
            return "unknown_key";
        case DropCause::stale:
            return "stale";
        case DropCause::overflow:
            return "overflow";
        case DropCause::rate_limited:
            return "rate_limited";
        case DropCause::several_parts:
            return "several_parts";
        case DropCause::link_full:
            return "link_full";
    }
    return "unknown";
}

}  // namespace quorate
