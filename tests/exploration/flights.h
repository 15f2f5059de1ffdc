// Messages under way, each kind of them under one number: the same content of the same age between
// the same two nodes is the same flight.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "raft/fingerprint.h"
#include "raft/messages.h"
#include "tests/exploration/state.h"

namespace quorate::exploration {

struct FingerprintHash {
    std::size_t operator()(const raft::Fingerprint& fingerprint) const { return fingerprint.low; }
};

struct Flight {
    Node from = 0;
    Node to = 0;
    std::uint8_t age = 0;  ///< ticks since its sending, or that of the request that it answers
    raft::Message message;
    Moment now;  ///< what the clocks showed; the times in the message are relative to it
};

class Flights {
public:
    explicit Flights(std::uint8_t life) : life_(life) {}

    FlightId enter(Flight flight);
    const Flight& operator[](FlightId id) const { return flights_[id].flight; }
    /// The same message a tick later; nothing if it is lost by then.
    std::optional<FlightId> aged(FlightId id);
    /// The message with its times as they are if the clocks show `now`.
    raft::Message at(FlightId id, Moment now) const;
    std::size_t size() const { return flights_.size(); }

private:
    static constexpr FlightId unknown = ~FlightId{0};
    struct Known {
        Flight flight;
        FlightId aged = unknown;
    };
    std::uint8_t life_;
    std::deque<Known> flights_;
    std::unordered_map<raft::Fingerprint, FlightId, FingerprintHash> known_;
};

}  // namespace quorate::exploration
