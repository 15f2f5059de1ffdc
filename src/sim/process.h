// One process of the simulated world: a GroupLoop with all it stands on, and its component's ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "group/group_loop.h"
#include "sim/network.h"
#include "sim/sim_alarm.h"
#include "sim/sim_clock.h"
#include "sim/sim_mailbox.h"

namespace quorate::sim {

struct Process {
    Process(Life number, Node machine, const std::string& address, SimClock& its_clock,
            Network& network, std::size_t mailbox_bound, SimMailbox::Watch watch,
            Scheduler& scheduler, SimAlarm::Hooks alarm_hooks)
        : life(number),
          node(machine),
          endpoint(address),
          clock(its_clock),
          transport(network, number, address),
          mailbox(mailbox_bound, std::move(watch)),
          alarm(scheduler, its_clock, std::move(alarm_hooks)) {}

    const Life life;
    const Node node;
    const std::string endpoint;
    SimClock& clock;
    SimTransport transport;
    io::NoStore store;
    SimMailbox mailbox;
    SimAlarm alarm;
    std::unique_ptr<group::GroupLoop> loop;

    std::vector<io::TransportEvent> inbox;
    std::vector<io::Command> commands;
    RequestId last_request = 0;
    Nanos wake_at = base::never;  ///< simulated time of the next turn
    Nanos awake_since{};          ///< CLOCK_MONOTONIC at the end of the last stop
    bool reading = true;          ///< the component takes its events
    bool leaving = false;

    // A loop that wakes up for nothing again and again.
    Nanos idle_since{};
    std::uint32_t idle_turns = 0;

    /// "n2.5": machine 2, life 5.
    std::string label() const { return "n" + std::to_string(node) + "." + std::to_string(life); }
};

}  // namespace quorate::sim
