// Links: how frames travel from one process to an endpoint.
#include <algorithm>
#include <utility>

#include "sim/network.h"

namespace quorate::sim {

bool Network::send(Life from, const std::string& endpoint, Payload frame) {
    if (handed_over) handed_over(from, frame);
    Process& sender = processes_[from];
    Link& link = sender.links[endpoint];
    if (link.connection != 0 && connections_[link.connection].open) {
        return transmit(link.connection, endpoint, std::move(frame));
    }
    link.connection = 0;
    if (link.waiting.size() >= sender.bound) return false;
    link.waiting.push_back(std::move(frame));
    if (!link.connecting) connect(from, endpoint, delay() + delay());
    return true;
}

void Network::connect(Life from, const std::string& endpoint, Nanos after) {
    processes_[from].links[endpoint].connecting = true;
    scheduler_.after(after, [this, from, endpoint] { try_to_connect(from, endpoint); });
}

void Network::try_to_connect(Life from, const std::string& endpoint) {
    Process& sender = processes_[from];
    const auto found = sender.links.find(endpoint);
    if (!sender.alive || found == sender.links.end()) return;
    Link& link = found->second;
    const Life to = listener(endpoint);
    const bool reached = to != 0 && !is_cut(sender.node, processes_[to].node) &&
                         !is_cut(processes_[to].node, sender.node) &&
                         answering_[processes_[to].node] && answering_[sender.node];
    if (!reached) {
        return connect(from, endpoint, random_.between(weather.reconnect / 2, weather.reconnect));
    }
    link.connecting = false;
    link.connection = connections_.size();
    connections_.push_back({.from = from, .to = to, .last_arrival = link.last_arrival});
    for (Payload& frame : std::exchange(link.waiting, {})) {
        put_on_wire(link.connection, std::move(frame));
    }
}

bool Network::transmit(io::ConnectionId id, const std::string& endpoint, Payload frame) {
    Connection& connection = connections_[id];
    const Process& receiver = processes_[connection.to];
    const Process& sender = processes_[connection.from];
    if (!receiver.alive && answering_[receiver.node] && listener(receiver.endpoint) != 0) {
        // The machine came back and knows nothing of this connection.
        connection.open = false;
        return send(connection.from, endpoint, std::move(frame));
    }
    if (connection.unread + connection.held.size() >= sender.bound) return false;
    if (is_cut(sender.node, receiver.node)) {
        if (weather.hold_when_cut) connection.held.push_back(std::move(frame));
        return true;
    }
    if (random_.one_in(weather.duplicate_one_in)) put_on_wire(id, frame);
    if (!random_.one_in(weather.loss_one_in)) put_on_wire(id, std::move(frame));
    return true;
}

void Network::put_on_wire(io::ConnectionId id, Payload frame) {
    Connection& connection = connections_[id];
    connection.last_arrival = std::max(connection.last_arrival, scheduler_.now() + delay());
    ++connection.unread;
    ++frames_;
    if (tap) tap(connection.from, processes_[connection.to].endpoint, frame);
    scheduler_.at(connection.last_arrival, [this, id, frame = std::move(frame)]() mutable {
        deliver(id, std::move(frame));
    });
}

void Network::deliver(io::ConnectionId id, Payload frame) {
    Connection& connection = connections_[id];
    if (connection.broken) return;
    if (!processes_[connection.to].alive) return deliver_stale(connection, std::move(frame));
    receive_(connection.to, io::FrameArrived{std::move(frame), id});
}

void Network::deliver_stale(const Connection& connection, Payload frame) {
    const Life successor = listener(processes_[connection.to].endpoint);
    if (successor == 0 || !random_.one_in(weather.stale_one_in)) return;
    receive_(successor, io::FrameArrived{std::move(frame), 0});
}

void Network::taken(const io::TransportEvent& event) {
    const auto* frame = std::get_if<io::FrameArrived>(&event);
    if (frame == nullptr || frame->connection == 0) return;
    Connection& connection = connections_[frame->connection];
    if (connection.unread > 0) --connection.unread;
}

void Network::close(Life from, const std::string& endpoint) {
    Process& sender = processes_[from];
    const auto found = sender.links.find(endpoint);
    if (found == sender.links.end()) return;
    Link& link = found->second;
    if (link.connection != 0 && connections_[link.connection].open) {
        Connection& connection = connections_[link.connection];
        connection.open = false;
        connection.held.clear();
        close_at_receiver(link.connection);
        link.last_arrival = connection.last_arrival;
    }
    link.connection = 0;
    link.waiting.clear();
}

void Network::close_others(Life from, const std::function<bool(const std::string&)>& keeps) {
    std::vector<std::string> unwanted;
    for (const auto& [endpoint, link] : processes_[from].links) {
        if (link.connection != 0 && !keeps(endpoint)) unwanted.push_back(endpoint);
    }
    for (const std::string& endpoint : unwanted) close(from, endpoint);
}

void Network::close_at_receiver(io::ConnectionId id) {
    Connection& connection = connections_[id];
    const Node from = processes_[connection.from].node;
    if (connection.closing || is_cut(from, processes_[connection.to].node)) return;
    connection.closing = true;
    connection.last_arrival = std::max(connection.last_arrival, scheduler_.now() + delay());
    scheduler_.at(connection.last_arrival, [this, id] {
        const Life to = connections_[id].to;
        if (processes_[to].alive) receive_(to, io::ConnectionClosed{id});
    });
}

}  // namespace quorate::sim
