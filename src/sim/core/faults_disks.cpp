// What goes wrong with disks.
#include "sim/core/faults.h"

namespace quorate::sim::core {

using namespace std::chrono_literals;

void Faults::stall_sync(Node& node) {
    if (!node.running() || !node.durable) return;
    node.stall_once = random_.between(world_.profile().election_min, world_.profile().stall_max);
}

void Faults::slow_disk(Node& node) {
    if (!node.running() || !node.durable) return;
    node.slow = random_.between(1ms, 2 * world_.profile().election_min);
    world_.tell(node, "has a slow disk");
    world_.scheduler().after(2 * length(), [&node] { node.slow = Nanos(0); });
}

void Faults::fail_write(Node& node) {
    if (!node.running() || !node.durable) return;
    node.fail_next_sync = true;
    // Somebody finds it, and restarts it.
    const Nanos repair = length() + length();
    world_.scheduler().after(repair, [this, &node] {
        if (!over_ && node.state == Node::State::halted) world_.restart(node, false);
        node.fail_next_sync = false;
    });
}

}  // namespace quorate::sim::core
