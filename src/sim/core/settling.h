// Rule (liveness): once the faults end and every durable node runs,
//   within leader_within election timeouts (the longest; twice as many where answers take longer
//   than the gap between heartbeats) somebody leads;
//   within as many more it does so under a lease;
//   within done_within more, every request that was pending is answered, no change of the
//   configuration is under way, and every member follows that leader;
//   within done_within more, every member has applied everything.
// To each of the latter three comes the time that the largest backlog takes, at one entry for two
// round trips and two syncs; it counts anew from a change of the configuration, of which there are
// most_changes at most.
#pragma once

#include <functional>
#include <string>

#include "sim/core/clients.h"
#include "sim/core/world.h"

namespace quorate::sim::core {

class Settling {
public:
    static constexpr int leader_within = 10;
    static constexpr int done_within = 10;
    static constexpr int most_changes = 30;

    Settling(World& world, const Clients& clients) : world_(world), clients_(clients) {}

    /// Runs the world until it has settled. Throws RuleBroken when it does not.
    void run();

private:
    /// Nothing when the rule holds; otherwise what is missing.
    std::string candidate_missing();
    std::string leader_missing();
    std::string rest_missing();
    std::string who_is_where() const;
    std::string entries_missing();
    /// Members other than witnesses were given every entry with its content.
    void check_contents();
    /// How long it took, in % of election_max.
    std::uint64_t await(std::string (Settling::*missing)(), const std::function<Nanos()>& limit,
                        const char* what);
    Nanos backlog_takes();
    Index last_change();

    World& world_;
    const Clients& clients_;
};

}  // namespace quorate::sim::core
