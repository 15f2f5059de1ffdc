// Stands where GroupLoop stands: whoever leads changes the configuration, hands leadership on, and
// gives the seats of dead volatile members to others; everybody compacts its log now and then.
#pragma once

#include "base/random.h"
#include "sim/core/world.h"

namespace quorate::sim::core {

class Driver {
public:
    Driver(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

    void begin();
    /// From now on it only ends what it began.
    void calm_down() { calm_ = true; }

private:
    void every(Nanos gap, void (Driver::*what)(Node&));
    void change(Node& leader);
    void replace_the_gone(Node& leader);
    void transfer(Node& leader);
    void compact_somewhere();
    void propose(Node& leader, raft::Configuration next, Branch branch);
    Node* pick(const std::vector<MemberId>& ids, const std::function<bool(const Node&)>& fits);
    Node* spare(const raft::Configuration& configuration);

    World& world_;
    base::Random random_;
    bool calm_ = false;
};

}  // namespace quorate::sim::core
