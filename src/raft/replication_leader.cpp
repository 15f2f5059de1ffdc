// A leader's side of AppendEntries: rounds, pipelines, acknowledgements, commit (sections 3.5, 3.6,
// 6.2, 10.2.1).
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "raft/quorum.h"
#include "raft/raft.h"

namespace quorate::raft {

void Raft::tick_leader(Moment now) {
    tick_transfer(now);
    if (role_ != Role::leader) return;
    if (now.monotonic >= quorum_deadline_) {
        const Nanos heard = quorum_heard_at(now);
        if (now.monotonic - heard >= options_.election_max) {
            // Check-quorum (section 6.2): a leader that is cut off must not go on as one.
            become_follower(now, hard_state_.term, MemberId{});
            return;
        }
        quorum_deadline_ = heard + options_.election_max;
    }
    if (now.monotonic >= heartbeat_deadline_) {
        round_due_ = true;
        heartbeat_deadline_ = now.monotonic + options_.heartbeat;
        pace_.note_round(now.monotonic);
        hand_on_to_preferred(now);
    }
}

/// Since when a quorum has been heard; the start of the leadership counts as having heard all. An
/// answer that is too old to count for anything is none: who gets no others can decide nothing.
Nanos Raft::quorum_heard_at(Moment now) const {
    return quorum_value(configuration(), base::long_ago, [&](MemberId id) {
        if (id == options_.self) return now.monotonic;
        const auto found = progress_.find(id);
        const Nanos heard =
            found == progress_.end() ? base::long_ago : found->second.heard_promptly;
        return std::max(heard, leader_since_.monotonic);
    });
}

void Raft::flush_leader(Moment now) {
    hand_on_if_ready();
    confirm_reads(now);
    if (round_due_) rank_successors();
    held_back_ = false;
    bool sent = round_due_;
    for (auto& [id, progress] : progress_) sent |= flush_follower(now, id, progress);
    round_due_ = false;
    if (sent) {
        // What it asks of the others it promises itself.
        own_sent_ = now.boottime;
        promise_to(now, options_.self);
    }
    step_down_if_removed(now);
}

/// The order of succession: the fullest logs first, then the greatest wish to lead.
void Raft::rank_successors() {
    const Configuration& now = configuration();
    ranking_.clear();  // and its room is used again: this is done for every heartbeat
    const auto rank = [&](const MemberId& id) {
        const bool twice = is_among(id, ranking_);
        if (!twice && id != options_.self && !now.is_witness(id)) ranking_.push_back(id);
    };
    std::for_each(now.voters.begin(), now.voters.end(), rank);
    std::for_each(now.outgoing.begin(), now.outgoing.end(), rank);
    const auto merit = [&](const MemberId& id) {
        const auto found = progress_.find(id);
        return std::pair(match_index(id), found == progress_.end() ? 0 : found->second.priority);
    };
    std::sort(ranking_.begin(), ranking_.end(), [&](const MemberId& a, const MemberId& b) {
        const auto merit_a = merit(a);
        const auto merit_b = merit(b);
        return merit_a != merit_b ? merit_a > merit_b : a < b;
    });
    for (auto& [id, progress] : progress_) {
        const auto place = std::find(ranking_.begin(), ranking_.end(), id);
        progress.rank = static_cast<std::uint32_t>(place - ranking_.begin());
    }
}

/// Sends `id` what it needs now, one message at most; whether it sent one.
bool Raft::flush_follower(Moment now, MemberId id, Progress& progress) {
    switch (progress.state) {
        case Progress::State::replicate:
            return flush_replicating(now, id, progress);
        case Progress::State::probe: {
            if (!progress.probe_due && !round_due_) return false;
            const std::optional<Term> prev_term = log_.term_at(progress.next - 1);
            if (!prev_term) {
                begin_snapshot(now, progress);
                return flush_snapshot(now, id, progress);
            }
            // Rounds ask again from the same place: any of the answers tells what to do next, or
            // one that takes longer than a heartbeat would always come too late.
            if (std::exchange(progress.probe_due, false)) progress.probe_sent = now.boottime;
            send_append(now, id, progress, progress.next - 1, *prev_term, {});
            return true;
        }
        case Progress::State::snapshot:
            return flush_snapshot(now, id, progress);
    }
    return false;
}

/// A witness must not be ahead of everyone who could lead: it gets what is on the disk of one. A
/// leader that has no seat any more soon can't.
Index Raft::end_for_witnesses() const {
    if (is_voter()) return std::min(persisted_, log_.last_index());
    Index end = 0;
    for (const MemberId& id : configuration().voters) {
        if (!configuration().is_witness(id)) end = std::max(end, match_index(id));
    }
    return end;
}

/// Lacks what is committed. A witness may, with all that it is to have.
bool Raft::is_behind(MemberId id, const Progress& progress) const {
    if (progress.state == Progress::State::snapshot) return true;
    return progress.state == Progress::State::replicate && progress.next <= commit_index_ &&
           !configuration().is_witness(id);
}

/// Whether `id` is brought up at a pace, and it is not its time yet. A round takes something along
/// in any case; who is to lead is waited for; and who has lost the log at this pace, which goes on
/// from a later state by now, gets the next one as fast as it can take it.
bool Raft::waits_for_pace(Moment now, MemberId id, const Progress& progress) const {
    const bool to_lead = transfer_ && transfer_->target == id;
    return is_behind(id, progress) && !round_due_ && !to_lead && progress.states <= 1 &&
           !pace_.allows(now.monotonic, progress.resume_at);
}

bool Raft::flush_replicating(Moment now, MemberId id, Progress& progress) {
    // While it is not agreed on that it is a witness, it may have to be something else again.
    const bool witness = log_.configuration_at(commit_index_).is_witness(id);
    const bool as_witness = witness || configuration().is_witness(id);
    const Index end = as_witness ? end_for_witnesses() : log_.last_index();
    if (waits_for_pace(now, id, progress)) {
        held_back_ = true;  // and what is committed is told with the next piece
        return false;
    }
    const bool more = progress.next <= end && progress.in_flight.size() < options_.max_in_flight &&
                      progress.in_flight_bytes < options_.max_in_flight_bytes;
    if (!more && !round_due_ && progress.commit_told >= commit_index_) return false;
    const Index prev = progress.next - 1;
    const std::optional<Term> prev_term = log_.term_at(prev);
    if (!prev_term) {
        begin_snapshot(now, progress);
        return flush_snapshot(now, id, progress);
    }
    Entries entries;
    if (more) {
        const std::size_t most =
            std::min<std::size_t>(options_.max_append_entries, end - progress.next + 1);
        entries = log_.slice(progress.next, most, options_.max_append_bytes);
        progress.next += entries.size();  // optimistic: the pipeline doesn't wait (section 10.2.1)
        std::size_t bytes = 0;
        for (Entry& entry : entries) {
            if (witness && entry.kind == EntryKind::application) entry.data = {};
            bytes += entry.data.size() + sizeof(Entry);
        }
        progress.in_flight.push_back({progress.next - 1, bytes});
        progress.in_flight_bytes += bytes;
        progress.resume_at = pace_.resume_after(progress.resume_at, bytes);
    }
    const bool commit_only = entries.empty() && !round_due_;
    send_append(now, id, progress, prev, *prev_term, std::move(entries), commit_only);
    return !commit_only;
}

void Raft::send_append(Moment now, MemberId id, Progress& progress, Index prev, Term prev_term,
                       Entries entries, bool commit_only) {
    Append append;
    append.commit_only = commit_only;
    append.term = hard_state_.term;
    append.prev_index = prev;
    append.prev_term = prev_term;
    append.commit = commit_index_;
    append.successor_rank = progress.rank;
    append.entries = std::move(entries);
    append.sent = last_asked_ = now.boottime;
    progress.commit_told = commit_index_;
    send(id, std::move(append));
}

void Raft::on_append_reply(Moment now, MemberId from, const AppendReply& reply) {
    if (role_ != Role::leader) return;
    const auto found = progress_.find(from);
    if (found == progress_.end()) return;
    if (reply.term > hard_state_.term) {
        become_follower(now, reply.term, MemberId{});
        return;
    }
    // Who has no state at all knows no term either; everyone else answers in the leader's.
    const bool of_this_term = reply.term == hard_state_.term;
    if (!of_this_term && !reply.needs_snapshot) return;
    if (reply.sent > now.boottime || reply.sent < leader_since_.boottime) return;
    Progress& progress = found->second;
    note_life(from, reply.sent);
    progress.heard = now.monotonic;
    if (fresh(now, reply.sent)) progress.heard_promptly = now.monotonic;
    progress.priority = reply.priority;
    if (reply.promise && of_this_term) {
        progress.promised_sent = std::max(progress.promised_sent, reply.sent);
    }
    if (reply.accepted) {
        on_accepted(now, progress, reply);
    } else {
        on_rejected(now, progress, reply);
    }
    evaluate_commit(now);
    confirm_reads(now);
}

void Raft::on_accepted(Moment now, Progress& progress, const AppendReply& reply) {
    if (reply.match > log_.last_index()) return;  // nobody can hold more than this leader sent
    progress.match = std::max(progress.match, reply.match);
    if (progress.state == Progress::State::snapshot && progress.match < progress.snapshot->index) {
        return;
    }
    if (progress.state != Progress::State::replicate) {
        progress.state = Progress::State::replicate;
        progress.next = progress.match + 1;
        progress.forget_in_flight();
        progress.snapshot.reset();
        progress.probe_due = false;
    }
    progress.next = std::max(progress.next, progress.match + 1);
    if (progress.next > commit_index_) progress.states = 0;
    std::erase_if(progress.in_flight, [&](const Progress::InFlight& append) {
        const bool arrived = append.last <= progress.match;
        if (arrived) progress.in_flight_bytes -= append.bytes;
        return arrived;
    });
    note_round(now, progress);
}

/// Section 4.2.1: a newcomer that brings up the log's growth of one round within an election
/// timeout can be counted on, and doesn't make the others wait.
void Raft::note_round(Moment now, Progress& progress) {
    if (progress.match < progress.round_end) return;
    progress.round_was_quick = now.monotonic - progress.round_began < options_.election_min;
    progress.round_end = log_.last_index();
    progress.round_began = now.monotonic;
}

void Raft::on_rejected(Moment now, Progress& progress, const AppendReply& reply) {
    if (progress.state == Progress::State::snapshot) {
        progress.snapshot_silences = 0;  // it hears, and is heard: what was lost may go at once
        return;
    }
    if (reply.sent < progress.probe_sent) return;  // answers a request from before the probe
    if (reply.needs_snapshot) {
        if (progress.match > 0) return;  // stale: it had the state since
        begin_snapshot(now, progress);
        return;
    }
    const Index match = log_.last_index_with_term_at_most(reply.hint_term, reply.hint_index);
    // A probe that failed always goes back; its siblings in the pipeline say the same once more.
    const bool probing = progress.state == Progress::State::probe && !progress.probe_due;
    const Index limit = probing ? progress.next - 1 : progress.next;
    progress.next = std::max(progress.match + 1, std::min(limit, match + 1));
    progress.state = Progress::State::probe;
    progress.probe_due = true;
    progress.forget_in_flight();
}

/// Commits what a quorum holds, if it is of this term (section 3.6.2). An acknowledgement counts
/// only while the promise that came with it surely holds (design rule 1).
void Raft::evaluate_commit(Moment now) {
    const Index index = quorum_value(configuration(), commit_index_, [&](MemberId id) {
        if (id == options_.self) return persisted_;
        const auto found = progress_.find(id);
        if (found == progress_.end() || !fresh(now, found->second.promised_sent)) {
            return Index{0};
        }
        return found->second.match;
    });
    if (index > commit_index_ && log_.term_at(index) == hard_state_.term) {
        advance_commit_as_leader(now, index);
    }
}

void Raft::advance_commit_as_leader(Moment now, Index index) {
    QUORATE_CHECK(index <= log_.last_index(), "only what is in the log is committed");
    for (Index at = commit_index_ + 1; at <= index; ++at) {
        const std::size_t bytes = log_.at(at).data.size() + sizeof(Entry);
        uncommitted_bytes_ -= bytes;
        pace_.note_committed(now.monotonic, bytes);
    }
    commit_index_ = index;
    leave_joint_if_committed();
}

}  // namespace quorate::raft
