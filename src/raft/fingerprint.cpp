// What decides how a replica goes on, as a digest. Who adds a member to Raft or to a message adds
// it here; the exploration compares twins (values that differ but have one fingerprint) and finds
// what was forgotten.
#include "raft/fingerprint.h"

#include <algorithm>
#include <string_view>

#include "raft/raft.h"

namespace quorate::raft {

namespace {

std::uint64_t scramble(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

class Digest {
public:
    Digest(Moment now, Nanos horizon) : now_(now), horizon_(horizon) {}

    void add(std::uint64_t value) {
        sum_.high = scramble(sum_.high ^ value) + 0x9e3779b97f4a7c15ULL;
        sum_.low = scramble(sum_.low + value * 0xd6e8feb86659fd93ULL + 1);
    }
    void add(MemberId id) {
        add(id.high);
        add(id.low);
    }
    void add(std::string_view text) {
        add(text.size());
        for (const char byte : text) add(static_cast<std::uint64_t>(byte));
    }
    void add(const std::vector<MemberId>& ids) {
        add(ids.size());
        for (const MemberId& id : ids) add(id);
    }
    void add(const Configuration& configuration) {
        add(configuration.voters);
        add(configuration.outgoing);
        add(configuration.learners);
        add(configuration.witnesses);
        add(configuration.seats);
        add(configuration.outgoing_seats);
    }
    void add(const Entry& entry) {
        add(entry.term);
        add(entry.index);
        add(static_cast<std::uint64_t>(entry.kind));
        add(entry.data.view());
        if (entry.configuration) add(*entry.configuration);
    }
    void add(const std::shared_ptr<const Snapshot>& snapshot) {
        add(snapshot != nullptr);
        if (!snapshot) return;
        add(snapshot->index);
        add(snapshot->term);
        add(snapshot->configuration);
        add(snapshot->state.view());
    }
    void monotonic(Nanos time) { since(time - now_.monotonic); }
    void boottime(Nanos time) { since(time - now_.boottime); }
    /// A time that is only ever asked whether it has come (CLOCK_MONOTONIC).
    void deadline(Nanos time) { add(as_number(std::max(time - now_.monotonic, Nanos{0}))); }

    // ---- messages, kind by kind ----
    void add(const VoteRequest& request) {
        add(request.term);
        add(request.last_index);
        add(request.last_term);
        add(request.pre_vote);
        add(request.handed_on);
        add(request.dead_leader);
        boottime(request.sent);
    }
    void add(const VoteReply& reply) {
        add(reply.term);
        add(reply.granted);
        add(reply.pre_vote);
        boottime(reply.sent);  // why a vote was refused is for people
    }
    void add(const Append& append) {
        add(append.term);
        add(append.prev_index);
        add(append.prev_term);
        add(append.commit);
        add(append.successor_rank);
        add(append.entries.size());
        for (const Entry& entry : append.entries) add(entry);
        boottime(append.sent);
        add(append.commit_only);
    }
    void add(const AppendReply& reply) {
        add(reply.term);
        add(reply.accepted);
        add(reply.match);
        add(reply.hint_index);
        add(reply.hint_term);
        add(reply.needs_snapshot);
        add(reply.promise);
        add(reply.priority);
        boottime(reply.sent);
    }
    void add(const InstallSnapshot& install) {
        add(install.term);
        add(install.snapshot);
        add(install.offset);
        add(install.done);
        boottime(install.sent);
    }
    void add(const SnapshotReply& reply) {
        add(reply.term);
        add(reply.index);
        add(reply.received);
        boottime(reply.sent);
    }
    void add(const TimeoutNow& order) { add(order.term); }
    void add(const Message& message) {
        add(message.index());
        std::visit([&](const auto& kind) { add(kind); }, message);
    }
    void add(const std::vector<Outgoing>& messages) {
        add(messages.size());
        for (const Outgoing& outgoing : messages) {
            add(outgoing.to);
            add(outgoing.message);
        }
    }

    Fingerprint sum() const { return sum_; }

private:
    static std::uint64_t as_number(Nanos time) { return static_cast<std::uint64_t>(time.count()); }
    void since(Nanos time) { add(as_number(std::max(time, -horizon_))); }

    Moment now_;
    Nanos horizon_;
    Fingerprint sum_;
};

}  // namespace

Fingerprint fingerprint(const Entry& entry) {
    Digest digest({}, {});
    digest.add(entry);
    return digest.sum();
}

Fingerprint fingerprint(const Message& message, Moment now, Nanos horizon) {
    Digest digest(now, horizon);
    digest.add(message);
    return digest.sum();
}

namespace {

void add_log(Digest& digest, const Log& log) {
    digest.add(log.snapshot());
    digest.add(log.first_index());
    digest.add(log.last_index());
    digest.add(log.term_at(log.first_index() - 1).value_or(0));
    for (Index index = log.first_index(); index <= log.last_index(); ++index) {
        digest.add(log.at(index));
    }
    digest.add(log.configuration_index());
}

}  // namespace

Fingerprint Raft::fingerprint(Moment now, Nanos horizon) const {
    Digest digest(now, horizon);
    digest.add(options_.self);
    digest.deadline(options_.withhold_until);
    add_log(digest, log_);
    for (const HardState& state : {hard_state_, given_hard_state_}) {
        digest.add(state.term);
        digest.add(state.voted_for);
    }
    digest.add(static_cast<std::uint64_t>(role_));
    digest.add(leader_);
    digest.add(commit_index_);
    digest.deadline(promise_.until);
    digest.add(promise_.to);  // of use as a hint about the dead even when it has run out
    if (now.monotonic < promise_.until) digest.add(promise_.term);
    digest.add(dead_.size());
    for (const auto& [id, death] : dead_) {
        digest.add(id);
        digest.boottime(death.since);
        digest.add(death.term);
    }
    digest.add(last_leader_);
    digest.add(incoming_.leader_term());
    digest.add(incoming_.index());
    digest.add(incoming_.state());
    digest.add(successor_rank_);
    digest.add(succession_.has_value());
    if (succession_) {
        digest.monotonic(succession_->next);
        digest.monotonic(succession_->until);
    }
    fingerprint_of_role(digest);
    // What waits for the disk or for take_output.
    digest.add(unsaved_from_);
    digest.add(truncate_from_.value_or(0));
    digest.add(received_snapshot_);
    digest.add(handed_out_);
    digest.add(requests_);
    digest.add(replies_);
    digest.add(reads_ready_.size());
    digest.add(reads_lost_.size());
    digest.add(persisted_);
    digest.add(persisting_.size());
    for (const Persisting& record : persisting_) {
        digest.add(record.last);
        digest.add(record.keeps);
        digest.add(record.hard_state);
    }
    return digest.sum();
}

/// What is of use to a leader alone, or to those alone who might become one.
template <class Digest>
void Raft::fingerprint_of_role(Digest& digest) const {
    if (role_ != Role::leader) {
        digest.add(static_cast<std::uint64_t>(trigger_));
        digest.deadline(election_deadline_);
        if (leader_) digest.monotonic(leader_heard_);
        if (role_ == Role::candidate) digest.deadline(candidacy_end_);
        std::vector<Grant> grants = grants_;
        std::sort(grants.begin(), grants.end(),
                  [](const Grant& a, const Grant& b) { return a.voter < b.voter; });
        digest.add(grants.size());
        for (const Grant& grant : grants) {
            digest.add(grant.voter);
            digest.boottime(grant.sent);
        }
        return;
    }
    digest.add(first_own_index_);
    digest.monotonic(leader_since_.monotonic);
    digest.boottime(leader_since_.boottime);
    digest.boottime(own_sent_);
    if (!reads_.empty()) digest.boottime(last_asked_);
    digest.deadline(heartbeat_deadline_);
    digest.deadline(quorum_deadline_);
    digest.add(round_due_);
    digest.add(handed_on_);
    digest.add(transfer_.has_value());
    if (transfer_) {
        digest.add(transfer_->target);
        digest.deadline(transfer_->deadline);
        digest.add(transfer_->ordered);
    }
    digest.add(uncommitted_bytes_);
    digest.add(pace_.busy());  // which the exploration's never are, so that no position matters
    digest.add(progress_.size());
    for (const auto& [id, progress] : progress_) {
        digest.add(id);
        digest.add(static_cast<std::uint64_t>(progress.state));
        digest.add(progress.match);
        digest.add(progress.next);
        digest.monotonic(progress.heard);
        digest.monotonic(progress.heard_promptly);
        digest.boottime(progress.promised_sent);
        digest.boottime(progress.probe_sent);
        digest.add(progress.probe_due);
        digest.add(progress.snapshot);
        if (progress.snapshot) {
            digest.add(progress.chunks_sent);
            digest.add(progress.chunks_acknowledged);
            digest.add(progress.last_chunk_sent);
            digest.monotonic(progress.snapshot_moved);
            digest.boottime(progress.snapshot_answered);
            digest.add(progress.snapshot_silences);
        }
        digest.add(progress.commit_told);
        digest.add(progress.rank);
        // Priority and rounds matter to owners that ask caught_up() or differ in their priorities:
        // the exploration's don't, and its states would be many more.
        digest.add(progress.in_flight.size());
        for (const Progress::InFlight& append : progress.in_flight) digest.add(append.last);
    }
    digest.add(reads_.size());
    for (const PendingRead& pending : reads_) {
        digest.add(pending.read);
        digest.boottime(pending.since);
    }
}

}  // namespace quorate::raft
