// What goes wrong in a seed, and when: drawn from its profile, each for a while, many at a time.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "sim/workload.h"
#include "sim/world.h"

namespace quorate::sim {

class Faults {
public:
    Faults(World& world, Workload& workload, std::uint64_t seed)
        : world_(world), workload_(workload), random_(seed) {}

    void begin();
    /// Everything is mended, nobody stopped, and everybody runs.
    void end();
    /// A process ended by itself: it comes back.
    void exited(Node node);

private:
    using Ways = std::vector<std::pair<Node, Node>>;

    void strike_later();
    void watch_for_candidates();
    void strike();
    Fault draw();
    Node any() { return static_cast<Node>(random_.below(world_.machines())); }
    Node leader_or_any();
    Nanos length();
    void tell(const std::string& what) const;

    void cut(Ways ways, const std::string& what);
    void cut_pair(bool both);
    void isolate();
    void mute(Node node);
    void split(bool both);
    void pause(Node node);
    void pause(Node node, Nanos time);
    void strand(int tries = 5000);
    void interrupt_state(int tries = 5000);
    void lose_all_states();
    void shuttle();
    void shuttle_back(std::pair<Node, Node> way, Node other, int tries = 2000);
    void mend_later(std::pair<Node, Node> way, Nanos when);
    void hand_over(Node from, Node to);
    void speak(Node node);
    void suspend(Node node);
    void crash(Node node, Nanos down, bool silently = false);
    void crash_many();
    void break_connections();
    void storm();
    void leave(Node node);
    void deafen(Node node);
    void step_wall_clock(Node node);

    World& world_;
    Workload& workload_;
    std::set<Node> asking_;  ///< candidates, as last looked at
    base::Random random_;
    bool over_ = false;
};

}  // namespace quorate::sim
