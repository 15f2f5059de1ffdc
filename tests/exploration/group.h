// The whole group as a system of transitions: which steps a state has, and what each leads to.
#pragma once

#include <optional>
#include <vector>

#include "tests/exploration/flights.h"
#include "tests/exploration/history.h"
#include "tests/exploration/replicas.h"
#include "tests/exploration/setting.h"
#include "tests/exploration/state.h"

namespace quorate::exploration {

class Group {
public:
    explicit Group(const Setting& setting);

    State start();
    /// The steps that may be taken within the bounds, in a fixed order.
    void steps(const State& state, std::vector<Action>& out) const;
    struct Taken {
        State state;
        std::uint16_t happened = 0;  ///< see happened:: in replicas.h
        bool crowded = false;        ///< a message was pushed out by newer ones
    };
    /// The state after `action`; nothing if it is beyond the bounds. Throws Violation when a rule
    /// is broken.
    std::optional<Taken> take(const State& state, const Action& action);

    const Setting& setting() const { return setting_; }
    const Replicas& replicas() const { return replicas_; }
    const Flights& flights() const { return flights_; }
    const Histories& histories() const { return histories_; }
    /// Openings and tests only: a message that nobody sent is under way.
    void forge(State& state, Node from, Node to, raft::Message message);

private:
    void pass(State& state);
    bool add(State& state, FlightId flight);
    void node_steps(const State& state, Node node, std::vector<Action>& out) const;

    Setting setting_;
    Flights flights_;
    Replicas replicas_;
    Histories histories_;
};

}  // namespace quorate::exploration
