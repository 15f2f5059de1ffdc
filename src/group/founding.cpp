// Founding an incarnation (rule 2; docs/protocol.md, Founding).
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

Nanos GroupLoop::Impl::age_limit() const {
    return Nanos(static_cast<std::int64_t>(static_cast<double>(timing().election_min.count()) *
                                           (1.0 - options_.member.clock_drift)));
}

std::vector<MemberId> GroupLoop::Impl::visible_outsiders() const {
    std::vector<MemberId> visible;
    for (const auto& [id, peer] : peers_.all()) {
        const bool outside = !peer.standing.incarnation && peer.intro.role != Role::observer;
        if (freshly_answered(peer) && outside && peer.same_spec) visible.push_back(id);
    }
    return visible;  // by id: the map's order
}

/// Who has data leads, so it founds; a witness is invited, an observer comes later.
void GroupLoop::Impl::consider_founding() {
    if (options_.member.role != Role::member) return;
    const std::vector<MemberId> visible = visible_outsiders();
    const auto witnesses = static_cast<std::size_t>(std::count_if(
        visible.begin(), visible.end(),
        [&](const MemberId& id) { return peers_.find(id)->intro.role == Role::witness; }));
    const std::size_t members = visible.size() + 1 - witnesses;
    // At most half of those with a seat are witnesses.
    const std::size_t present = members + std::min(witnesses, members);
    if (present < options_.spec.founders()) {
        majority_seen_at_ = never;
        return;
    }
    if (majority_seen_at_ == never) {
        majority_seen_at_ = now();
        founding_delay_ = random_.between(timing().election_max, 2 * timing().election_max);
    }
    const bool all = present >= options_.spec.size;
    const bool smallest = std::all_of(visible.begin(), visible.end(), [&](const MemberId& id) {
        return self_ < id || peers_.find(id)->intro.role == Role::witness;
    });
    Nanos ready_at = majority_seen_at_;
    if (!all) ready_at = std::max(ready_at + timing().election_max, withhold_until_);
    if (!smallest) ready_at += founding_delay_;
    ready_at = std::max({ready_at, founding_retry_at_, promise_.until});
    if (now() >= ready_at) {
        propose_founding(visible);
    } else {
        housekeeping_at_ = std::min(housekeeping_at_, ready_at);
    }
}

void GroupLoop::Impl::propose_founding(const std::vector<MemberId>& invited) {
    Proposed proposal;
    proposal.id = random_.id<IncarnationId>();
    proposal.sent = now_.boottime;
    proposal.asked.insert(invited.begin(), invited.end());
    proposal.highest_epoch = highest_epoch_;
    proposal.accepted[self_] = {self_, options_.name, transport_.endpoint(), options_.member.role};
    proposal.waiting[self_] = withholding();
    // The proposer backs its own founding: that is a promise like any other.
    promise_ = {proposal.id, now() + timing().election_min};
    accepted_founding_ = proposal.id;
    wire::FoundingProposal body;
    body.founding = proposal.id;
    body.spec = options_.spec;
    body.sent = proposal.sent;
    for (const MemberId& id : invited) body.invited.push_back({id, endpoint_of(id)});
    story("proposes to found " + proposal.id.hex().substr(0, 8) + " with " +
              std::to_string(invited.size()) + " others",
          LogModule::discovery);
    for (const MemberId& id : invited) send_to(id, body);
    proposed_ = std::move(proposal);
    decide_founding();
}

void GroupLoop::Impl::on_founding_proposal(const wire::Header& from,
                                           const wire::FoundingProposal& proposal) {
    const Peer* peer = peers_.find(from.sender);
    const std::string endpoint = peer ? peer->intro.endpoint : std::string{};
    wire::FoundingAck ack;
    ack.founding = proposal.founding;
    ack.self = introduction();
    ack.sent = proposal.sent;
    ack.highest_epoch = highest_epoch_;
    const bool promised = promise_.until > now() && promise_.to != proposal.founding;
    ack.accepted = !raft_ && !leaving_ && !proposed_ && !promised && proposal.spec == options_.spec;
    if (ack.accepted) {
        promise_ = {proposal.founding, now() + timing().election_min};
        accepted_founding_ = proposal.founding;
        ack.waiting = withholding();
        joining_.reset();
        founding_retry_at_ =
            now() + random_.between(timing().election_max, 2 * timing().election_max);
    }
    send(from.sender, endpoint, std::move(ack));
}

