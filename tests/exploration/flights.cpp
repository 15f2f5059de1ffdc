#include "tests/exploration/flights.h"

#include <utility>

#include "base/check.h"

namespace quorate::exploration {

namespace {

/// `sent` is the only time in a message; a kind without one is as old as its flight.
std::optional<Nanos> sent(const raft::Message& message) {
    return std::visit(
        [](const auto& kind) -> std::optional<Nanos> {
            if constexpr (requires { kind.sent; }) return kind.sent;
            return std::nullopt;
        },
        message);
}

}  // namespace

FlightId Flights::enter(Flight flight) {
    if (const auto time = sent(flight.message)) {
        flight.age = static_cast<std::uint8_t>((flight.now.boottime - *time) / tick);
    }
    raft::Fingerprint key = raft::fingerprint(flight.message, flight.now, life_ * tick);
    key.low = mix(key.low + flight.from * 64u + flight.to * 16u + flight.age);
    const auto [found, first] = known_.try_emplace(key, static_cast<FlightId>(flights_.size()));
    if (first) {
        QUORATE_CHECK(flights_.size() < (1u << 28), "flights are numbered with 28 bits");
        flights_.push_back({std::move(flight)});
    }
    return found->second;
}

std::optional<FlightId> Flights::aged(FlightId id) {
    if (flights_[id].flight.age + 1 >= life_) return std::nullopt;
    if (flights_[id].aged == unknown) {
        Flight older = flights_[id].flight;
        ++older.age;
        older.now.monotonic += tick;
        older.now.boottime += tick;
        const FlightId aged = enter(std::move(older));
        flights_[id].aged = aged;
    }
    return flights_[id].aged;
}

raft::Message Flights::at(FlightId id, Moment now) const {
    raft::Message message = flights_[id].flight.message;
    const Nanos shift = now.boottime - flights_[id].flight.now.boottime;
    std::visit(
        [&](auto& kind) {
            if constexpr (requires { kind.sent; }) kind.sent += shift;
        },
        message);
    return message;
}

}  // namespace quorate::exploration
