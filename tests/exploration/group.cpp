#include "tests/exploration/group.h"

#include <utility>

#include "base/check.h"

namespace quorate::exploration {

Group::Group(const Setting& setting)
    : setting_(setting),
      flights_(setting.bounds.life),
      replicas_(setting_, flights_),
      histories_(replicas_, setting.nodes) {
    QUORATE_CHECK(setting.bounds.life > election_ticks, "messages outlive an election timeout");
    QUORATE_CHECK(setting.bounds.terms < max_terms, "histories hold few terms");
    QUORATE_CHECK(setting.bounds.channel * setting.nodes * (setting.nodes - 1) <= max_flights,
                  "all channels fit into a state");
}

State Group::start() {
    State state;
    for (Node node = 0; node < setting_.nodes; ++node) state.replicas[node] = replicas_.start(node);
    return state;
}

void Group::steps(const State& state, std::vector<Action>& out) const {
    out.clear();
    for (std::uint8_t i = 0; i < state.flight_count; ++i) {
        const Flight& flight = flights_[state.flights[i]];
        if (!replicas_[state.replicas[flight.to]].running) continue;
        out.push_back({Act::deliver, flight.to, flight.from, state.flights[i]});
        if (state.used.repeats < setting_.bounds.repeats) {
            out.push_back({Act::repeat, flight.to, flight.from, state.flights[i]});
        }
    }
    for (Node node = 0; node < setting_.nodes; ++node) node_steps(state, node, out);
    out.push_back({Act::pass});
}

void Group::node_steps(const State& state, Node node, std::vector<Action>& out) const {
    const Replica& replica = replicas_[state.replicas[node]];
    const Bounds& bounds = setting_.bounds;
    if (!replica.running) {
        out.push_back({Act::restart, node});
        return;
    }
    if (replica.due) out.push_back({Act::fire, node});
    if (state.used.crashes < bounds.crashes) out.push_back({Act::crash, node});
    if (state.used.compactions < bounds.compactions && replica.applied > replica.base) {
        out.push_back({Act::compact, node});
    }
    for (Node other = 0; other < setting_.nodes; ++other) {
        if (other == node) continue;
        if (!replicas_[state.replicas[other]].running) out.push_back({Act::prove, node, other});
        if (replica.role == raft::Role::leader && state.used.transfers < bounds.transfers) {
            out.push_back({Act::transfer, node, other});
        }
    }
    if (replica.role != raft::Role::leader) return;
    if (state.used.proposals < bounds.proposals) out.push_back({Act::propose, node});
    if (state.used.changes < bounds.changes) out.push_back({Act::change, node});
}

void Group::pass(State& state) {
    for (Node node = 0; node < setting_.nodes; ++node) {
        state.replicas[node] = replicas_.aged(state.replicas[node]);
    }
    const State before = state;
    state.flight_count = 0;
    for (std::uint8_t i = 0; i < before.flight_count; ++i) {
        if (const auto older = flights_.aged(before.flights[i])) state.add(*older);
    }
}

/// False if another message had to make room.
bool Group::add(State& state, FlightId id) {
    const Flight& flight = flights_[id];
    std::uint8_t waiting = 0;
    std::optional<FlightId> oldest;
    for (std::uint8_t i = 0; i < state.flight_count; ++i) {
        const Flight& other = flights_[state.flights[i]];
        if (other.from != flight.from || other.to != flight.to) continue;
        if (state.flights[i] == id) return true;
        ++waiting;
        if (!oldest || other.age > flights_[*oldest].age) oldest = state.flights[i];
    }
    const bool full = waiting >= setting_.bounds.channel;
    if (full) state.remove(*oldest);
    state.add(id);
    return !full;
}

void Group::forge(State& state, Node from, Node to, raft::Message message) {
    const Moment now = replicas_[state.replicas[to]].now;
    std::visit(
        [&](auto& kind) {
            if constexpr (requires { kind.sent; }) kind.sent = now.boottime;
        },
        message);
    add(state, flights_.enter({from, to, 0, std::move(message), now}));
}

std::optional<Group::Taken> Group::take(const State& state, const Action& action) {
    Taken taken{state};
    State& next = taken.state;
    if (action.act == Act::pass) {
        pass(next);
        return taken;
    }
    Node node = action.node;
    Action local = action;
    if (of_a_flight(action.act)) {
        node = flights_[action.flight].to;
        if (action.act != Act::repeat) next.remove(action.flight);
        if (action.act == Act::lose) return taken;
        local.act = Act::deliver;
    }
    const Outcome outcome = replicas_.step(state.replicas[node], local);
    if (outcome.happened & happened::refused) return std::nullopt;
    if (replicas_[outcome.next].term > setting_.bounds.terms) return std::nullopt;
    next.replicas[node] = outcome.next;
    next.used.proposals += action.act == Act::propose;
    next.used.changes += action.act == Act::change;
    next.used.crashes += action.act == Act::crash;
    next.used.transfers += action.act == Act::transfer;
    next.used.compactions += action.act == Act::compact;
    next.used.repeats += action.act == Act::repeat;
    taken.happened = outcome.happened;
    for (std::uint16_t i = 0; i < outcome.sent_count; ++i) {
        taken.crowded |= !add(next, replicas_.sent(outcome)[i]);
    }
    next.history = histories_.after(state.history, outcome.next);
    histories_.judge(next, node);
    return taken;
}

}  // namespace quorate::exploration
