#include <set>

#include "bench/bare/node_ports.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

void run_mesh(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments);
    Context context;
    Socket inbox(context, ZMQ_PULL);
    inbox.bind(ports.own_endpoint());
    std::vector<Socket> nodes = connect_to_all(context, ports);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        if (i != ports.index) nodes[i].send_byte(static_cast<char>(ports.index));
    }
    std::set<char> heard;
    Message message;
    while (heard.size() + 1 < ports.count()) {
        inbox.receive(message);
        heard.insert(message.data()[0]);
    }
    WorkerLines::say("heard " + std::to_string(monotonic_ns()));
    WorkerLines lines;
    while (true) lines.next_command(-1);
}

}  // namespace quorate::bench::bare
