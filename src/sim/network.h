// The simulated network between the machines of one World.
//
// Keeps what io::Transport promises (frames of one link arrive in order or not at all) and nothing
// more: links come up late and break, frames are lost, doubled, held back by a cut and delivered
// after it, and reach a new process at an old endpoint. A closed connection is told to the
// receiving side, except over a cut. A probe finds a listening process even when that is stopped.
//
// Endpoints are spelt tcp://10.0.0.NODE:PORT. Single-threaded.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "io/transport.h"
#include "sim/scheduler.h"

namespace quorate::sim {

/// How the network behaves; faults change it for a while.
struct Weather {
    Nanos delay_min = std::chrono::microseconds(100);
    Nanos delay_max = std::chrono::microseconds(500);
    std::uint64_t spike_one_in = 0;  ///< frames that take up to spike_max instead; 0: none
    Nanos spike_max{};
    std::uint64_t loss_one_in = 0;
    std::uint64_t duplicate_one_in = 0;
    bool hold_when_cut = true;  ///< what is sent into a cut arrives after it; otherwise it is lost
    std::uint64_t stale_one_in = 4;  ///< frames for a dead process that reach its successor instead
    Nanos reconnect = std::chrono::milliseconds(10);
    std::uint64_t beacon_loss_one_in = 0;
};

class Network {
public:
    using Receive = std::function<void(Life, io::TransportEvent)>;
    /// Sees every frame on its way; for the replaying of them.
    using Tap = std::function<void(Life from, const std::string& endpoint, const Payload&)>;

    Network(Scheduler& scheduler, std::uint64_t seed, Node nodes, Receive receive);

    // ---- processes ----
    void listen(Life life, Node node, std::string endpoint, std::size_t link_bound, bool beacon);
    /// The process is gone. `silently`: with its machine, so that nobody is told.
    void vanish(Life life, bool silently);
    /// Receivers count what waits with them towards the sender's bound.
    void taken(const io::TransportEvent& event);

    // ---- what SimTransport calls ----
    bool send(Life from, const std::string& endpoint, Payload frame);
    void close(Life from, const std::string& endpoint);
    void close_others(Life from, const std::function<bool(const std::string&)>& keeps);
    void probe(Life from, const std::string& endpoint);
    void announce(Life from, Payload datagram);

    // ---- faults ----
    Weather weather;
    Tap tap;
    /// Sees every frame when it is handed over, by whom: for the referee.
    std::function<void(Life from, const Payload&)> handed_over;
    /// Cuts overlap: a way is open when it was mended as often as it was cut.
    void cut(Node from, Node to);
    void mend(Node from, Node to);
    void mend_all();
    bool is_cut(Node from, Node to) const { return cuts_[from * nodes_ + to] > 0; }
    /// Off or suspended: nothing there answers.
    void set_answering(Node node, bool answering) { answering_[node] = answering; }
    /// Closes one open connection without a death. False if there is none.
    bool break_a_connection();
    /// Hands bytes to a process, as from a stranger's connection.
    void inject(Life to, Payload bytes);

    std::uint64_t frames() const { return frames_; }

private:
    struct Link {
        io::ConnectionId connection = 0;
        bool connecting = false;
        Nanos last_arrival{};  ///< of what a closed connection still flushes: a new one comes after
        std::deque<Payload> waiting;
    };
    struct Process {
        Node node = 0;
        std::string endpoint;
        std::size_t bound = 0;
        bool beacon = false;
        bool alive = true;
        std::unordered_map<std::string, Link> links;
    };
    struct Connection {
        Life from = 0;
        Life to = 0;
        bool open = true;     ///< as the sender sees it
        bool broken = false;  ///< what is on its way is lost
        bool closing = false;
        Nanos last_arrival{};
        std::size_t unread = 0;
        std::deque<Payload> held{};  ///< by a cut
    };

    Nanos delay();
    Life listener(const std::string& endpoint) const;
    void connect(Life from, const std::string& endpoint, Nanos delay);
    void try_to_connect(Life from, const std::string& endpoint);
    bool transmit(io::ConnectionId id, const std::string& endpoint, Payload frame);
    void put_on_wire(io::ConnectionId id, Payload frame);
    void deliver(io::ConnectionId id, Payload frame);
    void deliver_stale(const Connection& connection, Payload frame);
    void close_at_receiver(io::ConnectionId id);
    void answer_probe(Life from, const std::string& endpoint, Nanos asked_at);
    void reply_to_probe(Life from, const std::string& endpoint, io::ProbeAnswered::Answer answer,
                        Nanos when);

    Scheduler& scheduler_;
    base::Random random_;
    Node nodes_;
    Receive receive_;
    std::vector<int> cuts_;
    std::vector<char> answering_;
    std::vector<Process> processes_;  ///< by life
    std::map<std::string, Life> listeners_;
    std::unordered_map<std::string, Node> homes_;  ///< of every endpoint there ever was
    std::vector<Connection> connections_;          ///< by id
    std::uint64_t frames_ = 0;
};

/// io::Transport for one process.
class SimTransport final : public io::Transport {
public:
    SimTransport(Network& network, Life life, std::string endpoint)
        : network_(network), life_(life), endpoint_(std::move(endpoint)) {}

    bool send(const std::string& to, Payload frame) override {
        return network_.send(life_, to, std::move(frame));
    }
    void close(const std::string& to) override { network_.close(life_, to); }
    void close_others(const std::function<bool(const std::string&)>& keeps) override {
        network_.close_others(life_, keeps);
    }
    void probe(const std::string& to) override { network_.probe(life_, to); }
    void announce(Payload datagram) override { network_.announce(life_, std::move(datagram)); }
    const std::string& endpoint() const override { return endpoint_; }

private:
    Network& network_;
    Life life_;
    std::string endpoint_;
};

}  // namespace quorate::sim
