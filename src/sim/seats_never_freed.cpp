#include "sim/seats_never_freed.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {
[[noreturn]] void freed(IncarnationId incarnation, raft::Index index, std::size_t before,
                        std::size_t after) {
    broken("a seat is never freed", "the configuration at index " + std::to_string(index) + " of " +
                                        brief(incarnation) + " has " + std::to_string(after) +
                                        " voters after " + std::to_string(before));
}
}  // namespace

void SeatsNeverFreed::begins(Life life, IncarnationId incarnation, raft::Index index,
                             const raft::Configuration& base) {
    logs_[life] = {incarnation, {{index, base.voters.size()}}};
    const auto [founding, first] = founding_.try_emplace(incarnation, base.voters.size());
    if (base.voters.size() < founding->second) {
        freed(incarnation, index, founding->second, base.voters.size());
    }
}

void SeatsNeverFreed::cut(Life life, raft::Index index) {
    std::vector<Seats>& seats = logs_[life].seats;
    while (!seats.empty() && seats.back().index >= index) seats.pop_back();
}

void SeatsNeverFreed::stands(Life life, raft::Index index,
                             const raft::Configuration& configuration) {
    cut(life, index);
    Log& log = logs_[life];
    const std::size_t before =
        log.seats.empty() ? founding_[log.incarnation] : log.seats.back().count;
    const std::size_t after = configuration.voters.size();
    if (after < before || after < configuration.outgoing.size()) {
        freed(log.incarnation, index, std::max(before, configuration.outgoing.size()), after);
    }
    log.seats.push_back({index, after});
}

}  // namespace quorate::sim
