// The floor under the fail-over from a leader that hangs: how soon a process can know of it that
// has nothing to go by but the silence.
#include <algorithm>
#include <random>

#include "bench/bare/node_ports.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

namespace {

class Watcher {
public:
    /// In nanoseconds, as everything here.
    using Timeouts = std::uniform_int_distribution<std::int64_t>;

    Watcher(Context& context, const NodePorts& ports, const Timeouts& timeouts)
        : inbox_(context, ZMQ_PULL),
          beating_(connect_to_first(context, ports)),
          timeouts_(timeouts) {
        inbox_.bind(ports.own_endpoint());
    }

    void turn() {
        wait_for({&inbox_}, patience_ms());
        Message beat;
        while (inbox_.try_receive(beat)) hear();
        if (!hears_ || monotonic_ns() < deadline_) return;
        hears_ = false;
        WorkerLines::say("missed " + std::to_string(monotonic_ns()));
    }

private:
    /// Each beat is acknowledged, and begins another timeout, as it does at a follower.
    void hear() {
        beating_.front().send_byte('.');
        deadline_ = monotonic_ns() + timeouts_(random_);
        if (!hears_) WorkerLines::say("heard " + std::to_string(monotonic_ns()));
        hears_ = true;
    }

    int patience_ms() const {
        constexpr std::int64_t look_at_input = 20;
        if (!hears_) return look_at_input;
        // Rounded up: rounded down it would spin through the last millisecond.
        const std::int64_t left_ms = (deadline_ - monotonic_ns() + 999'999) / 1'000'000;
        return static_cast<int>(std::max<std::int64_t>(left_ms, 0));
    }

    Socket inbox_;
    std::vector<Socket> beating_;
    Timeouts timeouts_;
    std::mt19937_64 random_{22};
    bool hears_ = false;
    std::int64_t deadline_ = 0;
};

}  // namespace

void run_watcher(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments, 2);
    const Watcher::Timeouts timeouts(number_at(arguments, 0) * 1000,
                                     number_at(arguments, 1) * 1000);
    Context context;
    Watcher watcher(context, ports, timeouts);
    WorkerLines lines;
    while (true) {
        watcher.turn();
        lines.next_command(0);
    }
}

}  // namespace quorate::bench::bare
