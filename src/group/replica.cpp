// The replica: Raft's output carried out, committed entries applied, state entered and restored.
#include <algorithm>
#include <set>

#include "group/loop_impl.h"

namespace quorate::group {

namespace {
/// Large enough for the cost of a frame to vanish, small enough for malloc to keep its buffers.
constexpr std::size_t append_bytes = 64 * 1024;
}  // namespace

void GroupLoop::Impl::enter(std::shared_ptr<const raft::Snapshot> snapshot,
                            std::unique_ptr<consensus::StateMachine> machine,
                            Nanos withhold_until) {
    raft::Options options;
    options.self = self_;
    options.heartbeat = timing().heartbeat;
    options.election_min = timing().election_min;
    options.election_max = timing().election_max;
    options.clock_drift = options_.member.clock_drift;
    options.withhold_until = withhold_until;
    options.seed = random_.next();
    options.priority = options_.member.priority;
    options.max_append_bytes = append_bytes;
    options.max_uncommitted_bytes = options_.member.uncommitted_bytes;
    options.busy_rate = options_.busy_rate;
    options.snapshot_chunk_bytes = options_.compaction.chunk_bytes;
    options.max_snapshot_in_flight_bytes = 8 * options_.compaction.chunk_bytes;
    // Anybody may have sent what contradicts the group, or a state that nobody can read (rule 12).
    // With keys it is known who did; that one member must not stop the others all the same.
    options.senders_are_authenticated = false;
    options.is_readable = [this](const raft::Snapshot& received) {
        const bool readable = read_state(received, machine_->founding().incarnation).has_value();
        if (!readable) ++drops_.garbage;
        return readable;
    };
    machine_ = std::move(machine);
    // The state may be older than the size that this member was let in with.
    came_with_size_ = in_roster(self_) ? 0 : options_.spec.size;
    options_.spec.size = machine_->spec().size;
    former_size_.reset();
    raft_ = std::make_unique<Raft>(options, now_, std::move(snapshot));
    measurements_.excuse();
    elections_.entered(now(), false);
    was_inside_ = true;
    proposed_.reset();
    joining_.reset();
    accepted_founding_ = {};
    majority_seen_at_ = never;
    quorum_ = true;
    quorum_at_ = leader_heard_at_ = now();
    highest_epoch_ = std::max(highest_epoch_, machine_->founding().epoch);
    applied_term_ = 0;
    applied_bytes_ = 0;
    for (const MemberRecord& member : machine_->roster()) {
        entered_at_[member.id] = now();
        endpoints_[member.id] = member.endpoint;
        if (member.id != self_) {
            peers_.introduce(member.id, {member.name, member.endpoint, member.role}, now());
        }
    }
    for (const auto& [id, poll] : machine_->open_polls())
        poll_deadlines_[id] = now() + poll.timeout;
    restore_actions({});
    status_dirty_ = true;
    if (!in_roster(self_)) return;
    tell_joined();
    ask_for_missed_votes({});
}

void GroupLoop::Impl::pump() {
    while (raft_ && !finished_) {
        raft::Output output = raft_->take_output(now_, std::move(used_output_));
        const bool idle = output.idle();
        if (!idle) carry_out(output);
        // What was in it is let go, and its room is used again.
        output.entries.clear();
        output.committed.clear();
        output.send_now.clear();
        output.send_after_persist.clear();
        used_output_ = std::move(output);
        if (idle) return;
    }
}

void GroupLoop::Impl::carry_out(raft::Output& output) {
    withdraw_lease(raft_->lease_until());
    send_raft(output.send_now);
    if (output.persists()) {
        const io::LogStore::Batch batch{output.hard_state, output.truncate_from, &output.entries,
                                        output.snapshot};
        const bool on_disk = store_.persist(batch, output.last_persisting);
        QUORATE_CHECK(on_disk, "this version keeps no member's log on disk");
        raft_->persisted(now_, output.last_persisting);
    }
    send_raft(output.send_after_persist);
    if (output.snapshot) restore(*output.snapshot);
    for (const raft::Entry& entry : output.committed) {
        if (!raft_) return;  // an entry made this member give the incarnation up
        apply(entry);
    }
    if (raft_ && !output.committed.empty()) compact_log(output.committed.back().index);
}

/// Followers that are as far as each other get the same entries: what is long is built once.
void GroupLoop::Impl::send_raft(const std::vector<raft::Outgoing>& messages) {
    std::optional<wire::FrameEncoder> shared;
    const raft::Append* built = nullptr;
    for (const raft::Outgoing& outgoing : messages) {
        if (!may_send_raft(outgoing.to)) continue;
        observe_sent(outgoing.to, outgoing.message);
        const auto* append = std::get_if<raft::Append>(&outgoing.message);
        if (append == nullptr || append->entries.empty()) {
            send_to(outgoing.to, wire::RaftFrame{outgoing.message});
            continue;
        }
        const std::string& endpoint = endpoint_of(outgoing.to);
        if (endpoint.empty()) continue;
        if (built == nullptr || !raft::differ_in_receiver_alone(*built, *append)) {
            shared.emplace(frame_to(outgoing.to, wire::RaftFrame{outgoing.message}, std::nullopt));
            built = append;
        }
        hand_over(endpoint, shared->append_for(outgoing.to, append->successor_rank));
    }
}

bool GroupLoop::Impl::may_send_raft(MemberId to) {
    if (is_dead(to)) return false;
    if (in_roster(to)) return true;
    // A lost voter keeps its seat, and may only be cut off: it is tried now and then, on a fresh
    // link so that nothing piles up on the old one.
    const Peer* peer = peers_.find(to);
    if (peer && peer->heard_at + timing().peer_timeout > now()) return true;
    Nanos& again_at = quiet_raft_at_[to];
    if (now() < again_at) return false;
    again_at = now() + timing().peer_timeout / 2;
    close_unless_reused(endpoint_of(to));
    return true;
}

void GroupLoop::Impl::restore(const raft::Snapshot& snapshot) {
    Result<consensus::StateMachine> restored = consensus::StateMachine::restore(snapshot.state);
    QUORATE_CHECK(restored.ok(), "the leader of our incarnation sends states that can be read");
    if (restored->applied() == machine_->applied()) return;  // what this member entered with
    const bool was_in = told_joined_;
    // Who is given the state is told what it would have been told of each entry before it.
    for (const auto& missed : restored->results_since(machine_->applied())) {
        tell_result(missed);
        if (!restored->actions().contains(missed.poll)) tell_missed_action(missed);
    }
    std::set<PollId> told;
    for (const auto& [id, poll] : machine_->open_polls()) {
        told.insert(id);
        // So many have closed since that nobody knows any more how this one did.
        const bool forgotten = !restored->find_poll(id) && !restored->find_result(id);
        if (forgotten && (was_in || poll.electorate.contains(self_))) {
            outbox_.post(lost_result(poll));
        }
    }
    std::set<PollId> known_actions;
    for (const auto& [id, action] : machine_->actions()) known_actions.insert(id);
    *machine_ = std::move(*restored);
    options_.spec.size = machine_->spec().size;
    if (in_roster(self_)) came_with_size_ = 0;
    decltype(poll_deadlines_) deadlines;
    for (const auto& [id, poll] : machine_->open_polls()) {
        const auto known = poll_deadlines_.find(id);
        deadlines[id] = known != poll_deadlines_.end() ? known->second : now() + poll.timeout;
    }
    poll_deadlines_ = std::move(deadlines);
    restore_actions(known_actions);
    // What became of its votes it isn't told any more: the state says it. Else it would send them
    // again for ever, and each fills the log that it is behind on.
    for (auto next = votes_.begin(); next != votes_.end();) {
        const PollId poll = (next++)->first;
        if (machine_->find_poll(poll) == nullptr) retire_vote(poll);
    }
    for (auto& [id, vote] : votes_) {
        const consensus::Poll& poll = *machine_->find_poll(id);
        const auto ballot = poll.electorate.find(self_);
        using Choice = consensus::Poll::Ballot::Choice;
        vote.counted = ballot == poll.electorate.end() || ballot->second.gone ||
                       ballot->second.choice != Choice::none;
    }
    for (const MemberRecord& member : machine_->roster()) {
        entered_at_.try_emplace(member.id, now());
        endpoints_[member.id] = member.endpoint;
        if (member.id != self_) {
            peers_.introduce(member.id, {member.name, member.endpoint, member.role}, now());
        }
    }
    fail_all(requests_.end_all(), "this member was too far behind to see what became of it");
    status_dirty_ = membership_dirty_ = true;
    story("is given the state at " + std::to_string(snapshot.index));
    if (!in_roster(self_)) {
        told_joined_ = false;
        if (was_in) outbox_.post(Evicted{machine_->founding().incarnation});
    } else if (was_in) {
        outbox_.post(StateRestored{snapshot.index, status().members});
    } else {
        tell_joined();
    }
    ask_for_missed_votes(told);
    cast_early_votes();
}

/// Polls that still wait for this member's vote, and that its component was not told of.
void GroupLoop::Impl::ask_for_missed_votes(const std::set<PollId>& told) {
    using Choice = consensus::Poll::Ballot::Choice;
    for (const auto& [id, poll] : machine_->open_polls()) {
        const auto ballot = poll.electorate.find(self_);
        if (ballot == poll.electorate.end() || told.contains(id)) continue;
        if (ballot->second.gone || ballot->second.choice != Choice::none) continue;
        ask_for_vote(poll);
    }
}

void GroupLoop::Impl::apply(const raft::Entry& entry) {
    if (options_.probe.applied) options_.probe.applied(entry.index, entry);
    if (entry.term > applied_term_) {
        applied_term_ = entry.term;
        fail_all(requests_.end_before_term(entry.term),
                 "leadership changed under the request; see what the group agreed on before "
                 "asking again");
    }
    const bool command =
        entry.kind == raft::EntryKind::command || entry.kind == raft::EntryKind::application;
    membership_dirty_ |= !command;
    status_dirty_ |= entry.kind == raft::EntryKind::configuration;
    if (!command || entry.withheld()) return;
    applied_bytes_ += entry.data.size();
    for (const consensus::Effect& effect : machine_->apply(entry.index, entry.data)) {
        std::visit([this](const auto& each) { take_effect(each); }, effect);
    }
}

CompactionLimits compaction_for(const MemberOptions& member) {
    CompactionLimits limits;
    limits.after_entries = member.kept_entries / 5;
    limits.after_bytes = member.kept_bytes / 4;
    limits.keep_entries = member.kept_entries / 50;
    limits.keep_bytes = member.kept_bytes / 16;
    // What comes until the next cut is part of it.
    limits.keep_entries_needed = member.kept_entries - limits.after_entries;
    limits.keep_bytes_needed = member.kept_bytes - limits.after_bytes;
    return limits;
}

void GroupLoop::Impl::compact_log(raft::Index applied) {
    const raft::Log& log = raft_->log();
    const CompactionLimits& limits = options_.compaction;
    if (applied - log.snapshot()->index < limits.after_entries &&
        applied_bytes_ < limits.after_bytes) {
        return;
    }
    const raft::Index needed_after = raft_->needed_after(now_);
    std::size_t keep = 0;
    std::size_t bytes = 0;
    for (raft::Index index = applied; index >= log.first_index(); --index) {
        const bool needed = index > needed_after;
        bytes += log.at(index).data.size();
        if (keep >= (needed ? limits.keep_entries_needed : limits.keep_entries)) break;
        if (bytes > (needed ? limits.keep_bytes_needed : limits.keep_bytes)) break;
        ++keep;
    }
    applied_bytes_ = 0;
    raft_->compact(applied, machine_->serialize(), keep);
    store_.compact(applied);
}

}  // namespace quorate::group
