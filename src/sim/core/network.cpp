#include "sim/core/network.h"

#include <algorithm>
#include <utility>

namespace quorate::sim::core {

using namespace std::chrono_literals;

Network::Network(Scheduler& scheduler, std::uint64_t seed, Totals& totals, Deliver deliver)
    : scheduler_(scheduler),
      random_(seed),
      totals_(totals),
      deliver_(std::move(deliver)),
      cuts_(max_nodes * max_nodes, 0) {}

Nanos Network::delay() {
    if (random_.one_in(weather.spike_one_in)) {
        return random_.between(weather.delay_min, std::max(weather.delay_min, weather.spike_max));
    }
    return random_.between(weather.delay_min, weather.delay_max);
}

void Network::send(std::uint32_t from, MemberId sender, std::uint32_t to, raft::Message message) {
    ++totals_.messages;
    if (random_.one_in(weather.loss_one_in)) {
        totals_.coverage.hit(Branch::message_lost);
        return;
    }
    if (random_.one_in(weather.double_one_in)) {
        totals_.coverage.hit(Branch::message_doubled);
        put_on_wire({from, to, {sender, message}});
    }
    put_on_wire({from, to, {sender, std::move(message)}});
}

void Network::put_on_wire(Flight flight) {
    std::uint32_t slot = 0;
    if (free_.empty()) {
        slot = static_cast<std::uint32_t>(flights_.size());
        flights_.push_back(std::move(flight));
    } else {
        slot = free_.back();
        free_.pop_back();
        flights_[slot] = std::move(flight);
    }
    scheduler_.after(delay(), [this, slot] { arrive(slot); });
}

void Network::arrive(std::uint32_t slot) {
    Flight flight = std::move(flights_[slot]);
    free_.push_back(slot);
    if (!is_cut(flight.from, flight.to)) {
        return deliver_(flight.to, std::move(flight.delivery));
    }
    if (!weather.hold_when_cut) {
        totals_.coverage.hit(Branch::message_cut);
        return;
    }
    // A connection that is cut keeps what was written to it, and tries again.
    totals_.coverage.hit(Branch::message_held);
    flights_[slot] = std::move(flight);
    free_.pop_back();
    scheduler_.after(random_.between(20ms, 500ms), [this, slot] { arrive(slot); });
}

}  // namespace quorate::sim::core
