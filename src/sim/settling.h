// Rule (liveness): once faults end and all N run, they are all in one incarnation with one leader
// that everybody knows, all seats held by the living, and an ordered message and a poll go through.
//
// Within: 30 s of simulated time, or 30 of the longest election timeouts and twice refound_after,
// if that is longer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/faults.h"
#include "sim/workload.h"
#include "sim/world.h"

namespace quorate::sim {

class Settling {
public:
    Settling(World& world, Workload& workload) : world_(world), workload_(workload) {}

    /// Runs the world until it has settled. Throws RuleBroken("stuck") when it does not.
    void run();
    /// Tells what components are told, while it runs.
    void watch(Process& process, const Event& event);

private:
    bool start_the_missing();
    std::optional<std::string> not_settled();
    std::optional<std::string> what_is_missing();
    std::optional<std::string> who_is_behind();
    void set_clocks();
    void act();
    std::string describe();

    World& world_;
    Workload& workload_;
    bool acted_ = false;
    Life actor_ = 0;
    RequestId message_ = 0;
    RequestId vote_ = 0;
    RequestId action_ = 0;
    std::vector<Life> acted_in_time_;
    bool message_done_ = false;
    PollId poll_;
    PollId action_poll_;
    std::vector<Life> got_message_;
    std::vector<Life> got_result_;
    std::string expected_;
};

}  // namespace quorate::sim
