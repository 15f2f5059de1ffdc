// Baseline processes of one kind that know each other's ports, seen from the measurement.
#pragma once

#include <string>
#include <vector>

#include "bench/ports.h"
#include "bench/process.h"

namespace quorate::bench::bare {

/// The command line of a worker: its kind, then what the kind takes (see nodes.h).
std::vector<std::string> worker_arguments(const std::string& kind,
                                          const std::vector<std::string>& first,
                                          const std::vector<Port>& ports);

/// `count` of them, each told `first…`, its index, and all ports.
std::vector<Process> start_nodes(const std::string& kind, std::size_t count,
                                 const std::vector<std::string>& first = {});

/// The floor under ordered messages: a leader (the first) and two followers.
std::vector<Process> start_floor(bool hop);

}  // namespace quorate::bench::bare
