// State instead of log, for whom the log doesn't reach (chapter 5): in chunks, a window of them at
// a time, from where the receiver says that it is.
#include <algorithm>

#include "raft/raft.h"
#include "raft/validate.h"

namespace quorate::raft {

/// From here on `progress` gets the state, and after it the log. What it is sent is held until it
/// is there, so one state a follower is the most that a slow one costs.
void Raft::begin_snapshot(Moment now, Progress& progress) {
    progress.state = Progress::State::snapshot;
    ++progress.states;
    progress.snapshot = log_.snapshot();
    progress.chunks_sent = progress.chunks_acknowledged = 0;
    progress.last_chunk_sent = false;
    progress.snapshot_moved = now.monotonic;
    progress.snapshot_answered = base::long_ago;
    progress.snapshot_silences = 0;
    progress.probe_due = false;
    progress.forget_in_flight();
}

/// Sends the next chunk, if the window has room, and the heartbeat that is due; whether it sent
/// anything.
bool Raft::flush_snapshot(Moment now, MemberId id, Progress& progress) {
    constexpr std::uint32_t most_doublings = 3;
    const Nanos patience = options_.election_min * (1 << progress.snapshot_silences);
    if (now.monotonic - progress.snapshot_moved >= patience) {
        // No news: chunks or answers were lost, or the way is slow. On from where it is known to
        // be, one chunk at a time and less and less often, until there is news; and where the log
        // has left this state behind, with the one that the log goes on from.
        const bool overtaken = log_.first_index() > progress.snapshot->index + 1;
        if (overtaken && progress.chunks_acknowledged == 0) progress.snapshot = log_.snapshot();
        progress.chunks_sent = progress.chunks_acknowledged;
        progress.last_chunk_sent = false;
        progress.snapshot_moved = now.monotonic;
        progress.snapshot_silences = std::min(progress.snapshot_silences + 1, most_doublings);
    }
    const bool room =
        progress.chunks_sent == progress.chunks_acknowledged ||
        (progress.snapshot_silences == 0 && progress.chunks_sent - progress.chunks_acknowledged <
                                                options_.max_snapshot_in_flight_bytes);
    const bool more = !progress.last_chunk_sent && room;
    const bool held_back = more && waits_for_pace(now, id, progress);
    const bool chunk = more && !held_back;
    held_back_ |= held_back;
    if (chunk) send_chunk(now, id, progress);
    // A heartbeat keeps the promise alive, and is accepted once the state is there, even if that
    // answer was lost.
    if (round_due_) {
        send_append(now, id, progress, progress.snapshot->index, progress.snapshot->term, {});
    }
    return chunk || round_due_;
}

void Raft::send_chunk(Moment now, MemberId id, Progress& progress) {
    const Payload& state = progress.snapshot->state;
    const std::size_t left = state.size() - progress.chunks_sent;
    const std::size_t bytes = std::min(left, options_.snapshot_chunk_bytes);
    InstallSnapshot install;
    install.term = hard_state_.term;
    install.offset = progress.chunks_sent;
    install.done = bytes == left;
    install.sent = last_asked_ = now.boottime;
    if (bytes == state.size()) {
        install.snapshot = progress.snapshot;
    } else {
        auto part = std::make_shared<Snapshot>(*progress.snapshot);
        part->state = Payload(state.view().substr(progress.chunks_sent, bytes), state.owner());
        install.snapshot = std::move(part);
    }
    progress.chunks_sent += bytes;
    progress.resume_at = pace_.resume_after(progress.resume_at, bytes);
    progress.last_chunk_sent = install.done;
    send(id, std::move(install));
}

bool Raft::sends_state() const {
    return std::any_of(progress_.begin(), progress_.end(),
                       [](const auto& each) { return each.second.snapshot != nullptr; });
}

Index Raft::needed_after(Moment now) const {
    Index oldest = max_index;
    for (const auto& [id, progress] : progress_) {
        const bool answers = now.monotonic - progress.heard < 2 * options_.election_max;
        const Index has = progress.snapshot ? progress.snapshot->index : progress.match;
        const bool knows = has > 0;  // not yet, of a leader that was just elected
        const bool lacks = has < commit_index_ && !configuration().is_witness(id);
        if (answers && knows && lacks) oldest = std::min(oldest, has);
    }
    return oldest;
}

void Raft::on_snapshot_reply(Moment now, MemberId from, const SnapshotReply& reply) {
    if (role_ != Role::leader) return;
    const auto found = progress_.find(from);
    if (found == progress_.end()) return;
    if (reply.term > hard_state_.term) {
        become_follower(now, reply.term, MemberId{});
        return;
    }
    if (reply.sent > now.boottime || reply.sent < leader_since_.boottime) return;
    Progress& progress = found->second;
    note_life(from, reply.sent);
    progress.heard = now.monotonic;
    if (fresh(now, reply.sent)) progress.heard_promptly = now.monotonic;
    if (progress.state != Progress::State::snapshot || reply.index != progress.snapshot->index ||
        reply.received > progress.snapshot->state.size()) {
        return;
    }
    // One that was overtaken says less than what is known.
    const bool overtaken =
        reply.sent == progress.snapshot_answered && reply.received < progress.chunks_acknowledged;
    if (reply.sent < progress.snapshot_answered || overtaken) return;
    progress.snapshot_answered = reply.sent;
    progress.snapshot_silences = 0;
    if (reply.received > progress.chunks_acknowledged) {
        progress.chunks_acknowledged = reply.received;
        progress.chunks_sent = std::max(progress.chunks_sent, progress.chunks_acknowledged);
        progress.snapshot_moved = now.monotonic;
    } else if (reply.received < progress.chunks_acknowledged) {
        // It has lost what it had: a new life of it, or a later leader's state in between.
        progress.chunks_acknowledged = progress.chunks_sent = reply.received;
        progress.last_chunk_sent = false;
        progress.snapshot_moved = now.monotonic;
    }
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
    const Snapshot& offered = *install.snapshot;
    if (offered.index > commit_index_) {
        if (log_.term_at(offered.index) == offered.term) {
            // The log holds all that the state stands for (section 5.3).
            commit_index_ = offered.index;
        } else if (const auto whole = incoming_.take(install, options_.max_snapshot_bytes)) {
            if (!this->install(whole)) return;
        } else {
            reply(from, SnapshotReply{hard_state_.term, offered.index,
                                      incoming_.received(offered.index), install.sent});
            return;
        }
    }
    answer.term = hard_state_.term;
    answer.accepted = true;
    answer.match = commit_index_;
    reply_to_leader(now, from, answer);
}

/// Replaces everything by a state that is whole; false if it can't be read.
bool Raft::install(const std::shared_ptr<const Snapshot>& snapshot) {
    if (options_.is_readable && !options_.is_readable(*snapshot)) return false;
    commit_index_ = handed_out_ = snapshot->index;
    log_.reset(snapshot);
    lacks_data_ = false;
    unsaved_from_ = snapshot->index + 1;
    persisted_ = 0;
    truncate_from_.reset();
    received_snapshot_ = snapshot;
    return true;
}

}  // namespace quorate::raft
