// To the log, by whichever way: appended here by the leader, else handed to it.
//
// The proposer learns the outcome from its own copy of the log, so a commit costs no extra answer;
// only a refusal is sent back.
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

namespace {

/// Whether `command` is one that the member `sender` may hand in: about itself, in its own name.
bool may_propose(MemberId sender, const consensus::Command& command) {
    struct Visitor {
        MemberId sender;
        bool operator()(const consensus::Join&) const { return false; }
        bool operator()(const consensus::Leave& c) const {
            return c.member == sender && c.reason == Departure::left;
        }
        bool operator()(const consensus::OrderedMessage& c) const {
            return c.from == sender && !c.as_leader;
        }
        bool operator()(const consensus::OpenPoll& c) const { return c.requester == sender; }
        bool operator()(const consensus::CastVote& c) const { return c.voter == sender; }
        bool operator()(const consensus::ExpirePoll&) const { return false; }
        bool operator()(const consensus::CloseAction&) const { return false; }
        bool operator()(const consensus::CancelAction& c) const { return c.requester == sender; }
        bool operator()(const consensus::Resize& c) const { return c.requester == sender; }
        bool operator()(const consensus::FinishResize&) const { return false; }
    };
    return std::visit(Visitor{sender}, command);
}

/// What the application said goes to whoever keeps data; what the group is made of, to all.
raft::EntryKind kind_of(const consensus::Command& command) {
    return std::holds_alternative<consensus::OrderedMessage>(command) ? raft::EntryKind::application
                                                                      : raft::EntryKind::command;
}
}  // namespace

/// Request 0: nobody waits for the outcome.
std::optional<Error> GroupLoop::Impl::propose(RequestId request,
                                              const consensus::Command& command) {
    if (!leads()) return propose({request, request}, consensus::encode(command), kind_of(command));
    if (const auto* vote = std::get_if<consensus::CastVote>(&command)) {
        collect_vote(*vote);
        return std::nullopt;
    }
    // Who leaves has its vote counted first.
    if (std::holds_alternative<consensus::Leave>(command)) append_all_votes();
    if (opens_one_too_many(command)) {
        return Error{ErrorCode::would_block,
                     "as many votes and actions are open as may be: wait for results"};
    }
    std::optional<consensus::Command> stamped;
    if (needs_stamp(command)) stamp_command(stamped.emplace(command));
    auto error = propose({request, request}, consensus::encode(stamped ? *stamped : command),
                         kind_of(command));
    if (!error) note_proposed(command);
    return error;
}

/// Those in the log that are not applied yet count, too.
bool GroupLoop::Impl::opens_one_too_many(const consensus::Command& command) const {
    return std::holds_alternative<consensus::OpenPoll>(command) &&
           machine_->open_polls().size() + polls_to_open_ >= options_.member.open_polls;
}

/// Those that a former leader took, too.
std::size_t GroupLoop::Impl::count_polls_to_open() const {
    std::size_t count = 0;
    for_each_unapplied([&](const consensus::Command& command) {
        count += std::holds_alternative<consensus::OpenPoll>(command) ? 1 : 0;
    });
    return count;
}

/// The commands in the log that this member has not applied, in their order. What applications said
/// is none of them.
void GroupLoop::Impl::for_each_unapplied(
    const std::function<void(const consensus::Command&)>& look) const {
    const raft::Log& log = raft_->log();
    // The last entry that was applied as a command may lie far before the snapshot.
    const raft::Index from = std::max(machine_->applied() + 1, log.first_index());
    for (raft::Index index = from; index <= log.last_index(); ++index) {
        const raft::Entry& entry = log.at(index);
        if (entry.kind != raft::EntryKind::command) continue;
        if (const auto command = consensus::decode(entry.data)) look(*command);
    }
}

void GroupLoop::Impl::note_proposed(const consensus::Command& command) {
    if (std::holds_alternative<consensus::OpenPoll>(command)) ++polls_to_open_;
}

