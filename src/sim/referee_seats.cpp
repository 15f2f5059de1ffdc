// What the referee looks at when a leader changes who holds the seats, or how many there are, and
// when the group changes its size.
#include <algorithm>

#include "base/ids.h"
#include "sim/referee.h"
#include "sim/rule_broken.h"

namespace quorate::sim {

using namespace std::chrono_literals;

/// A new voter that lags would hold up every decision (section 4.2.1). Its last round took less
/// than an election timeout, and the one under way as well: what was committed two ago it holds.
void Referee::look_at_newly_seated(const Watch& seen, const raft::Raft& raft) const {
    const Nanos past = seen.clock->now().monotonic - 2 * profile_.spec.timing.election_min;
    if (seen.commits.empty() || seen.commits.front().first > past) return;
    const raft::Index due = seen.commits.front().second;
    const raft::Configuration& configuration = raft.configuration();
    if (!configuration.joint()) return;
    for (const MemberId& id : configuration.voters) {
        const bool known = base::is_among(id, configuration.outgoing);
        if (known || raft.match_index(id) >= due) continue;
        broken("a learner is seated once it has caught up",
               brief(id) + " holds " + std::to_string(raft.match_index(id)) + " of " +
                   std::to_string(due) + " entries that were committed before its rounds");
    }
}

/// The process that has or had that id; null where it has ended.
const Process* Referee::find_running(MemberId id) const {
    const auto life = lives_.find(id);
    return life == lives_.end() ? nullptr : watches_[life->second]->process;
}

/// Whose seat is given away, or dropped, is out of the roster or gone (rule 3).
void Referee::look_at_unseated(const Process& process) const {
    const raft::Configuration& configuration = process.loop->raft()->configuration();
    for (const MemberId& id : configuration.outgoing) {
        if (base::is_among(id, configuration.voters)) continue;
        if (process.loop->machine()->find_member(id) == nullptr || really_gone(id)) continue;
        const Process* holder = find_running(id);
        if (holder == nullptr || holder->loop->finished()) continue;
        broken("a seat is taken from the lost alone",
               process.label() + " takes the seat of " + holder->label() + ", which is there");
    }
}

/// More seats want more voters for every decision: a group that hasn't got them would stand still.
void Referee::look_at_more_seats(const Process& process, std::uint32_t before) const {
    const raft::Configuration& configuration = process.loop->raft()->configuration();
    if (configuration.seats <= std::max(before, configuration.outgoing_seats)) return;
    // The dead may be heard of at any time.
    if (profile_.weather.hold_when_cut || profile_.forged_gap > Nanos(0)) return;
    // The last word of one that died may have been on its way for that long.
    const Nanos long_since = scheduler_.now() - profile_.spec.timing.election_max - 3s;
    const auto& voters = configuration.joint() ? configuration.outgoing : configuration.voters;
    const auto lived = std::count_if(voters.begin(), voters.end(), [&](const MemberId& id) {
        const auto gone = gone_.find(id);
        return gone == gone_.end() || gone->second > long_since;
    });
    if (static_cast<std::size_t>(lived) >= configuration.seat_floor()) return;
    broken("seats get more once enough voters live",
           process.label() + " changes to " + std::to_string(configuration.seats) +
               " seats, and of its voters only " + std::to_string(lived) + " were there lately");
}

void Referee::look_at_size(const Process& process) {
    sizes_.look(*process.loop->machine(), *process.loop->raft(),
                [this](MemberId id, IncarnationId incarnation) -> std::optional<raft::Index> {
                    const Process* other = find_running(id);
                    if (other == nullptr || other->loop->id() != id) return std::nullopt;
                    if (other->loop->finished()) return std::nullopt;
                    if (other->loop->raft() == nullptr) return raft::Index(0);
                    if (watches_[other->life]->incarnation != incarnation) return std::nullopt;
                    return other->loop->raft()->log().last_index();
                });
}

}  // namespace quorate::sim
