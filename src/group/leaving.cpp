// Leaving cleanly, within 2 s in any case (rule 4; docs/protocol.md, Leaving).
#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr auto patience = std::chrono::seconds(2);
}

void GroupLoop::Impl::run(io::LeaveGroup& command) {
    if (leaving_) {
        done(command.request);
        return;
    }
    leaving_ = Leaving{command.request, now() + patience, now(), never};
    story("wants to leave");
    if (proposed_) abandon_founding("this member leaves");
    joining_.reset();
}

void GroupLoop::Impl::keep_leaving() {
    const bool out_of_roster = !raft_ || !in_roster(self_);
    if (out_of_roster && leads() && leaving_->hand_on_deadline == never) {
        // The group has agreed that we are gone; whoever is best leads from here on.
        leaving_->hand_on_deadline = now() + timing().election_max;
        const bool started = raft_->transfer_leadership(now_).ok();
        if (!started) leaving_->hand_on_deadline = now();
    }
    const bool handed_on = !leads() || now() >= leaving_->hand_on_deadline;
    const bool hopeless = raft_ && !quorum_is_possible();
    if ((out_of_roster && handed_on) || hopeless || now() >= leaving_->deadline) {
        finish();
        return;
    }
    if (out_of_roster) {
        housekeeping_at_ = std::min(housekeeping_at_, leaving_->hand_on_deadline);
        return;
    }
    if (now() >= leaving_->ask_at && raft_->leader()) {
        leaving_->ask_at = now() + 2 * timing().heartbeat;
        (void)propose(0, consensus::Leave{self_, Departure::left});  // asked again until applied
    }
}

void GroupLoop::Impl::finish() {
    if (finished_) return;
    withdraw_lease(base::long_ago);
    if (raft_) {
        const wire::Farewell farewell{raft_->term()};
        // Whom the log tells needs no other word, but those whose votes it may cost a moment.
        const bool told = !in_roster(self_);
        for (const MemberRecord& member : machine_->roster()) {
            if (member.id == self_) continue;
            if (told && !raft_->configuration().is_voter(member.id)) continue;
            send(member.id, member.endpoint, farewell);
        }
        for (const MemberId& id : raft_->configuration().distinct_voters()) {
            // One that said nothing lately is gone: a link to it would only hold up the end.
            const Peer* peer = peers_.find(id);
            const bool heard = peer && peer->raft_heard_at + timing().peer_timeout > now();
            if (id != self_ && !in_roster(id) && !is_dead(id) && heard) send_to(id, farewell);
        }
        if (told_leader_) tell_leader_lost();
    }
    if (is_default()) say_farewell_to_company();
    disarm_all("this member has left");
    fail_all(requests_.end_all(), "this member left before the outcome was known");
    fail_early_votes(ErrorCode::left, "this member left, and knew no poll of that id");
    if (transfer_request_) {
        failed(*transfer_request_, ErrorCode::unknown_outcome,
               "this member left before it was known");
        transfer_request_.reset();
    }
    if (leaving_ && leaving_->request != 0) done(leaving_->request);
    story("is out");
    raft_.reset();
    machine_.reset();
    company_.clear();
    told_leader_ = {};
    quorum_ = told_joined_ = false;
    finished_ = true;
    status_dirty_ = true;
    publish_status();
}

}  // namespace quorate::group
