// The simulated network between the nodes of one World: messages are delayed, each on its own, so
// they overtake each other; lost; doubled; cut off, in one direction or both.
//
// Nodes are numbered from 0. Single-threaded.
#pragma once

#include <functional>
#include <vector>

#include "base/random.h"
#include "sim/core/coverage.h"
#include "sim/core/node.h"
#include "sim/core/profile.h"
#include "sim/scheduler.h"

namespace quorate::sim::core {

class Network {
public:
    using Deliver = std::function<void(std::uint32_t to, Delivery)>;
    static constexpr std::uint32_t max_nodes = 48;

    Network(Scheduler& scheduler, std::uint64_t seed, Totals& totals, Deliver deliver);

    void send(std::uint32_t from, MemberId sender, std::uint32_t to, raft::Message message);
    /// How long something may take that is no message of the core's.
    Nanos delay();

    // ---- faults ----
    Weather weather;
    /// Cuts overlap: a way is open when it was mended as often as it was cut.
    void cut(std::uint32_t from, std::uint32_t to) { ++cuts_[from * max_nodes + to]; }
    void mend(std::uint32_t from, std::uint32_t to) { --cuts_[from * max_nodes + to]; }
    void mend_all() { cuts_.assign(cuts_.size(), 0); }
    bool is_cut(std::uint32_t from, std::uint32_t to) const {
        return cuts_[from * max_nodes + to] > 0;
    }

private:
    struct Flight {
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        Delivery delivery;
    };
    void put_on_wire(Flight flight);
    void arrive(std::uint32_t slot);

    Scheduler& scheduler_;
    base::Random random_;
    Totals& totals_;
    Deliver deliver_;
    std::vector<int> cuts_;
    std::vector<Flight> flights_;  ///< by slot
    std::vector<std::uint32_t> free_;
};

}  // namespace quorate::sim::core
