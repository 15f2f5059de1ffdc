// What goes wrong in the simulated world, when, and for how long.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "sim/core/world.h"

namespace quorate::sim::core {

class Faults {
public:
    Faults(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

    void begin();
    /// Cuts heal, disks and machines work, every durable node runs, and nothing fails any more.
    void end();

private:
    using Ways = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

    void strike_later();
    void strike();
    Fault draw();
    Node& any();
    Node& leader_or_any();
    Nanos length();
    void cut(Ways ways, const std::string& what);
    void cut_pair(bool both);
    void isolate();
    void split();
    void pause(Node& node);
    void crash(Node& node);
    void crash_all();
    void forget();
    void come_back(Node& node, Nanos delay);
    void suspend(Node& node);
    void storm();
    void stall_sync(Node& node);
    void slow_disk(Node& node);
    void fail_write(Node& node);
    void probe(Node& node, Node& dead);

    World& world_;
    base::Random random_;
    bool over_ = false;
};

}  // namespace quorate::sim::core
