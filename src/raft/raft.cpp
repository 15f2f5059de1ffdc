// Construction, the dispatch of inputs, terms and roles, and what goes out.
#include "raft/raft.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "raft/validate.h"

namespace quorate::raft {

namespace {

constexpr std::size_t unbounded = std::numeric_limits<std::size_t>::max();

void check_usable(const Options& options) {
    QUORATE_CHECK(options.self, "a node has an id");
    QUORATE_CHECK(options.heartbeat > Nanos{0} && options.heartbeat < options.election_min,
                  "heartbeats come more often than election timeouts");
    QUORATE_CHECK(options.election_min <= options.election_max, "the shortest timeout comes first");
    QUORATE_CHECK(options.clock_drift >= 0 && options.clock_drift < 1, "drift is a fraction");
    QUORATE_CHECK(options.max_append_entries > 0 && options.max_in_flight > 0,
                  "without entries in flight nothing is replicated");
    QUORATE_CHECK(options.snapshot_chunk_bytes > 0, "a chunk holds something");
}

}  // namespace

Raft::Raft(Options options, Moment now, std::shared_ptr<const Snapshot> base, HardState hard_state,
           Entries restored)
    : options_(std::move(options)),
      random_(options_.seed),
      log_(std::move(base)),
      hard_state_(hard_state),
      given_hard_state_(hard_state) {
    check_usable(options_);
    for (Entry& entry : restored) {
        lacks_data_ |= entry.withheld();
        log_.append(std::move(entry));
    }
    // A received state may be of a later term than anything this member has voted in.
    if (log_.last_term() > hard_state_.term) hard_state_ = {log_.last_term(), {}};
    commit_index_ = handed_out_ = log_.snapshot()->index;
    persisted_ = log_.last_index();
    unsaved_from_ = log_.last_index() + 1;
    arm_election_timer(now);
}

void Raft::tick(Moment now) {
    if (role_ == Role::leader) {
        tick_leader(now);
    } else {
        tick_election(now);
    }
}

void Raft::receive(Moment now, MemberId from, const Message& message) {
    if (!from || from == options_.self || !is_sound(message)) return;
    const Term term = std::visit([](const auto& each) { return each.term; }, message);
    if (term > hard_state_.term + max_term_leap) return;
    note_new_life(from, message);
    if (const auto* answer = std::get_if<VoteReply>(&message)) {
        on_vote_reply(now, from, *answer);
    } else if (const auto* acknowledgement = std::get_if<AppendReply>(&message)) {
        on_append_reply(now, from, *acknowledgement);
    } else if (const auto* arrived = std::get_if<SnapshotReply>(&message)) {
        on_snapshot_reply(now, from, *arrived);
    } else if (is_dead(from)) {
        // What a dead member sent in life says nothing about the present; only an answer to a later
        // question would (note_life).
    } else if (const auto* vote = std::get_if<VoteRequest>(&message)) {
        on_vote_request(now, from, *vote);
    } else if (const auto* append = std::get_if<Append>(&message)) {
        on_append(now, from, *append);
    } else if (const auto* install = std::get_if<InstallSnapshot>(&message)) {
        on_install_snapshot(now, from, *install);
    } else if (const auto* order = std::get_if<TimeoutNow>(&message)) {
        on_timeout_now(now, from, *order);
    }
}

Result<Index> Raft::propose(Moment, Payload command, EntryKind kind) {
    QUORATE_CHECK(
        kind == EntryKind::command || (kind == EntryKind::application && command.size() > 0),
        "no-ops and configurations are the leader's own; application data is not empty");
    if (role_ != Role::leader) {
        return Error{ErrorCode::not_leader, "only the leader appends commands: ask it"};
    }
    if (transfer_) {
        return Error{ErrorCode::would_block,
                     "leadership is being handed on: try again with the next leader"};
    }
    if (uncommitted_bytes_ >= options_.max_uncommitted_bytes) {
        return Error{ErrorCode::would_block,
                     "too much waits to be committed: try again when some of it is"};
    }
    append_own(kind, std::move(command), nullptr);
    return log_.last_index();
}

/// The leader only appends to its log (section 3.5, Leader Append-Only).
void Raft::append_own(EntryKind kind, Payload data, std::shared_ptr<const Configuration> changed) {
    Entry entry;
    entry.term = hard_state_.term;
    entry.index = log_.last_index() + 1;
    entry.kind = kind;
    entry.data = std::move(data);
    entry.configuration = std::move(changed);
    uncommitted_bytes_ += entry.data.size() + sizeof(Entry);
    log_.append(std::move(entry));
}

void Raft::become_follower(Moment now, Term term, MemberId leader) {
    QUORATE_CHECK(term >= hard_state_.term, "terms never fall");
    if (term > hard_state_.term) hard_state_ = {term, {}};
    // A leader has no election timer; who waits already goes on waiting (section 3.4).
    if (role_ == Role::leader) arm_election_timer(now);
    role_ = Role::follower;
    leader_ = leader;
    if (leader) last_leader_ = leader;
    if (leader && leader == preferred_) preferred_ = {};
    succession_.reset();
    grants_.clear();
    progress_.clear();
    transfer_.reset();
    lose_reads();
    round_due_ = false;
}

void Raft::arm_election_timer(Moment now) {
    election_deadline_ =
        now.monotonic + random_.between(options_.election_min, options_.election_max);
}

void Raft::stalled(Moment now, Nanos late) {
    if (role_ == Role::follower) {
        // What it has not heard may wait unread: the others get a full timeout to be heard in.
        arm_election_timer(now);
    } else if (late >= options_.election_min) {
        become_follower(now, hard_state_.term, MemberId{});
        arm_election_timer(now);
    }
}

void Raft::truncate_log(Index from) {
    QUORATE_CHECK(from > commit_index_, "committed entries are never removed");
    log_.truncate_from(from);
    persisted_ = std::min(persisted_, from - 1);
    if (from >= unsaved_from_) return;
    truncate_from_ = truncate_from_ ? std::min(*truncate_from_, from) : from;
    unsaved_from_ = from;
}

void Raft::persisted(Moment now, Index last_persisting) {
    const auto done =
        std::find_if(persisting_.begin(), persisting_.end(),
                     [&](const Persisting& record) { return record.last == last_persisting; });
    if (done == persisting_.end()) return;
    // Outputs reach the disk in their order, so the earlier ones are there too.
    persisted_ = last_persisting;
    persisting_.erase(persisting_.begin(), done + 1);
    // What a later output takes back doesn't count, though it is on disk at the moment.
    for (const Persisting& later : persisting_) persisted_ = std::min(persisted_, later.keeps);
    if (truncate_from_) persisted_ = std::min(persisted_, *truncate_from_ - 1);
    if (received_snapshot_) persisted_ = 0;
    persisted_ = std::min(persisted_, log_.last_index());
    if (role_ == Role::leader) evaluate_commit(now);
}

Output Raft::take_output(Moment now, Output&& used) {
    Output out;
    if (role_ == Role::leader) flush_leader(now);
    if (hard_state_ != given_hard_state_) out.hard_state = given_hard_state_ = hard_state_;
    give_out_log(out);
    give_out_messages(out);
    out.reads_ready = std::exchange(reads_ready_, {});
    out.reads_lost = std::exchange(reads_lost_, {});
    used.send_now.clear();
    used.send_after_persist.clear();
    requests_ = std::move(used.send_now);
    replies_ = std::move(used.send_after_persist);
    return out;
}

void Raft::give_out_log(Output& out) {
    Persisting record;
    if (received_snapshot_) {
        out.snapshot = std::exchange(received_snapshot_, nullptr);
        truncate_from_.reset();
        record.keeps = 0;
    } else {
        out.truncate_from = std::exchange(truncate_from_, std::nullopt);
        record.keeps = out.truncate_from ? *out.truncate_from - 1 : max_index;
    }
    out.entries = log_.slice(unsaved_from_, unbounded, unbounded);
    unsaved_from_ = log_.last_index() + 1;
    out.last_persisting = log_.last_index();
    if (commit_index_ > handed_out_) {
        out.committed = log_.slice(handed_out_ + 1, commit_index_ - handed_out_, unbounded);
        handed_out_ = commit_index_;
    }
    record.last = out.last_persisting;
    record.hard_state = out.hard_state.has_value();
    const bool empty =
        !out.hard_state && !out.snapshot && !out.truncate_from && out.entries.empty();
    if (!empty || !persisting_.empty()) persisting_.push_back(record);
}

/// A leader's requests need not wait for its own disk (section 10.2.1), but they do for its term
/// and vote: after a crash it must not lead that term a second time with other entries.
void Raft::give_out_messages(Output& out) {
    const bool term_at_risk =
        std::any_of(persisting_.begin(), persisting_.end(),
                    [](const Persisting& record) { return record.hard_state; });
    if (term_at_risk) {
        out.send_after_persist = std::move(requests_);
        out.send_after_persist.insert(out.send_after_persist.end(),
                                      std::make_move_iterator(replies_.begin()),
                                      std::make_move_iterator(replies_.end()));
    } else {
        out.send_now = std::move(requests_);
        out.send_after_persist = std::move(replies_);
    }
    requests_.clear();
    replies_.clear();
}

void Raft::compact(Index index, Payload state, std::size_t keep) {
    QUORATE_CHECK(index <= handed_out_, "only what was applied can be covered by a state");
    if (index <= log_.snapshot()->index) return;
    auto covered = std::make_shared<Snapshot>();
    covered->index = index;
    covered->term = *log_.term_at(index);
    covered->configuration = log_.configuration_at(index);
    covered->state = std::move(state);
    log_.compact(std::move(covered), keep);
}

Nanos Raft::next_deadline() const {
    if (role_ == Role::leader) {
        Nanos next = std::min(heartbeat_deadline_, quorum_deadline_);
        if (held_back_) next = std::min(next, pace_.quiet_at());
        return transfer_ ? std::min(next, transfer_->deadline) : next;
    }
    Nanos next = election_deadline_;
    if (role_ == Role::candidate) next = std::min(next, candidacy_end_);
    if (succession_) next = std::min(next, succession_->next);
    return next;
}

const Configuration& Raft::configuration() const {
    return log_.configuration();
}

Index Raft::configuration_index() const {
    return log_.configuration_index();
}

bool Raft::hears_leader(Moment now) const {
    if (role_ == Role::leader) return true;
    return leader_ && now.monotonic - leader_heard_ < options_.election_max;
}

bool Raft::established() const {
    return role_ == Role::leader && commit_index_ >= first_own_index_;
}

Nanos Raft::heard_at(MemberId id) const {
    const auto found = progress_.find(id);
    return found == progress_.end() ? base::long_ago : found->second.heard;
}

Index Raft::match_index(MemberId id) const {
    if (role_ == Role::leader && id == options_.self) return persisted_;
    const auto found = progress_.find(id);
    return found == progress_.end() ? 0 : found->second.match;
}

bool Raft::paced(Moment now, MemberId id) const {
    const auto found = progress_.find(id);
    return role_ == Role::leader && found != progress_.end() &&
           waits_for_pace(now, id, found->second);
}

bool Raft::caught_up(Moment now, MemberId id) const {
    const auto found = progress_.find(id);
    if (found == progress_.end()) return false;
    const Progress& progress = found->second;
    // Under load it is always a few entries behind: what counts is that it closes its rounds.
    const bool closes_rounds =
        progress.round_was_quick && now.monotonic - progress.round_began < options_.election_min;
    return closes_rounds && now.monotonic - progress.heard < options_.election_max;
}

}  // namespace quorate::raft
