#include "group/group_loop.h"

#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

GroupLoop::GroupLoop(LoopOptions options, io::Clock& clock, io::Transport& transport,
                     io::LogStore& store, io::Mailbox& mailbox, io::Alarm& alarm)
    : impl_(std::make_unique<Impl>(std::move(options), clock, transport, store, mailbox, alarm)) {}
GroupLoop::~GroupLoop() = default;

void GroupLoop::turn(const std::vector<io::TransportEvent>& arrived,
                     std::vector<io::Command>& commands) {
    impl_->turn(arrived, commands);
}
Nanos GroupLoop::next_deadline() const {
    return impl_->next_deadline();
}
std::uint64_t GroupLoop::untold_losses() const {
    return impl_->untold_losses();
}
bool GroupLoop::finished() const {
    return impl_->finished();
}
MemberId GroupLoop::id() const {
    return impl_->self_;
}
const raft::Raft* GroupLoop::raft() const {
    return impl_->raft_.get();
}
const consensus::StateMachine* GroupLoop::machine() const {
    return impl_->machine_.get();
}
GroupStatus GroupLoop::status() const {
    return impl_->status();
}
const DropCounters& GroupLoop::drops() const {
    return impl_->drops_;
}
Nanos GroupLoop::promised_until() const {
    return impl_->promised_until();
}

GroupLoop::Impl::Impl(LoopOptions options, io::Clock& clock, io::Transport& transport,
                      io::LogStore& store, io::Mailbox& mailbox, io::Alarm& alarm)
    : options_(std::move(options)),
      clock_(clock),
      transport_(transport),
      store_(store),
      outbox_(mailbox),
      mailbox_(mailbox),
      alarm_(alarm),
      random_(options_.seed) {
    self_ = random_.id<MemberId>();
    read_clock();
    last_turn_ = now_;
    next_deadline_ = housekeeping_at_ = announce_at_ = now();
    // A former life of this process may have promised its backing up to this moment (rule 5).
    withhold_until_ =
        now() + Nanos(static_cast<std::int64_t>(static_cast<double>(timing().election_min.count()) *
                                                (1.0 + options_.member.clock_drift)));
    for (const std::string& seed : options_.member.seeds) peers_.greet(seed, now(), true);
}

void GroupLoop::Impl::turn(const std::vector<io::TransportEvent>& arrived,
                           std::vector<io::Command>& commands) {
    read_clock();
    if (!started_) {
        started_ = true;
        outbox_.post(Started{self_, options_.name, transport_.endpoint()});
    }
    if (finished_) {
        // Left may wait for room still: what is asked for now is answered before it.
        for (io::Command& command : commands) on_command(command);
        outbox_.flush();
        next_deadline_ = find_next_deadline();
        return;
    }
    outbox_.flush();
    measurements_.turn_began(now(), next_deadline_);
    notice_lateness();
    for (const io::TransportEvent& event : arrived) {
        if (finished_) break;
        // Read anew for each: a pause in the middle of a turn must not make old promises look
        // young.
        read_clock();
        on_transport_event(event);
    }
    for (io::Command& command : commands) on_command(command);
    flush_messages();
    read_clock();
    if (!finished_) settle_turn();
    if (finished_) outbox_.post(Left{});  // behind the answers to this turn's commands
    last_turn_ = now_;
    next_deadline_ = find_next_deadline();
}

void GroupLoop::Impl::notice_lateness() {
    Nanos late = next_deadline_ < now() ? now() - next_deadline_ : Nanos{0};
    const Nanos asleep =
        (now_.boottime - last_turn_.boottime) - (now_.monotonic - last_turn_.monotonic);
    late += std::max(asleep, Nanos{0});
    if (next_deadline_ <= now()) {
        lateness_ = {.last = late, .greatest = std::max(late, lateness_.greatest)};
    }
    if (late < timing().heartbeat) return;
    if (raft_) raft_->stalled(now_, late);
    if (late < timing().election_min) return;
    // This member was stopped itself: what it didn't hear says nothing about the others (rule 10).
    story("was late by " + std::to_string(late.count() / 1000000) + " ms");
    excused_at_ = now();
    measurements_.excuse();
    leader_heard_at_ = now();
    if (proposed_) abandon_founding("this member was stopped meanwhile");
    majority_seen_at_ = never;
}

