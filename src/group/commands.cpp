// What the component asks for. Every command that carries a request number is answered exactly
// once: here at once, or later when its entry is applied, its fate is decided, or its time is over.
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

namespace {

std::string too_large(std::size_t size, std::size_t bound) {
    return "the message has " + std::to_string(size) + " bytes, the bound is " +
           std::to_string(bound) + ": split it, or raise message_bytes at every member";
}

RequestId request_of(const io::Command& command) {
    return std::visit([](const auto& each) { return each.request; }, command);
}

/// What only a coordinated group can do.
bool needs_a_leader(const io::Command& command) {
    return !std::holds_alternative<io::SendToGroup>(command) &&
           !std::holds_alternative<io::SendToMember>(command) &&
           !std::holds_alternative<io::LeaveGroup>(command);
}
}  // namespace

void GroupLoop::Impl::on_command(io::Command& command) {
    if (auto* woke = std::get_if<io::ActionWoke>(&command)) return run(*woke);
    if (finished_ || (leaving_ && !std::holds_alternative<io::LeaveGroup>(command))) {
        failed(request_of(command), ErrorCode::left, "this member is leaving the group");
        return;
    }
    if (is_default() && needs_a_leader(command)) {
        failed(request_of(command), ErrorCode::not_coordinated,
               "a default group has no leader and decides nothing: join it with kind coordinated");
        return;
    }
    std::visit([this](auto& each) { run(each); }, command);
}

void GroupLoop::Impl::failed(RequestId request, ErrorCode code, std::string message) {
    outbox_.post(RequestDone{request, Error{code, std::move(message)}, 0, {}});
}

void GroupLoop::Impl::fail_all(std::vector<Requests::Ended> requests, std::string_view why) {
    for (Requests::Ended& ended : requests) {
        if (ended.pending.command.size() > 0) {
            retries_.keep(ended.serial, ended.pending, now());
        }
        failed(ended.pending.told_as, ErrorCode::unknown_outcome, std::string(why));
    }
}

std::optional<Error> GroupLoop::Impl::no_way_to_decide() const {
    if (!raft_ || !told_joined_) {
        return Error{ErrorCode::no_quorum, "this member is not in the group yet: wait for joined"};
    }
    if (!quorum_) {
        return Error{ErrorCode::no_quorum,
                     "too few members are heard to decide: wait for quorum_regained"};
    }
    if (!raft_->leader()) {
        return Error{ErrorCode::no_leader, "the group has no leader now: wait for leader_elected"};
    }
    return std::nullopt;
}

void GroupLoop::Impl::run(io::SendToGroup& command) {
    if (command.data.size() > options_.member.message_bytes) {
        failed(command.request, ErrorCode::too_large,
               too_large(command.data.size(), options_.member.message_bytes));
        return;
    }
    if (!told_joined_) {
        failed(command.request, ErrorCode::no_quorum,
               "this member is not in the group yet: wait for joined");
        return;
    }
    send_message(MemberId{}, wire::AppMessage::Address::group, command.request,
                 std::move(command.data));
}

void GroupLoop::Impl::run(io::SendOrdered& command) {
    if (command.data.size() > options_.member.message_bytes) {
        failed(command.request, ErrorCode::too_large,
               too_large(command.data.size(), options_.member.message_bytes));
        return;
    }
    if (options_.member.role == Role::witness) {
        failed(command.request, ErrorCode::bad_argument,
               "a witness keeps no application messages, and so sends none through the log");
        return;
    }
    const RequestId settled_below = requests_.lowest(retries_.lowest(command.request));
    consensus::OrderedMessage message{self_, command.request, message_time(),
                                      std::move(command.data), settled_below};
    message.as_leader = command.as_leader;
    const auto error = propose({command.request, command.request, command.as_leader},
                               consensus::encode(message), raft::EntryKind::application);
    if (error) failed(command.request, error->code, error->message);
}

void GroupLoop::Impl::run(io::RetryOrdered& command) {
    const std::optional<RequestId> serial = retries_.find(command.of);
    if (!serial) {
        failed(command.request, ErrorCode::too_late,
               "nothing is kept of that request: its outcome was told, its incarnation is gone, or "
               "it is too long ago");
        return;
    }
    const Retries::Unknown& unknown = retries_.at(*serial);
    if (unknown.index != 0) {
        outbox_.post(RequestDone{command.request, {}, unknown.index, {}});
        retries_.forget(*serial);
        return;
    }
    auto again = std::get<consensus::OrderedMessage>(*consensus::decode(unknown.command));
    again.again = true;
    const auto error = propose({*serial, command.request, unknown.as_leader},
                               consensus::encode(again), raft::EntryKind::application);
    if (error) {
        failed(command.request, error->code, error->message);
    } else {
        retries_.forget(*serial);
    }
}

void GroupLoop::Impl::run(io::SendToLeader& command) {
    if (command.data.size() > options_.member.message_bytes) {
        failed(command.request, ErrorCode::too_large,
               too_large(command.data.size(), options_.member.message_bytes));
        return;
    }
    if (const auto error = no_way_to_decide()) {
        failed(command.request, error->code, error->message);
        return;
    }
    send_message(raft_->leader(), wire::AppMessage::Address::leader, command.request,
                 std::move(command.data));
}

void GroupLoop::Impl::run(io::SendToMember& command) {
    if (command.data.size() > options_.member.message_bytes) {
        failed(command.request, ErrorCode::too_large,
               too_large(command.data.size(), options_.member.message_bytes));
        return;
    }
    const MemberId to = command.to ? command.to : last_direct_from_;
    if (!to || !in_roster(to) || !told_joined_) {
        failed(command.request, ErrorCode::unknown_member,
               to ? "no member " + to.hex() + " is in the roster: see members for who is"
                  : std::string("no direct message has arrived yet whose sender could be meant"));
        return;
    }
    const MemberRecord* member = find_member(to);
    if (member != nullptr && member->role == Role::witness) {
        failed(command.request, ErrorCode::unknown_member,
               to.hex() + " is a witness, which gets no messages");
        return;
    }
    send_message(to, wire::AppMessage::Address::member, command.request, std::move(command.data));
}

void GroupLoop::Impl::run(io::RequestVote& command) {
    if (command.topic.size() > consensus::StateMachine::max_topic_bytes) {
        failed(command.request, ErrorCode::too_large,
               too_large(command.topic.size(), consensus::StateMachine::max_topic_bytes));
        return;
    }
    propose_or_fail(command.request, question_of(command));
}

void GroupLoop::Impl::run(io::TransferLeadership& command) {
    if (!leads()) {
        failed(command.request, ErrorCode::not_leader,
               "only the leader can hand leadership on: ask there");
        return;
    }
    if (command.to == self_) {
        done(command.request);
        return;
    }
    if (!in_roster(command.to) || !raft_->configuration().is_voter(command.to)) {
        failed(command.request, ErrorCode::unknown_member,
               "no member with a seat has that id: see members for who has");
        return;
    }
    if (const auto started = raft_->transfer_leadership(now_, command.to); !started) {
        failed(command.request, started.error().code, started.error().message);
        return;
    }
    if (transfer_request_) {
        failed(*transfer_request_, ErrorCode::unknown_outcome, "another transfer was asked for");
    }
    transfer_request_ = command.request;
    transfer_target_ = command.to;
    transfer_deadline_ = now() + Nanos(request_timeout) / 2;
}

}  // namespace quorate::group
