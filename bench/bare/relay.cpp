// The same hops as a message between components: inproc to a worker thread, TCP to a peer's, inproc
// to its component.
#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "bench/bare/node_ports.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"
#include "bench/worker_lines.h"

namespace quorate::bench::bare {

namespace {

constexpr unsigned char to_all = 255;
constexpr int drain_limit = 1024;
constexpr std::uint64_t progress_every = 256;  // as in the library's measurement
constexpr std::uint64_t window = 2048;

/// At the front of each message.
struct Head {
    unsigned char to = 0;  ///< a node, or to_all
    unsigned char from = 0;
    char mark = 0;  ///< 'E' echo, 'R' its return, 'D' data, 'P' progress
    std::uint64_t number = 0;
};

void fill(Message& message, const Head& head) {
    std::memset(message.data(), '.', message.size());
    std::memcpy(message.data(), &head, sizeof head);
}

Head head_of(Message& message) {
    Head head;
    if (message.size() < sizeof head) throw Failed("a baseline got a message too short");
    std::memcpy(&head, message.data(), sizeof head);
    return head;
}

/// The worker thread: never ends.
class Mover {
public:
    Mover(Context& context, const NodePorts& ports)
        : ports_(ports),
          component_(context, ZMQ_PAIR),
          inbox_(context, ZMQ_PULL, 16384),
          peers_(connect_to_all(context, ports)) {
        component_.connect("inproc://component");
        inbox_.bind(ports.own_endpoint());
    }

    void run() {
        Message message;
        while (true) {
            wait_for({&component_, &inbox_}, -1);
            for (int i = 0; i < drain_limit && inbox_.try_receive(message); ++i) {
                component_.send(message);
            }
            for (int i = 0; i < drain_limit && component_.try_receive(message); ++i) {
                forward(message);
            }
        }
    }

private:
    void forward(Message& message) {
        const unsigned char to = head_of(message).to;
        if (to != to_all) return peers_.at(to).send(message);
        for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
            if (peer == ports_.index) continue;
            Message shared;
            shared.share(message);
            peers_[peer].send(shared);
        }
        component_.send(message);  // a sender receives its own
    }

    const NodePorts& ports_;
    Socket component_;
    Socket inbox_;
    std::vector<Socket> peers_;
};

class RelayComponent {
public:
    RelayComponent(Context& context, const NodePorts& ports)
        : ports_(ports), mover_(context, ZMQ_PAIR), progress_(ports.count()) {
        mover_.bind("inproc://component");
    }

    void run() {
        WorkerLines lines;
        while (true) {
            wait_for({&mover_}, 10);
            if (take_waiting()) continue;
            while (const auto command = lines.next_command(0)) carry_out(*command);
        }
    }

private:
    void carry_out(const Words& command) {
        if (command.at(0) == "echo") {
            echo(command);
        } else {
            broadcast(static_cast<std::uint64_t>(number_at(command, 1)),
                      static_cast<std::size_t>(number_at(command, 2)));
        }
    }

    void send(unsigned char to, char mark, std::uint64_t number, std::size_t bytes) {
        Message message(std::max(bytes, sizeof(Head)));
        fill(message, {to, static_cast<unsigned char>(ports_.index), mark, number});
        mover_.send(message);
    }

    bool take_waiting() {
        bool any = false;
        Message message;
        while (mover_.try_receive(message)) {
            take(message);
            any = true;
        }
        return any;
    }

    void take(Message& message) {
        Head head = head_of(message);
        switch (head.mark) {
            case 'E': {
                Message back(message.size());
                fill(back, {head.from, static_cast<unsigned char>(ports_.index), 'R', 0});
                mover_.send(back);
                break;
            }
            case 'R':
                ++returned_;
                break;
            case 'D':
                if (head.from == ports_.index) {
                    progress_[head.from] = head.number;
                } else if (head.number % progress_every == 0) {
                    send(head.from, 'P', head.number, 0);
                }
                break;
            case 'P':
                progress_.at(head.from) = head.number;
                break;
            default:
                break;
        }
    }

    template <class Condition>
    void take_until(Condition done) {
        while (!done()) {
            wait_for({&mover_}, -1);
            take_waiting();
        }
    }

    void echo(const Words& command) {
        const auto peer = static_cast<unsigned char>(number_at(command, 1));
        const std::int64_t count = number_at(command, 2);
        const auto bytes = static_cast<std::size_t>(number_at(command, 3));
        const std::chrono::milliseconds pause(number_at(command, 4, 0));
        Samples samples;
        for (std::int64_t i = 0; i < count; ++i) {
            returned_ = 0;
            const std::int64_t begin = monotonic_ns();
            send(peer, 'E', 0, bytes);
            take_until([&] { return returned_ > 0; });
            samples.add(monotonic_ns() - begin);
            std::this_thread::sleep_for(pause);
        }
        WorkerLines::say("samples " + samples.text());
    }

    void broadcast(std::uint64_t count, std::size_t bytes) {
        std::fill(progress_.begin(), progress_.end(), 0);
        const auto slowest = [&] { return *std::min_element(progress_.begin(), progress_.end()); };
        const std::int64_t begin = monotonic_ns();
        for (std::uint64_t number = 1; number <= count; ++number) {
            if (number > slowest() + window) {
                take_until([&] { return number <= slowest() + window / 2; });
            }
            send(to_all, 'D', number, bytes);
        }
        take_until([&] { return slowest() == count; });
        WorkerLines::say("elapsed " + std::to_string(monotonic_ns() - begin));
    }

    const NodePorts& ports_;
    Socket mover_;
    std::vector<std::uint64_t> progress_;
    std::uint64_t returned_ = 0;
};

}  // namespace

void run_relay(const Arguments& arguments) {
    const NodePorts ports = NodePorts::parse(arguments);
    Context context;
    RelayComponent component(context, ports);
    Mover mover(context, ports);
    std::thread worker([&] { mover.run(); });
    component.run();  // until the process ends
}

}  // namespace quorate::bench::bare
