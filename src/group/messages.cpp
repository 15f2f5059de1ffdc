// Application messages between members, beside the log: in order for each link, not agreed on.
#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr std::size_t max_waiting_messages = 1024;
}

wire::AppMessage GroupLoop::Impl::app_message(wire::AppMessage::Address address,
                                              Payload data) const {
    wire::AppMessage message;
    message.address = address;
    message.from_leader = leads();
    message.epoch = machine_->founding().epoch;
    message.term = raft_->term();
    message.sent_ns = clock_.realtime().count();
    message.data = std::move(data);
    return message;
}

void GroupLoop::Impl::on_app_message(const wire::Header& from, const wire::AppMessage& message) {
    const bool acquainted = told_joined_ && in_roster(from.sender);
    if (acquainted && waiting_messages_.empty()) {
        deliver(from.sender, message);
        return;
    }
    // The sender knows of this member's admission, or of its own, before this member does: its
    // message waits until the log has got here, so that nothing rostered is lost.
    if (waiting_messages_.size() >= max_waiting_messages) {
        ++drops_.overflow;
        return;
    }
    waiting_messages_.push_back({from, message, now() + timing().peer_timeout});
    admit_waiting_messages();
}

void GroupLoop::Impl::admit_waiting_messages() {
    std::deque<WaitingMessage> waiting;
    waiting.swap(waiting_messages_);
    for (WaitingMessage& each : waiting) {
        const bool ours = machine_ && machine_->founding().incarnation == each.header.incarnation;
        if (ours && told_joined_ && in_roster(each.header.sender)) {
            deliver(each.header.sender, each.message);
        } else if (now() < each.until) {
            waiting_messages_.push_back(std::move(each));
        } else {
            ++drops_.unknown_sender;
        }
    }
}

void GroupLoop::Impl::deliver(MemberId from, const wire::AppMessage& message) {
    if (options_.member.role == Role::witness) return;
    const std::int64_t received = clock_.realtime().count();
    switch (message.address) {
        case wire::AppMessage::Address::group:
            outbox_.post(Message{from, message.data, false, 0, message.sent_ns, received});
            break;
        case wire::AppMessage::Address::leader:
            // Sent to a leader that was: at the leader only.
            if (!leads()) {
                ++drops_.stale;
                break;
            }
            last_direct_from_ = from;
            outbox_.post(MessageToLeader{from, message.data, message.sent_ns, received});
            break;
        case wire::AppMessage::Address::member:
            last_direct_from_ = from;
            outbox_.post(MessageToMember{
                from, message.from_leader, message.from_leader ? message.epoch : 0,
                message.from_leader ? message.term : 0, message.data, message.sent_ns, received});
            break;
    }
}

}  // namespace quorate::group
