// What an applied entry means to this member and its component.
#include <algorithm>

#include "base/ids.h"
#include "group/loop_impl.h"

namespace quorate::group {

const MemberRecord* GroupLoop::Impl::find_member(MemberId id) const {
    if (machine_) return machine_->find_member(id);
    const auto found = std::find_if(company_.begin(), company_.end(),
                                    [&](const MemberRecord& member) { return member.id == id; });
    return found == company_.end() ? nullptr : &*found;
}

void GroupLoop::Impl::tell_joined() {
    told_joined_ = true;
    came_with_size_ = 0;  // what it was let in with stands before its own Join
    joining_.reset();
    story("is in, " + std::to_string(roster().size()) + " members");
    outbox_.post(Joined{incarnation(), status().members});
    if (!is_default()) tell_quorum();
    admit_waiting_messages();
}

void GroupLoop::Impl::take_effect(const consensus::RosterJoined& effect) {
    const MemberRecord& member = effect.member;
    status_dirty_ = membership_dirty_ = true;
    entered_at_[member.id] = now();
    endpoints_[member.id] = member.endpoint;
    newcomers_.erase(member.id);
    proposed_leaves_.erase(member.id);
    if (member.id == self_) {
        tell_joined();
        return;
    }
    peers_.introduce(member.id, {member.name, member.endpoint, member.role}, now());
    if (told_joined_) outbox_.post(MemberJoined{member.id, member.name, member.role});
    admit_waiting_messages();
}

void GroupLoop::Impl::take_effect(const consensus::RosterMoved& effect) {
    const MemberRecord& member = effect.member;
    status_dirty_ = true;
    endpoints_[member.id] = member.endpoint;
    if (member.id != self_) {
        peers_.introduce(member.id, {member.name, member.endpoint, member.role}, now());
    }
}

void GroupLoop::Impl::take_effect(const consensus::RosterLeft& effect) {
    const MemberRecord& member = effect.member;
    status_dirty_ = membership_dirty_ = true;
    entered_at_.erase(member.id);
    proposed_leaves_.erase(member.id);
    suspects_.erase(member.id);
    if (member.id == self_) {
        told_joined_ = false;
        if (!leaving_) {
            story("learns that it was evicted");
            outbox_.post(Evicted{machine_->founding().incarnation});
        }
        return;
    }
    if (told_joined_) outbox_.post(MemberLeft{member.id, member.name, effect.reason});
    // What is still on the link (a leaver's last commit) is flushed by the transport.
    close_unless_reused(member.endpoint);
}

/// Whoever left may have been followed by another at the same endpoint.
void GroupLoop::Impl::close_unless_reused(const std::string& endpoint) {
    const bool reused =
        std::any_of(roster().begin(), roster().end(),
                    [&](const MemberRecord& other) { return other.endpoint == endpoint; });
    if (!reused) transport_.close(endpoint);
}

void GroupLoop::Impl::take_effect(const consensus::Ordered& effect) {
    const consensus::OrderedMessage& message = effect.message;
    if (message.from == self_) end_ordered(message.request, effect.index);
    // A message comes to every member whose admission stands before it in the log.
    if (!told_joined_ || options_.member.role == Role::witness) return;
    // The entry is of the term that was applied last.
    outbox_.post(Message{message.from, message.data, true, effect.index, message.sent_ns,
                         message_time(), message.as_leader,
                         message.as_leader ? machine_->founding().epoch : 0,
                         message.as_leader ? applied_term_ : 0});
}

void GroupLoop::Impl::take_effect(const consensus::Repeated& effect) {
    if (effect.from != self_) return;
    if (effect.index != 0) {
        end_ordered(effect.request, effect.index);
    } else if (const auto ended = requests_.end(effect.request)) {
        failed(ended->told_as, ErrorCode::too_late,
               "it is too long ago for anybody to know whether it was applied before");
    }
}

void GroupLoop::Impl::end_ordered(RequestId serial, raft::Index index) {
    if (const auto ended = requests_.end(serial)) {
        outbox_.post(RequestDone{ended->told_as, {}, index, {}});
    } else {
        retries_.committed(serial, index);
    }
}

void GroupLoop::Impl::take_effect(const consensus::PollOpened& effect) {
    if (polls_to_open_ > 0) --polls_to_open_;
    const consensus::Poll* poll = machine_->find_poll(effect.poll);
    if (poll == nullptr) return;
    poll_deadlines_[poll->id] = now() + poll->timeout;
    if (poll->requester == self_ && requests_.end(effect.request)) {
        outbox_.post(RequestDone{effect.request, {}, 0, poll->id});
    }
    if (poll->electorate.contains(self_)) ask_for_vote(*poll);
    cast_early_votes();
}

void GroupLoop::Impl::take_effect(const consensus::PollRejected& effect) {
    if (polls_to_open_ > 0) --polls_to_open_;
    if (effect.requester == self_ && requests_.end(effect.request)) {
        failed(effect.request, effect.error.code, effect.error.message);
    }
}

void GroupLoop::Impl::take_effect(const consensus::VoteCounted& effect) {
    const auto vote = votes_.find(effect.poll);
    if (effect.voter == self_ && vote != votes_.end()) vote->second.counted = true;
}

void GroupLoop::Impl::take_effect(const consensus::VoteRejected& effect) {
    // The poll closed first, or this member was gone for it: nothing to send again.
    const auto vote = votes_.find(effect.poll);
    if (effect.voter == self_ && vote != votes_.end()) vote->second.counted = true;
}

void GroupLoop::Impl::take_effect(const consensus::PollClosed& effect) {
    poll_deadlines_.erase(effect.poll);
    agreed_actions_.erase(effect.poll);
    retire_vote(effect.poll);
    collected_votes_.erase(effect.poll);
    tell_result(effect);
}

/// To every member that had a vote, or is in the group.
void GroupLoop::Impl::tell_result(const consensus::PollClosed& closed) {
    if (!told_joined_ && !base::is_among(self_, closed.voters)) return;
    // One that closed in a state that was given has left its topic where it was open before.
    const consensus::Poll* open = machine_->find_poll(closed.poll);
    outbox_.post(VoteResult{closed.poll,
                            closed.outcome,
                            closed.yes_votes,
                            closed.no_votes,
                            closed.electorate,
                            closed.index,
                            {closed.unsynchronised.begin(), closed.unsynchronised.end()},
                            open != nullptr ? open->topic : closed.topic});
}

VoteResult GroupLoop::Impl::lost_result(const consensus::Poll& poll) {
    const auto electorate = static_cast<std::uint32_t>(poll.electorate.size());
    return {poll.id, Outcome::lost, poll.yes_votes(), poll.no_votes(), electorate, 0,
            {},      poll.topic};
}

void GroupLoop::Impl::ask_for_vote(const consensus::Poll& poll) {
    VoteRequest request{poll.id,        poll.topic,   poll.kind,
                        Subject::value, poll.timeout, poll.requester};
    if (poll.action) {
        request.subject = Subject::action;
        request.at = poll.action->at;
        request.clock = poll.action->clock;
    }
    outbox_.post(std::move(request));
    if (poll.action && !is_synchronised_for(*poll.action)) refuse_for_the_clock(poll);
}

void GroupLoop::Impl::take_effect(const consensus::Malformed&) {
    ++drops_.garbage;
}

}  // namespace quorate::group
