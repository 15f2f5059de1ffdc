#include "sim/network.h"

#include <algorithm>
#include <utility>

namespace quorate::sim {

using namespace std::chrono_literals;

Network::Network(Scheduler& scheduler, std::uint64_t seed, Node nodes, Receive receive)
    : scheduler_(scheduler),
      random_(seed),
      nodes_(nodes),
      receive_(std::move(receive)),
      cuts_(nodes * nodes, 0),
      answering_(nodes, 1),
      processes_(1),
      connections_(1) {
    processes_[0].alive = false;
}

void Network::listen(Life life, Node node, std::string endpoint, std::size_t link_bound,
                     bool beacon) {
    if (processes_.size() <= life) processes_.resize(life + 1);
    listeners_[endpoint] = life;
    homes_[endpoint] = node;
    Process& process = processes_[life];
    process.node = node;
    process.endpoint = std::move(endpoint);
    process.bound = link_bound;
    process.beacon = beacon;
}

void Network::vanish(Life life, bool silently) {
    Process& gone = processes_[life];
    gone.alive = false;
    gone.links.clear();
    if (listener(gone.endpoint) == life) listeners_.erase(gone.endpoint);
    for (io::ConnectionId id = 1; id < connections_.size(); ++id) {
        Connection& connection = connections_[id];
        if (connection.from == life && connection.open) {
            connection.open = false;
            if (!silently) close_at_receiver(id);
        } else if (connection.to == life && connection.open && !silently) {
            // The sender learns of it a little later; what it sends until then is lost.
            scheduler_.after(delay(), [this, id] { connections_[id].open = false; });
        }
    }
}

Life Network::listener(const std::string& endpoint) const {
    const auto found = listeners_.find(endpoint);
    return found == listeners_.end() ? 0 : found->second;
}

Nanos Network::delay() {
    if (random_.one_in(weather.spike_one_in)) {
        return random_.between(weather.delay_min, std::max(weather.delay_min, weather.spike_max));
    }
    return random_.between(weather.delay_min, weather.delay_max);
}

void Network::probe(Life from, const std::string& endpoint) {
    const Nanos asked_at = scheduler_.now();
    scheduler_.after(std::min(delay(), Nanos(300ms)),
                     [this, from, endpoint, asked_at] { answer_probe(from, endpoint, asked_at); });
}

void Network::answer_probe(Life from, const std::string& endpoint, Nanos asked_at) {
    using Answer = io::ProbeAnswered::Answer;
    const Nanos timeout = asked_at + random_.between(500ms, 1000ms);
    const auto home = homes_.find(endpoint);
    const Node here = processes_[from].node;
    const bool reached = home != homes_.end() && !is_cut(here, home->second) &&
                         !is_cut(home->second, here) && answering_[home->second] &&
                         !random_.one_in(weather.loss_one_in);
    if (!reached) return reply_to_probe(from, endpoint, Answer::unknown, timeout);
    const Answer answer = listener(endpoint) != 0 ? Answer::connected : Answer::refused;
    reply_to_probe(from, endpoint, answer, std::min(timeout, scheduler_.now() + delay()));
}

void Network::reply_to_probe(Life from, const std::string& endpoint,
                             io::ProbeAnswered::Answer answer, Nanos when) {
    scheduler_.at(when, [this, from, endpoint, answer] {
        if (processes_[from].alive) receive_(from, io::ProbeAnswered{endpoint, answer});
    });
}

void Network::announce(Life from, Payload datagram) {
    const Process& sender = processes_[from];
    if (!sender.beacon) return;
    for (const auto& [endpoint, life] : listeners_) {
        const Life to = life;
        if (to == from || !processes_[to].beacon || is_cut(sender.node, processes_[to].node) ||
            !answering_[processes_[to].node] || random_.one_in(weather.beacon_loss_one_in)) {
            continue;
        }
        scheduler_.after(delay(), [this, to, datagram] {
            if (processes_[to].alive) receive_(to, io::BeaconHeard{datagram});
        });
    }
}

void Network::cut(Node from, Node to) {
    ++cuts_[from * nodes_ + to];
}

void Network::mend(Node from, Node to) {
    int& count = cuts_[from * nodes_ + to];
    if (count == 0 || --count > 0) return;
    for (io::ConnectionId id = 1; id < connections_.size(); ++id) {
        Connection& connection = connections_[id];
        if (connection.held.empty()) continue;
        if (processes_[connection.from].node != from || processes_[connection.to].node != to) {
            continue;
        }
        for (Payload& frame : std::exchange(connection.held, {})) {
            put_on_wire(id, std::move(frame));
        }
    }
}

void Network::mend_all() {
    for (Node from = 0; from < nodes_; ++from) {
        for (Node to = 0; to < nodes_; ++to) {
            while (is_cut(from, to)) mend(from, to);
        }
    }
}

bool Network::break_a_connection() {
    std::vector<io::ConnectionId> open;
    for (io::ConnectionId id = 1; id < connections_.size(); ++id) {
        if (connections_[id].open && processes_[connections_[id].to].alive) open.push_back(id);
    }
    if (open.empty()) return false;
    const io::ConnectionId id = open[random_.below(open.size())];
    connections_[id].open = false;
    connections_[id].broken = true;
    connections_[id].held.clear();
    close_at_receiver(id);
    return true;
}

void Network::inject(Life to, Payload bytes) {
    if (processes_[to].alive) receive_(to, io::FrameArrived{std::move(bytes), 0});
}

}  // namespace quorate::sim
