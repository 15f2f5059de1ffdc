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
    logs_[life] = {incarnation, {{index, base.voters.size(), base.seats}}};
    const auto [fewest, first] = fewest_.try_emplace(incarnation, base.voters.size());
    if (base.voters.size() < fewest->second) {
        freed(incarnation, index, fewest->second, base.voters.size());
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
    Seats before{0, fewest_[log.incarnation], configuration.seats};
    if (!log.seats.empty()) before = log.seats.back();
    const std::size_t after = configuration.voters.size();
    const std::size_t all = std::max(before.count, configuration.outgoing.size());
    const bool fewer_seats =
        configuration.seats < std::max(before.wanted, configuration.outgoing_seats);
    if (after < all && (!fewer_seats || after < configuration.seats)) {
        freed(log.incarnation, index, all, after);
    }
    fewest_[log.incarnation] = std::min(fewest_[log.incarnation], after);
    log.seats.push_back({index, after, configuration.seats});
}

}  // namespace quorate::sim