void GroupLoop::Impl::on_founding_ack(const wire::Header& from, const wire::FoundingAck& ack) {
    if (!proposed_ || ack.founding != proposed_->id || ack.sent != proposed_->sent ||
        !proposed_->asked.contains(from.sender)) {
        ++drops_.stale;
        return;
    }
    proposed_->answered.insert(from.sender);
    proposed_->highest_epoch = std::max(proposed_->highest_epoch, ack.highest_epoch);
    // An acknowledgement counts only within election-min of the sending of its request (rule 1).
    if (ack.accepted && now_.boottime - proposed_->sent < age_limit()) {
        proposed_->accepted[from.sender] = {from.sender, ack.self.name, ack.self.endpoint,
                                            ack.self.role};
        proposed_->waiting[from.sender] = ack.waiting;
    }
    decide_founding();
}

void GroupLoop::Impl::decide_founding() {
    const Nanos age = now_.boottime - proposed_->sent;
    if (age >= age_limit()) {
        abandon_founding("too few accepted it in time");
        return;
    }
    const std::size_t size = options_.spec.size;
    const bool by_all = proposed_->accepted.size() >= size;
    const bool all_answered = proposed_->answered.size() >= proposed_->asked.size();
    const bool waited = all_answered || age >= timing().election_min / 2;
    const std::vector<MemberRecord> roster = founding_roster(by_all);
    const bool self_counts = by_all || !proposed_->waiting[self_];
    if (!by_all && (!waited || roster.size() < options_.spec.founders() || !self_counts)) {
        if (all_answered) {
            abandon_founding("too few accepted it");
        } else {
            const Nanos look_again = waited ? age_limit() : timing().election_min / 2;
            housekeeping_at_ = std::min(housekeeping_at_, now() + look_again - age);
        }
        return;
    }
    wire::FoundingDone done;
    done.by_all = by_all;
    done.founding.incarnation = proposed_->id;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(clock_.realtime());
    const auto epoch = std::max<std::uint64_t>(
        proposed_->highest_epoch + 1,
        static_cast<std::uint64_t>(std::max<std::int64_t>(seconds.count(), 0)));
    done.founding.epoch = std::min(epoch, consensus::max_epoch);
    done.founding.spec = options_.spec;
    done.founding.roster = roster;
    story("founds " + proposed_->id.hex().substr(0, 8) + " with " + std::to_string(roster.size()) +
          " members, epoch " + std::to_string(done.founding.epoch));
    for (const MemberRecord& member : roster) {
        if (member.id != self_) send(member.id, member.endpoint, done, IncarnationId{});
    }
    const wire::Header myself{base::RecyclingString(options_.group), {}, self_, self_};
    on_founding_done(myself, done);
    raft_->campaign(now_, raft::Trigger::founding);
}

/// Of those who accepted: the founder itself, then members, then as many witnesses; N at most,
/// which matters where one too many runs.
std::vector<MemberRecord> GroupLoop::Impl::founding_roster(bool by_all) {
    std::vector<MemberRecord> roster{proposed_->accepted[self_]};
    std::size_t witnesses = 0;
    for (const Role role : {Role::member, Role::witness}) {
        for (const auto& [id, record] : proposed_->accepted) {
            if (id == self_ || record.role != role || roster.size() >= options_.spec.size) continue;
            if (!by_all && proposed_->waiting[id]) continue;
            const std::size_t members = roster.size() - witnesses;
            if (role == Role::witness && witnesses++ >= members) break;
            roster.push_back(record);
        }
    }
    return roster;
}

void GroupLoop::Impl::abandon_founding(const std::string& why) {
    story("gives its founding up: " + why, LogModule::discovery);
    proposed_.reset();
    founding_retry_at_ = now() + random_.between(timing().election_max, 2 * timing().election_max);
}

void GroupLoop::Impl::on_founding_done(const wire::Header&, const wire::FoundingDone& done) {
    const consensus::Founding& founding = done.founding;
    const bool named = std::any_of(founding.roster.begin(), founding.roster.end(),
                                   [&](const MemberRecord& member) { return member.id == self_; });
    // Only what this very life accepted, and only while it is still outside.
    if (raft_ || leaving_ || accepted_founding_ != founding.incarnation || !named ||
        founding.spec != options_.spec) {
        ++drops_.stale;
        return;
    }
    auto machine = std::make_unique<consensus::StateMachine>(founding);
    const consensus::SeatPlan seats = consensus::founding_seats(founding);
    auto snapshot = std::make_shared<raft::Snapshot>();
    snapshot->configuration.voters = seats.voters;
    snapshot->configuration.learners = seats.learners;
    snapshot->configuration.witnesses = seats.witnesses;
    snapshot->configuration.seats = seats.seats;
    snapshot->state = machine->serialize();
    Nanos withhold = done.by_all ? base::long_ago : withhold_until_;
    if (promise_.to != founding.incarnation) withhold = std::max(withhold, promise_.until);
    if (done.by_all) withhold_until_ = std::min(withhold_until_, now());
    enter(std::move(snapshot), std::move(machine), withhold);
    elections_.entered(now(), true);
}

}  // namespace quorate::group