void GroupLoop::Impl::settle_turn() {
    if (raft_ && raft_->next_deadline() <= now()) raft_->tick(now_);
    observe_raft();
    pump();
    if (now() >= housekeeping_at_) housekeeping();
    if (finished_) return;
    watch_leader();
    if (raft_) {
        expire_polls();
        stamp_agreed_actions();
        if (membership_dirty_) keep_membership();
    }
    probe_suspects();
    if (is_default() && !told_joined_ && !leaving_) open_company();
    if (!raft_ && !leaving_ && !is_default()) {
        if (proposed_) decide_founding();
        if (!raft_) consider_joining();
        if (!raft_ && !joining_) consider_founding();
    }
    if (leaving_) keep_leaving();
    if (finished_) return;
    say_hellos();
    if (now() >= announce_at_) announce();
    pump();
    watch_leader();
    observe_raft();
    publish_status();
}

void GroupLoop::Impl::housekeeping() {
    housekeeping_at_ = now() + std::min<Nanos>(timing().heartbeat, request_grain);
    retries_.expire(now());
    status_dirty_ = true;
    fail_all(requests_.end_due(now()), "the group did not answer within 5 s");
    cast_early_votes();
    if (transfer_request_ && now() >= transfer_deadline_) {
        failed(*transfer_request_, ErrorCode::unknown_outcome,
               "the member has not taken over in time; see who leads before asking again");
        transfer_request_.reset();
    }
    if (raft_) {
        send_pending_votes();
        keep_membership();
        watch_quorum();  // may give the incarnation up
    }
    answering_ = peers_.count_answering();
    if (is_default()) keep_company();
    if (raft_ && !leaving_ &&
        (!in_roster(self_) || leader_heard_at_ + 2 * timing().election_max < now())) {
        ask_to_join();
    }
    admit_waiting_messages();
    const Nanos silence = 10 * timing().peer_timeout;
    peers_.forget_silent(now(), silence, [&](MemberId id) { return takes_part(id); });
    std::erase_if(newcomers_, [&](const auto& entry) {
        return entry.second.last_asked + timing().peer_timeout < now();
    });
    give_in_to_refusal();
    if (links_tidied_at_ + timing().peer_timeout <= now()) tidy_links();
    publish_observations();
}

Nanos GroupLoop::Impl::find_next_deadline() const {
    if (finished_) return outbox_.empty() ? never : now() + timing().heartbeat;
    Nanos next = std::min(housekeeping_at_, announce_at_);
    for (const auto& [endpoint, greeting] : peers_.greetings()) {
        next = std::min(next, greeting.next_at);
    }
    if (raft_) {
        next = std::min(next, raft_->next_deadline());
        for (const auto& [poll, deadline] : poll_deadlines_) {
            if (leads()) next = std::min(next, deadline);
        }
        for (const auto& [poll, collected] : collected_votes_) {
            next = std::min(next, collected.until);
        }
        for (const auto& [poll, again_at] : agreed_actions_) {
            if (leads()) next = std::min(next, again_at);
        }
    }
    for (const auto& [id, suspicion] : suspects_) {
        if (!suspicion.asked) next = std::min(next, suspicion.probe_at);
    }
    if (joining_) next = std::min(next, joining_->ask_at);
    if (leaving_) next = std::min(next, leaving_->deadline);
    return std::max(next, now());
}

Nanos GroupLoop::Impl::promised_until() const {
    return raft_ ? std::max(promise_.until, raft_->promised_until()) : promise_.until;
}

}  // namespace quorate::group
