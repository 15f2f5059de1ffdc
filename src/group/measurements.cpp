#include "group/measurements.h"

namespace quorate::group {

void Measurements::leader_heard(Nanos now, raft::Term term, Nanos heartbeat) {
    if (term == leader_term_) {
        // Half a heartbeat of grace: what comes a little late was not lost.
        const Nanos late = now - leader_heard_ - heartbeat / 2;
        values_.heartbeats_missed +=
            late > heartbeat ? static_cast<std::uint64_t>(late / heartbeat) : 0;
    }
    leader_term_ = term;
    leader_heard_ = now;
}

void Measurements::proposed(raft::Index index, Nanos now) {
    if (timed_ >= max_timed) return;
    ring_[(oldest_ + timed_) % max_timed] = {index, now};
    ++timed_;
}

void Measurements::committed(raft::Index commit, Nanos now) {
    while (timed_ > 0 && ring_[oldest_].index <= commit) {
        values_.commit_latency.add(now - ring_[oldest_].since);
        oldest_ = (oldest_ + 1) % max_timed;
        --timed_;
    }
}

void Measurements::election_ended(const ElectionRecord& record) {
    if (record.outcome != ElectionOutcome::elected) return;
    ++values_.leader_changes[static_cast<std::size_t>(record.trigger)];
    values_.election_duration.add(record.took);
}

void Measurements::set_drops(const DropCounters& drops, const io::UnseenDrops& unseen) {
    const auto set = [&](DropCause cause, std::uint64_t count) {
        values_.dropped[static_cast<std::size_t>(cause)] = count;
    };
    set(DropCause::garbage, drops.garbage + unseen.garbage);
    set(DropCause::other_version, drops.other_version);
    set(DropCause::other_group, drops.other_group);
    set(DropCause::too_large, drops.too_large);
    set(DropCause::other_incarnation, drops.other_incarnation);
    set(DropCause::wrong_receiver, drops.wrong_receiver);
    set(DropCause::unknown_sender, drops.unknown_sender);
    set(DropCause::other_deployment, drops.other_deployment);
    set(DropCause::forged_sender, drops.forged_sender);
    set(DropCause::unknown_key, unseen.unknown_key);
    set(DropCause::stale, drops.stale);
    set(DropCause::overflow, drops.overflow);
    set(DropCause::rate_limited, rate_limited_);
    set(DropCause::several_parts, unseen.several_parts);
    set(DropCause::link_full, link_full_);
}

}  // namespace quorate::group
