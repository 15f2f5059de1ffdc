// TCP ports of the loopback that nobody listens on at the moment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quorate::bench {

using Port = std::uint16_t;

/// `count` different ones. They are free when this returns; whoever binds late may lose one to
/// somebody else.
std::vector<Port> find_free_ports(std::size_t count);
std::string loopback_endpoint(Port port);

}  // namespace quorate::bench
