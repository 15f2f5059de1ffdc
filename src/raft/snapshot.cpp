// State instead of log, for whom the log doesn't reach (chapter 5), in a single message.
#include <algorithm>

#include "raft/raft.h"

namespace quorate::raft {

/// Starts to bring `id` up by the state; one in election_min at most.
bool Raft::send_snapshot(Moment now, MemberId id, Progress& progress) {
    const std::shared_ptr<const Snapshot>& snapshot = log_.snapshot();
    progress.state = Progress::State::snapshot;
    progress.snapshot_index = snapshot->index;
    progress.snapshot_term = snapshot->term;
    progress.probe_due = false;
    progress.in_flight.clear();
    if (now.monotonic - progress.snapshot_sent < options_.election_min) return false;
    progress.snapshot_sent = now.monotonic;
    send(id, InstallSnapshot{hard_state_.term, snapshot, now.boottime});
    return true;
}

void Raft::on_install_snapshot(Moment now, MemberId from, const InstallSnapshot& install) {
    AppendReply answer;
    answer.sent = install.sent;
    answer.term = hard_state_.term;
    if (install.term < hard_state_.term) {
        reply(from, answer);
        return;
    }
    if (!follow(now, from, install.term)) return;
    const std::shared_ptr<const Snapshot>& snapshot = install.snapshot;
    if (snapshot->index > commit_index_) {
        commit_index_ = snapshot->index;
        // Where the log holds the same entry, it holds all that the state stands for (section 5.3).
        if (log_.term_at(snapshot->index) != snapshot->term) {
            log_.reset(snapshot);
            handed_out_ = snapshot->index;
            unsaved_from_ = snapshot->index + 1;
            persisted_ = 0;
            truncate_from_.reset();
            received_snapshot_ = snapshot;
        }
    }
    answer.term = hard_state_.term;
    answer.accepted = true;
    answer.match = commit_index_;
    reply_to_leader(now, from, answer);
}

}  // namespace quorate::raft
