// A node's place among the others, from its arguments.
#pragma once

#include <vector>

#include "bench/bare/nodes.h"
#include "bench/bare/socket.h"

namespace quorate::bench::bare {

struct NodePorts {
    std::size_t index = 0;
    std::vector<Port> all;

    /// `arguments[first]` is INDEX, and what follows PORT….
    static NodePorts parse(const Arguments& arguments, std::size_t first = 0);
    std::size_t count() const { return all.size(); }
    std::string endpoint(std::size_t of) const { return loopback_endpoint(all.at(of)); }
    std::string own_endpoint() const { return endpoint(index); }
};

/// A PUSH socket to each node, in their order; the own one is not connected.
std::vector<Socket> connect_to_all(Context& context, const NodePorts& ports);
/// One, to the first.
std::vector<Socket> connect_to_first(Context& context, const NodePorts& ports);

}  // namespace quorate::bench::bare
