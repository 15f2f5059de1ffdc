// Votes and deadlines (rule 8). What a poll's outcome is, src/consensus decides; here stands who
// keeps the clock, and that a vote gets to whoever leads.
#include "group/loop_impl.h"

namespace quorate::group {

void GroupLoop::Impl::run(io::SendVote& command) {
    if (!machine_ || !told_joined_) {
        failed(command.request, ErrorCode::no_quorum,
               "this member is not in the group yet: wait for joined");
        return;
    }
    const auto known = votes_.find(command.poll);
    if (known != votes_.end()) {
        if (known->second.yes == command.yes) {
            done(command.request);
        } else {
            failed(command.request, ErrorCode::already_voted,
                   "this member has voted otherwise: a vote can't be taken back");
        }
        return;
    }
    const consensus::Poll* poll = machine_->find_poll(command.poll);
    if (poll == nullptr || !poll->electorate.contains(self_)) {
        const bool closed = machine_->find_result(command.poll) != nullptr;
        failed(command.request, closed ? ErrorCode::too_late : ErrorCode::unknown_poll,
               closed ? "the poll is closed" : "no poll of that id asks for this member's vote");
        return;
    }
    votes_[command.poll] = PendingVote{command.yes, false, now()};
    send_pending_votes();
    done(command.request);
}

/// Until it is counted, a vote goes to whoever leads: a poll outlives its leader.
void GroupLoop::Impl::send_pending_votes() {
    for (auto& [poll, vote] : votes_) {
        if (vote.counted || now() < vote.again_at || !raft_->leader()) continue;
        vote.again_at = now() + 2 * timing().heartbeat;
        (void)propose(0, consensus::CastVote{poll, self_, vote.yes});  // again if it gets lost
    }
}

void GroupLoop::Impl::expire_polls() {
    if (!leads() || poll_deadlines_.empty()) return;
    for (auto& [poll, deadline] : poll_deadlines_) {
        if (now() < deadline) continue;
        // Counted from when this leader applied the poll; repeated in case this entry gets lost.
        deadline = now() + timing().election_max;
        (void)propose(0, consensus::ExpirePoll{poll});
    }
}

}  // namespace quorate::group
