#include <algorithm>
#include <cstring>
#include <thread>

#include "bench/bare/node_ports.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

namespace {

constexpr std::size_t frame_bytes = 64;

/// The worker thread: never ends.
class Pulse {
public:
    Pulse(Context& context, const NodePorts& ports, std::int64_t period_ns)
        : leads_(ports.index == 0),
          own_(ports.index),
          period_ns_(period_ns),
          inbox_(context, ZMQ_PULL),
          nodes_(leads_ ? connect_to_all(context, ports) : connect_to_first(context, ports)) {
        inbox_.bind(ports.own_endpoint());
    }

    void run() {
        std::int64_t beat_at = monotonic_ns();
        Message message;
        while (true) {
            // Rounded up: rounded down it would spin through the last millisecond.
            const std::int64_t left_ms = (beat_at - monotonic_ns() + 999'999) / 1'000'000;
            wait_for({&inbox_}, leads_ ? static_cast<int>(std::max<std::int64_t>(left_ms, 0)) : -1);
            while (inbox_.try_receive(message)) {
                if (!heard_) WorkerLines::say("heard " + std::to_string(monotonic_ns()));
                heard_ = true;
                if (!leads_) send_to(0);
            }
            if (!leads_ || monotonic_ns() < beat_at) continue;
            for (std::size_t node = 0; node < nodes_.size(); ++node) {
                if (node != own_) send_to(node);
            }
            beat_at += period_ns_;
        }
    }

private:
    void send_to(std::size_t node) {
        Message frame(frame_bytes);
        std::memset(frame.data(), '.', frame_bytes);
        nodes_[node].send(frame);
    }

    const bool leads_;
    bool heard_ = false;
    const std::size_t own_;
    const std::int64_t period_ns_;
    Socket inbox_;
    std::vector<Socket> nodes_;
};

}  // namespace

void run_pulse(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments, 1);
    Context context;
    Pulse pulse(context, ports, number_at(arguments, 0) * 1000);
    std::thread worker([&] { pulse.run(); });
    WorkerLines lines;
    while (true) lines.next_command(-1);
}

}  // namespace quorate::bench::bare
