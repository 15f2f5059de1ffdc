// What the component can ask for at any moment: published when it changes.
#include "group/loop_impl.h"

namespace quorate::group {

namespace {
State state_of(const Raft& raft, const GroupSpec& spec, Role role) {
    if (raft.role() == raft::Role::leader) return State::leader;
    if (role == Role::observer) return State::observer;
    if (role == Role::witness) return State::witness;
    if (raft.role() != raft::Role::follower) return State::candidate;
    if (raft.is_voter()) return State::follower;
    return raft.configuration().voters.size() >= spec.seats() && spec.size > spec.max_voters
               ? State::standby
               : State::learner;
}
}  // namespace

State GroupLoop::Impl::state() const {
    if (is_default()) {
        if (!told_joined_) return State::outside;
        return options_.member.role == Role::observer ? State::observer : State::follower;
    }
    return state_of(*raft_, options_.spec, options_.member.role);
}

GroupStatus GroupLoop::Impl::status() const {
    GroupStatus status;
    write_status(status);
    return status;
}

/// Into one whose lists and texts have had room for the same before.
void GroupLoop::Impl::write_status(GroupStatus& status) const {
    status.id = self_;
    status.endpoint = transport_.endpoint();
    status.size = options_.spec.size;
    status.beacon_problem = transport_.beacon_problem();
    status.loop_lateness = lateness_;
    status.state = State::outside;
    status.leader = {};
    status.term = status.epoch = status.commit_index = 0;
    status.incarnation = {};
    status.quorum = status.lease = false;
    if (raft_ || is_default()) status.state = state();
    if (raft_) {
        status.leader = raft_->leader();
        status.term = raft_->term();
        status.epoch = machine_->founding().epoch;
        status.incarnation = machine_->founding().incarnation;
        status.commit_index = raft_->commit_index();
        status.quorum = quorum_;
        status.lease = now_.boottime < raft_->lease_until();
    }
    status.members.resize(roster().size());
    auto member = status.members.begin();
    for (const MemberRecord& record : roster()) {
        member->id = record.id;
        member->name = record.name;
        member->role = record.role;
        member->voter = raft_ && raft_->configuration().is_voter(record.id);
        member->alive = is_alive(record.id);
        ++member;
    }
}

/// The component must not read a lease any more when a word goes out that lets another lead.
void GroupLoop::Impl::withdraw_lease(Nanos until) {
    if (until < published_lease_) mailbox_.publish_lease(published_lease_ = until);
}

void GroupLoop::Impl::publish_status() {
    if (elections_.take_changed()) mailbox_.publish_elections(elections_.records());
    const Nanos lease = raft_ ? raft_->lease_until() : base::long_ago;
    withdraw_lease(lease);
    const raft::Index commit = raft_ ? raft_->commit_index() : 0;
    if (commit != published_commit_) mailbox_.publish_commit(published_commit_ = commit);
    if (raft_) {
        const bool other_token = raft_->role() != published_role_ ||
                                 raft_->term() != published_term_ ||
                                 raft_->leader() != published_leader_;
        if (other_token) withdraw_lease(base::long_ago);
        status_dirty_ |= other_token;
        published_role_ = raft_->role();
        published_term_ = raft_->term();
        published_leader_ = raft_->leader();
    }
    if (status_dirty_) show_status();
    // Behind the status that has its token: who reads both never pairs it with another.
    if (lease != published_lease_) mailbox_.publish_lease(published_lease_ = lease);
}

void GroupLoop::Impl::show_status() {
    status_dirty_ = false;
    mailbox_.publish_lateness(lateness_);
    std::swap(status_, former_status_);
    write_status(status_);
    // These change all the time, and are published by themselves.
    status_.lease = false;
    status_.commit_index = 0;
    status_.loop_lateness = {};
    if (!published_ || status_ != former_status_) mailbox_.publish(status_);
    published_ = true;
}

}  // namespace quorate::group