void GroupLoop::Impl::propose_or_fail(RequestId request, const consensus::Command& command) {
    if (const auto error = propose(request, command)) failed(request, error->code, error->message);
}

std::optional<Error> GroupLoop::Impl::propose(const Asker& asker, Payload bytes,
                                              raft::EntryKind kind) {
    if (asker.serial != 0) {
        if (auto error = no_way_to_decide()) return error;
        if (requests_.size() >= options_.member.mailbox_commands) {
            return Error{ErrorCode::would_block,
                         "too many requests are under way: wait for outcomes, then try again"};
        }
    }
    if (!raft_ || !raft_->leader()) {
        return Error{ErrorCode::no_leader, "the group has no leader now: wait for leader_elected"};
    }
    if (asker.as_leader && !leads()) {
        return Error{ErrorCode::not_leader,
                     "only the leader may say this, and this member does not lead"};
    }
    Requests::Pending pending{
        asker.told_as, raft_->term(), now() + request_timeout, {}, asker.as_leader};
    if (kind == raft::EntryKind::application) pending.command = bytes;
    if (leads()) {
        if (raft_->handing_on()) {
            return Error{ErrorCode::no_leader,
                         "leadership is being handed on: wait for leader_elected, or try again"};
        }
        const Result<raft::Index> index = raft_->propose(now_, std::move(bytes), kind);
        if (!index) return index.error();
        measurements_.proposed(*index, now());
    } else if (!send_to(raft_->leader(), wire::Proposal{asker.serial, std::move(bytes)})) {
        return Error{ErrorCode::would_block,
                     "the link to the leader is full: wait for outcomes, then try again"};
    }
    if (asker.serial != 0) requests_.add(asker.serial, std::move(pending));
    return std::nullopt;
}

void GroupLoop::Impl::on_proposal(const wire::Header& from, const wire::Proposal& proposal) {
    if (!raft_) return;
    Result<consensus::Command> command = consensus::decode(proposal.command);
    if (!command || proposal.command.size() > max_command_bytes ||
        !may_propose(from.sender, *command)) {
        ++drops_.garbage;
        return;
    }
    wire::ProposalReply reply;
    reply.request = proposal.request;
    if (!leads() || raft_->handing_on()) {
        reply.error = ErrorCode::no_leader;
    } else if (const auto* vote = std::get_if<consensus::CastVote>(&*command)) {
        return collect_vote(*vote);
    } else if (opens_one_too_many(*command)) {
        reply.error = ErrorCode::would_block;
    } else {
        if (std::holds_alternative<consensus::Leave>(*command)) append_all_votes();
        const bool restamped = needs_stamp(*command);
        if (restamped) stamp_command(*command);
        const Result<raft::Index> index = raft_->propose(
            now_, restamped ? consensus::encode(*command) : proposal.command, kind_of(*command));
        if (index) {
            note_proposed(*command);
            return measurements_.proposed(*index, now());
        }
        reply.error = index.error().code;
    }
    if (proposal.request != 0) send_to(from.sender, reply);
}

void GroupLoop::Impl::on_proposal_reply(const wire::Header&, const wire::ProposalReply& reply) {
    std::optional<Requests::Pending> ended = requests_.end(reply.request);
    if (!ended) {
        ++drops_.stale;
        return;
    }
    // Refused this time; what became of it when it was asked for first is as open as before.
    if (ended->told_as != reply.request) {
        retries_.keep(reply.request, *ended, now());
    }
    const bool full = reply.error == ErrorCode::would_block;
    failed(ended->told_as, full ? ErrorCode::would_block : ErrorCode::no_leader,
           full ? "the leader has too much uncommitted, or too many votes open: try again soon"
                : "the member asked does not lead any more, or hands leadership on: wait for "
                  "leader_elected, or try again");
}

}  // namespace quorate::group
