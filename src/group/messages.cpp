// Application messages between members, beside the log: in order for each link, not agreed on.
//
// What the component sends in one turn leaves as one frame a receiver, at the end of the turn's
// commands: natural batching, so that a frame's cost is shared by what came meanwhile.
#include <algorithm>

#include "group/loop_impl.h"

namespace quorate::group {

namespace {
constexpr std::size_t max_waiting_frames = 4096;  ///< of all, most of which may be forged
constexpr std::size_t max_waiting_frames_of_one = 1024;
constexpr std::size_t max_waiting_bytes = 64 << 20;  ///< of all, but for their last frame
/// A component that keeps one small message keeps its whole frame, so a frame has to end somewhere.
constexpr std::size_t batch_bytes = 64 * 1024;
/// A frame further behind than this is taken for the first of a new count rather than a late one:
/// so a forged number can't make its victim unheard for long.
constexpr std::uint64_t sequence_window = 4096;

/// Whether a frame of this number comes late, or a second time.
bool is_late(std::uint64_t sequence, std::uint64_t last) {
    return sequence <= last && last - sequence < sequence_window;
}

std::size_t bytes_of(const wire::AppMessages& messages) {
    std::size_t bytes = 0;
    for (const wire::AppMessage& message : messages.messages) bytes += message.data.size();
    return bytes;
}
}  // namespace

/// What a message is stamped with when it is sent, and when it is delivered.
std::int64_t GroupLoop::Impl::message_time() const {
    return options_.member.timed_messages ? clock_.realtime().count() : 0;
}

/// To `to`, or to the whole group if it is none; `request` is answered when it left.
void GroupLoop::Impl::send_message(MemberId to, wire::AppMessage::Address address,
                                   RequestId request, Payload data) {
    auto batch = std::find_if(batches_.begin(), batches_.end(),
                              [&](const MessageBatch& each) { return each.to == to; });
    if (batch == batches_.end()) {
        batch = batches_.emplace(batches_.end());
        batch->to = to;
    }
    batch->bytes += data.size();
    batch->requests.push_back(request);
    batch->messages.push_back({address, message_time(), std::move(data)});
    if (batch->bytes >= batch_bytes) {
        flush(*batch);
        batches_.erase(batch);
    }
}

void GroupLoop::Impl::flush_messages() {
    for (MessageBatch& batch : batches_) flush(batch);
    batches_.clear();
}

void GroupLoop::Impl::flush(MessageBatch& batch) {
    wire::AppMessages messages;
    messages.sequence = ++message_sequence_;
    messages.from_leader = leads();
    messages.epoch = machine_ ? machine_->founding().epoch : 0;
    messages.term = raft_ ? raft_->term() : 0;
    messages.messages = std::move(batch.messages);
    const bool to_group = !batch.to;
    if (to_group) group_sent_at_ = now();
    if (Peer* peer = peers_.find(batch.to)) peer->sent_at = now();
    if (to_group || batch.to == self_) deliver(self_, messages);
    const bool taken = to_group            ? send_to_roster(std::move(messages))
                       : batch.to == self_ ? true
                                           : send_to(batch.to, std::move(messages));
    for (const RequestId request : batch.requests) {
        if (taken) {
            done(request);
        } else {
            failed(request, ErrorCode::would_block,
                   to_group ? "the link of at least one member is full, so that it did not get the "
                              "message: send less, or wait until it is evicted"
                            : "the link to that member is full: wait for outcomes, then try again");
        }
    }
}

bool GroupLoop::Impl::send_to_roster(wire::AppMessages messages) {
    wire::FrameEncoder frame(frame_to(MemberId{}, std::move(messages), std::nullopt));
    bool all = true;
    for (const MemberRecord& member : roster()) {
        if (member.id == self_ || member.role == Role::witness) continue;
        all &= hand_over(member.endpoint, frame.bytes_for(member.id));
    }
    return all;
}

void GroupLoop::Impl::on_app_messages(const wire::Header& from, const wire::AppMessages& messages) {
    // A link that was made anew while the old one still had frames under way, or a network that
    // doubles them: what one member sends arrives in its order, or not at all.
    std::uint64_t& last = peers_.at(from.sender, now()).message_sequence;
    if (is_late(messages.sequence, last)) {
        drops_.stale += messages.messages.size();
        return;
    }
    last = messages.sequence;
    const bool acquainted = told_joined_ && in_roster(from.sender);
    const auto of_sender = static_cast<std::size_t>(
        std::count_if(waiting_messages_.begin(), waiting_messages_.end(),
                      [&](const auto& waiting) { return waiting.header.sender == from.sender; }));
    if (acquainted && of_sender == 0) {
        deliver(from.sender, messages);
        return;
    }
    // The sender knows of this member's admission, or of its own, before this member does: its
    // messages wait until the log has got here, so that nothing rostered is lost.
    if (of_sender >= max_waiting_frames_of_one || waiting_messages_.size() >= max_waiting_frames ||
        waiting_bytes_ >= max_waiting_bytes) {
        drops_.overflow += messages.messages.size();
        return;
    }
    waiting_messages_.push_back({from, messages, now() + timing().peer_timeout});
    waiting_bytes_ += bytes_of(messages);
    if (acquainted) admit_waiting_messages();
}

void GroupLoop::Impl::admit_waiting_messages() {
    if (waiting_messages_.empty()) return;
    std::deque<WaitingMessages> waiting;
    waiting.swap(waiting_messages_);
    waiting_bytes_ = 0;
    for (WaitingMessages& each : waiting) {
        const bool ours = incarnation() == each.header.incarnation;
        if (ours && told_joined_ && in_roster(each.header.sender)) {
            deliver(each.header.sender, each.messages);
        } else if (now() < each.until) {
            waiting_bytes_ += bytes_of(each.messages);
            waiting_messages_.push_back(std::move(each));
        } else {
            drops_.unknown_sender += each.messages.messages.size();
        }
    }
}

void GroupLoop::Impl::deliver(MemberId from, const wire::AppMessages& messages) {
    if (options_.member.role == Role::witness) return;
    for (const wire::AppMessage& message : messages.messages) deliver(from, messages, message);
}

void GroupLoop::Impl::deliver(MemberId from, const wire::AppMessages& sent,
                              const wire::AppMessage& message) {
    const std::int64_t received = message_time();
    const std::uint64_t epoch = sent.from_leader ? sent.epoch : 0;
    const raft::Term term = sent.from_leader ? sent.term : 0;
    switch (message.address) {
        case wire::AppMessage::Address::group:
            outbox_.post(Message{from, message.data, false, 0, message.sent_ns, received,
                                 sent.from_leader, epoch, term});
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
            outbox_.post(MessageToMember{from, sent.from_leader, epoch, term, message.data,
                                         message.sent_ns, received});
            break;
    }
}

}  // namespace quorate::group
