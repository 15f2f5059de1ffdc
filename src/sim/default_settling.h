// Rule (liveness) of a default group: once faults end, every member finds every other one and
// nobody else, and what one sends to the group reaches all.
//
// Within 30 s of simulated time, or 30 peer timeouts if that is longer.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/workload.h"
#include "sim/world.h"

namespace quorate::sim {

class DefaultSettling {
public:
    DefaultSettling(World& world, Workload& workload) : world_(world), workload_(workload) {}

    /// Runs the world until it has settled. Throws RuleBroken("stuck") when it does not.
    void run();
    /// Tells what components are told, while it runs.
    void watch(Process& process, const Event& event);

private:
    bool start_the_missing();
    std::optional<std::string> not_settled();
    std::optional<std::string> what_is_missing();

    World& world_;
    Workload& workload_;
    std::string expected_;
    bool sent_ = false;
    Life speaker_ = 0;
    RequestId request_ = 0;
    std::set<Life> got_message_;
};

}  // namespace quorate::sim
