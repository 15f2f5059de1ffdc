// What the loop shows of itself beside its status: elections recorded, numbers measured. Changes
// nothing of what it does.
#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr Nanos drop_log_pause = std::chrono::seconds(1);
}

ElectionRecorder::Surroundings GroupLoop::Impl::recorder_surroundings() {
    return {.name_of = [this](MemberId id) { return name_of(id); },
            .realtime = [this] { return clock_.realtime(); }};
}

/// As the roster has it, or as the member introduced itself; empty if it is not known any more.
std::string GroupLoop::Impl::name_of(MemberId id) const {
    if (id == self_) return options_.name;
    if (const MemberRecord* member = find_member(id)) return member->name;
    const Peer* peer = peers_.find(id);
    return peer ? peer->intro.name : std::string{};
}

/// Before Raft takes it: what it is about to change belongs to the record.
void GroupLoop::Impl::observe_arrival(MemberId from, const raft::Message& message) {
    if (const auto* request = std::get_if<raft::VoteRequest>(&message)) {
        elections_.asked(now(), from, *request);
    } else if (const auto* vote = std::get_if<raft::VoteReply>(&message)) {
        if (logs(LogModule::raft, LogLevel::debug)) log_vote("is answered by", from, *vote);
        if (raft_->configuration().is_voter(from)) {
            elections_.vote_arrived(now(), self_, from, *vote);
        }
        observe_round_trip(from, vote->sent);
    } else if (const auto* acknowledgement = std::get_if<raft::AppendReply>(&message)) {
        observe_round_trip(from, acknowledgement->sent);
    } else if (const auto* append = std::get_if<raft::Append>(&message)) {
        if (append->term >= raft_->term()) {
            measurements_.leader_heard(now(), append->term, timing().heartbeat);
        }
    }
}

void GroupLoop::Impl::observe_round_trip(MemberId peer_id, Nanos sent) {
    Peer* peer = peers_.find(peer_id);
    const Nanos took = now_.boottime - sent;
    // Anybody may have made the stamp up.
    if (peer == nullptr || took < Nanos{0} || took > 10 * timing().peer_timeout) return;
    peer->round_trip = smoothed(peer->round_trip, took);
}

void GroupLoop::Impl::observe_sent(MemberId to, const raft::Message& message) {
    if (const auto* vote = std::get_if<raft::VoteReply>(&message)) {
        elections_.answered(now(), self_, to, *vote);
        if (logs(LogModule::raft, LogLevel::debug)) log_vote("answers", to, *vote);
    }
}

/// After every step of Raft: a role that lasts no longer than one step is part of the story.
void GroupLoop::Impl::observe_raft() {
    if (!raft_) return;
    const ElectionRecord* ended = elections_.observe({.now = now(),
                                                      .self = self_,
                                                      .role = raft_->role(),
                                                      .term = raft_->term(),
                                                      .leader = raft_->leader(),
                                                      .trigger = raft_->trigger(),
                                                      .quiet = timing().election_max});
    if (leads()) {
        measurements_.committed(raft_->commit_index(), now());
    } else {
        measurements_.forget_proposed();
    }
    if (ended != nullptr) end_election(*ended);
}

void GroupLoop::Impl::end_election(const ElectionRecord& record) {
    measurements_.election_ended(record);
    if (!logs(LogModule::raft, LogLevel::info)) return;
    log(LogModule::raft, LogLevel::info,
        "election " + std::string(to_string(record.outcome)) + ": " + record.leader_name +
            " leads term " + std::to_string(record.term) + ", set off by " +
            std::string(to_string(record.trigger)) + ", took " +
            std::to_string(record.took.count() / 1000) + " us");
}

void GroupLoop::Impl::log(LogModule module, LogLevel level, const std::string& text) const {
    options_.member.log.sink(
        {module, level, options_.group, options_.name, self_.hex().substr(0, 8), text});
}

void GroupLoop::Impl::log_vote(const char* what, MemberId other,
                               const raft::VoteReply& vote) const {
    log(LogModule::raft, LogLevel::debug,
        std::string(what) + " " + other.hex().substr(0, 8) + (vote.pre_vote ? " (pre-vote)" : "") +
            ", term " + std::to_string(vote.term) + ": " + std::string(to_string(answer_of(vote))));
}

/// Counted where it happens, told here: a flood of frames is a line a second.
void GroupLoop::Impl::log_trouble() {
    if (logs(LogModule::discovery, LogLevel::warning)) {
        const std::string problem = transport_.beacon_problem();
        if (problem != logged_beacon_problem_) {
            log(LogModule::discovery, LogLevel::warning,
                problem.empty() ? "the beacon works again" : problem);
        }
        logged_beacon_problem_ = problem;
    }
    if (!logs(LogModule::net, LogLevel::warning) || now() < drops_logged_at_ + drop_log_pause) {
        return;
    }
    drops_logged_at_ = now();
    const auto& dropped = measurements_.values().dropped;
    for (std::size_t i = 0; i < drop_causes; ++i) {
        const auto cause = static_cast<DropCause>(i);
        const bool ours = cause == DropCause::link_full || cause == DropCause::overflow;
        const LogLevel level = ours ? LogLevel::warning : LogLevel::debug;
        if (dropped[i] != logged_drops_[i] && logs(LogModule::net, level)) {
            log(LogModule::net, level,
                "dropped " + std::to_string(dropped[i] - logged_drops_[i]) +
                    " frames: " + std::string(to_string(cause)));
        }
        logged_drops_[i] = dropped[i];
    }
}

void GroupLoop::Impl::publish_observations() {
    GroupMetrics& metrics = measurements_.values();
    metrics.id = self_;
    metrics.state = raft_ || is_default() ? state() : State::outside;
    metrics.has_leader = raft_ && raft_->leader();
    metrics.quorum = raft_ && quorum_;
    metrics.term = raft_ ? raft_->term() : 0;
    metrics.epoch = raft_ ? machine_->founding().epoch : 0;
    metrics.commit_index = raft_ ? raft_->commit_index() : 0;
    metrics.log_entries = raft_ ? raft_->log().last_index() + 1 - raft_->log().first_index() : 0;
    metrics.members = metrics.alive = 0;
    std::size_t peers = 0;
    for (const MemberRecord& member : roster()) {
        ++metrics.members;
        metrics.alive += is_alive(member.id) ? 1 : 0;
        if (member.id == self_) continue;
        // In place: the names keep their room from one time to the next.
        if (metrics.peers.size() <= peers) metrics.peers.emplace_back();
        PeerMetrics& shown = metrics.peers[peers++];
        const Peer* peer = peers_.find(member.id);
        shown.id = member.id;
        shown.name = member.name;
        shown.round_trip = peer ? peer->round_trip : Nanos{0};
        shown.silence = peer ? std::max(now() - last_sign(member.id), Nanos{0}) : Nanos{0};
    }
    metrics.peers.resize(peers);
    measurements_.set_drops(drops_, transport_.dropped());
    metrics.events_lost = outbox_.lost();
    mailbox_.publish_metrics(metrics);
    log_trouble();
}

}  // namespace quorate::group
