#include "sim/core/settling.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim::core {

void Settling::run() {
    Totals& totals = world_.totals();
    totals.leader_after =
        await(&Settling::leader_missing, leader_within, "once the faults end somebody leads");
    totals.all_done_after =
        await(&Settling::rest_missing, done_within, "once somebody leads everything is done");
}

std::uint64_t Settling::await(std::string (Settling::*missing)(), int timeouts, const char* what) {
    const Nanos timeout = world_.profile().election_max;
    const Nanos begin = world_.now();
    std::string problem = (this->*missing)();
    while (!problem.empty() && world_.now() < begin + timeouts * timeout) {
        world_.scheduler().run_until(world_.now() + timeout / 20);
        problem = (this->*missing)();
    }
    if (!problem.empty()) {
        broken(what, problem + " after " + std::to_string(timeouts) + " election timeouts");
    }
    return static_cast<std::uint64_t>(100 * (world_.now() - begin) / timeout);
}

std::string Settling::leader_missing() {
    const Node* leader = world_.leader();
    if (leader == nullptr) return "nobody leads";
    if (!leader->raft->established()) return leader->label() + " leads and has committed nothing";
    if (!leader->held_lease) return leader->label() + " leads without a lease";
    return {};
}

std::string Settling::rest_missing() {
    if (std::string none = leader_missing(); !none.empty()) return none;
    const Node& leader = *world_.leader();
    if (const std::size_t waiting = clients_.pending(); waiting > 0) {
        return std::to_string(waiting) + " requests are not answered";
    }
    const raft::Configuration& configuration = leader.raft->configuration();
    if (leader.raft->change_in_progress()) {
        return "the change to " + describe(configuration) + " is not done";
    }
    for (const MemberId& id : configuration.everyone()) {
        const Node& each = *world_.find(id);
        if (!each.running()) continue;
        if (each.raft->leader() != leader.id) return each.label() + " knows no leader";
        if (each.raft->configuration() != configuration) {
            return each.label() + " is in the configuration " +
                   describe(each.raft->configuration());
        }
        if (each.applied < leader.raft->log().last_index()) {
            return each.label() + " has applied to " + std::to_string(each.applied) + " of " +
                   std::to_string(leader.raft->log().last_index());
        }
    }
    return {};
}

}  // namespace quorate::sim::core
