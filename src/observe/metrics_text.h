// GroupMetrics as prometheus-cpp's families. For src/observe alone.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "quorate/metrics.h"

namespace quorate::observe {

struct NamedMetrics {
    std::string group;
    GroupMetrics metrics;
};

/// One family a metric, with one series a group (and a peer, a cause, …) in it.
std::vector<prometheus::MetricFamily> describe_metrics(const std::vector<NamedMetrics>& all);

}  // namespace quorate::observe
