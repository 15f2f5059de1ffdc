#include <map>

#include "bench/bare/node_ports.h"
#include "bench/bare/visit.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

void run_greeter(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments);
    Context context;
    Socket inbox(context, ZMQ_PULL);
    inbox.bind(ports.own_endpoint());
    std::map<Port, Socket> visitors;
    WorkerLines::say("ready");
    Message message;
    while (true) {
        inbox.receive(message);
        const auto visitor = static_cast<Port>(number_in(message));
        auto known = visitors.find(visitor);
        const bool comes = known == visitors.end();
        if (comes) {
            known = visitors.emplace(visitor, Socket(context, ZMQ_PUSH)).first;
            known->second.connect(loopback_endpoint(visitor));
        }
        known->second.send_number(visitor);
        if (!comes) visitors.erase(known);
    }
}

Visit::Visit(const std::vector<Port>& greeters, Port own) : own_(own), inbox_(context_, ZMQ_PULL) {
    inbox_.bind(loopback_endpoint(own));
    for (const Port port : greeters) {
        greeters_.emplace_back(context_, ZMQ_PUSH);
        greeters_.back().connect(loopback_endpoint(port));
    }
    greet_all();
}

void Visit::greet_all() {
    for (Socket& greeter : greeters_) greeter.send_number(own_);
    Message answer;
    for (std::size_t i = 0; i < greeters_.size(); ++i) inbox_.receive(answer);
}

}  // namespace quorate::bench::bare
