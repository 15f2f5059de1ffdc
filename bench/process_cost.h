// What a process costs, as the kernel counts it. Linux.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "bench/ports.h"

namespace quorate::bench {

/// Processor time of all its threads until now.
std::int64_t processor_ns(pid_t pid);
/// Resident memory, pages shared with other processes included.
double resident_kib(pid_t pid);
/// TCP segments with data that were sent to any of these ports, over connections that are open now.
/// An idle group sends each frame in a segment of its own.
std::uint64_t segments_sent_to(const std::vector<Port>& ports);

}  // namespace quorate::bench
