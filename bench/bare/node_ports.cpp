#include "bench/bare/node_ports.h"

#include "bench/worker_lines.h"

namespace quorate::bench::bare {

NodePorts NodePorts::parse(const Arguments& arguments, std::size_t first) {
    NodePorts ports;
    ports.index = static_cast<std::size_t>(number_at(arguments, first));
    for (std::size_t place = first + 1; place < arguments.size(); ++place) {
        ports.all.push_back(static_cast<Port>(number_at(arguments, place)));
    }
    return ports;
}

std::vector<Socket> connect_to_all(Context& context, const NodePorts& ports) {
    std::vector<Socket> all;
    for (std::size_t i = 0; i < ports.count(); ++i) {
        all.emplace_back(context, ZMQ_PUSH);
        if (i != ports.index) all.back().connect(ports.endpoint(i));
    }
    return all;
}

std::vector<Socket> connect_to_first(Context& context, const NodePorts& ports) {
    std::vector<Socket> first;
    first.emplace_back(context, ZMQ_PUSH);
    first.back().connect(ports.endpoint(0));
    return first;
}

}  // namespace quorate::bench::bare
