#include "bench/bare/start.h"

namespace quorate::bench::bare {

std::vector<std::string> worker_arguments(const std::string& kind,
                                          const std::vector<std::string>& first,
                                          const std::vector<Port>& ports) {
    std::vector<std::string> arguments = {"bench", "--worker", kind};
    arguments.insert(arguments.end(), first.begin(), first.end());
    for (const Port port : ports) arguments.push_back(std::to_string(port));
    return arguments;
}

std::vector<Process> start_nodes(const std::string& kind, std::size_t count,
                                 const std::vector<std::string>& first) {
    const std::vector<Port> ports = find_free_ports(count);
    std::vector<Process> nodes;
    for (std::size_t index = 0; index < count; ++index) {
        std::vector<std::string> own = first;
        own.push_back(std::to_string(index));
        nodes.emplace_back(worker_arguments(kind, own, ports));
    }
    return nodes;
}

std::vector<Process> start_floor(bool hop) {
    const std::vector<Port> ports = find_free_ports(3);
    std::vector<Process> nodes;
    nodes.emplace_back(worker_arguments("floor-leader", {hop ? "hop" : "direct"}, ports));
    nodes.emplace_back(worker_arguments("floor-follower", {"1"}, ports));
    nodes.emplace_back(worker_arguments("floor-follower", {"2"}, ports));
    return nodes;
}

}  // namespace quorate::bench::bare
