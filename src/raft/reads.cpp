// Linearizable reads without a log entry (section 6.4): by a lease, or by one round of heartbeats
// for all reads that wait (ReadIndex).
#include <algorithm>

#include "raft/quorum.h"
#include "raft/raft.h"

namespace quorate::raft {

Result<> Raft::read(Moment now, std::uint64_t read, ReadBy by) {
    if (role_ != Role::leader) {
        return Error{ErrorCode::not_leader, "only the leader knows what is committed: ask it"};
    }
    if (reads_.size() >= options_.max_reads) {
        return Error{ErrorCode::would_block,
                     "too many reads wait: try again when some of them are answered"};
    }
    // Whoever could commit without this leader must break a promise first (section 6.4.1).
    if (by == ReadBy::lease && established() && now.boottime < lease_until()) {
        reads_ready_.push_back({read, commit_index_});
        return Done{};
    }
    // A request that was sent at this very moment may have been sent before the read was asked for.
    const Nanos since = last_asked_ == now.boottime ? now.boottime + Nanos{1} : now.boottime;
    reads_.push_back({read, since});
    round_due_ = true;
    return Done{};
}

/// Whoever acknowledged a request sent after the read was asked for knew of no later leader then;
/// so what is committed now holds all that was committed when it was asked for.
void Raft::confirm_reads(Moment now) {
    if (reads_.empty() || !established()) return;
    const Nanos confirmed = quorum_value(configuration(), base::long_ago, [&](MemberId id) {
        if (id == options_.self) return now.boottime;
        const auto found = progress_.find(id);
        if (found == progress_.end() || !fresh(now, found->second.promised_sent)) {
            return base::long_ago;
        }
        return found->second.promised_sent;
    });
    while (!reads_.empty() && reads_.front().since <= confirmed) {
        reads_ready_.push_back({reads_.front().read, commit_index_});
        reads_.pop_front();
    }
}

void Raft::lose_reads() {
    for (const PendingRead& pending : reads_) reads_lost_.push_back(pending.read);
    reads_.clear();
}

}  // namespace quorate::raft
