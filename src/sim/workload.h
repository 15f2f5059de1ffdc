// The simulated components: what they ask of their group, and how they answer it.
#pragma once

#include <cstdint>

#include "sim/world.h"

namespace quorate::sim {

class Workload {
public:
    Workload(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

    /// A component comes up with its process.
    void begin(Process& process);
    void react(Process& process, const Event& event);
    /// No further requests; votes are still cast, all of them yes.
    void calm_down() { calm_ = true; }

    io::Command ordered_message(Process& process);

private:
    void ask_later(Life life);
    void ask(Process& process);
    io::Command draw(Process& process);
    io::Command action(Process& process);
    io::Command cancel(const Process& process);
    MemberId somebody(const Process& process);
    Payload message(char kind, const Process& process);
    void ask_again(Process& process, RequestId of);
    void vote(Process& process, PollId poll, Duration timeout);

    World& world_;
    base::Random random_;
    bool calm_ = false;
    std::uint64_t number_ = 0;
    PollId old_poll_;
    PollId old_action_;
};

}  // namespace quorate::sim
