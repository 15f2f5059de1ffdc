// The floor under fail-over: how soon a process can know that another was killed, and have agreed
// on it with a third.
#include <cstring>

#include "bench/bare/node_ports.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

namespace {

constexpr std::size_t victim = 2;
constexpr char hello = 'H';
constexpr char query = 'Q';
constexpr char answer = 'A';

/// Whether the connection event that waits at the monitor says that one has closed.
bool tells_of_an_end(Socket& monitor) {
    Message event;
    Message address;
    bool ended = false;
    while (monitor.try_receive(event)) {
        monitor.receive(address);
        std::uint16_t kind = 0;
        std::memcpy(&kind, event.data(), sizeof kind);
        ended |= kind == ZMQ_EVENT_DISCONNECTED;
    }
    return ended;
}

}  // namespace

void run_survivor(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments);
    Context context;
    Socket inbox(context, ZMQ_PULL);
    zmq_socket_monitor(inbox.get(), "inproc://monitor", ZMQ_EVENT_DISCONNECTED);
    Socket monitor(context, ZMQ_PAIR);
    monitor.connect("inproc://monitor");
    inbox.bind(ports.own_endpoint());
    Socket other(context, ZMQ_PUSH);
    other.connect(ports.endpoint(1 - ports.index));
    WorkerLines lines;
    Message message;
    while (true) {
        wait_for({&inbox, &monitor}, 20);
        if (tells_of_an_end(monitor)) other.send_byte(query);
        while (inbox.try_receive(message)) {
            switch (message.data()[0]) {
                case hello:
                    WorkerLines::say("ready");
                    break;
                case query:
                    other.send_byte(answer);
                    break;
                default:
                    WorkerLines::say("known " + std::to_string(monotonic_ns()));
            }
        }
        lines.next_command(0);
    }
}

void run_victim(const Arguments& arguments) {
    Arguments place = arguments;
    place.insert(place.begin(), std::to_string(victim));
    const NodePorts ports = NodePorts::parse(place);
    Context context;
    std::vector<Socket> survivors = connect_to_all(context, ports);
    for (std::size_t i = 0; i < victim; ++i) survivors.at(i).send_byte(hello);
    WorkerLines lines;
    while (true) lines.next_command(-1);
}

}  // namespace quorate::bench::bare
