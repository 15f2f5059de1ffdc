#include <chrono>
#include <thread>

#include "bench/bare/node_ports.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

namespace {

constexpr char ping = 'P';
constexpr char pong = 'O';

Samples ping_pong(Socket& peer, Socket& inbox, const Words& command) {
    const std::int64_t count = number_at(command, 1);
    const auto bytes = static_cast<std::size_t>(number_at(command, 2));
    const std::chrono::milliseconds pause(number_at(command, 3, 0));
    Samples samples;
    for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t begin = monotonic_ns();
        Message message(bytes);
        message.data()[0] = ping;
        peer.send(message);
        inbox.receive(message);
        samples.add(monotonic_ns() - begin);
        std::this_thread::sleep_for(pause);
    }
    return samples;
}

}  // namespace

void run_bouncer(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments);
    Context context;
    Socket inbox(context, ZMQ_PULL);
    inbox.bind(ports.own_endpoint());
    std::vector<Socket> peers = connect_to_all(context, ports);
    Socket& peer = peers.at((ports.index + 1) % ports.count());
    WorkerLines lines;
    Message message;
    while (true) {
        wait_for({&inbox}, 10);
        bool any = false;
        while (inbox.try_receive(message)) {
            any = true;
            if (message.data()[0] != ping) continue;
            message.data()[0] = pong;
            peer.send(message);
        }
        if (any) continue;
        while (const auto command = lines.next_command(0)) {
            WorkerLines::say("samples " + ping_pong(peer, inbox, *command).text());
        }
    }
}

}  // namespace quorate::bench::bare
