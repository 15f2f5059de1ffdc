// Between a group and its component, as a seam: an inproc socket in src/group, a recorder in
// src/sim.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "quorate/elections.h"
#include "quorate/events.h"
#include "quorate/metrics.h"

namespace quorate::io {

// ---- what the component asks for; `request` comes back in RequestDone ----
struct SendToGroup {
    RequestId request = 0;
    Payload data;
};
struct SendOrdered {
    RequestId request = 0;
    Payload data;
    bool as_leader = false;  ///< refused where this member does not lead, instead of handed on
};
struct SendToLeader {
    RequestId request = 0;
    Payload data;
};
/// To the sender of the last direct message when `to` is none.
struct SendToMember {
    RequestId request = 0;
    MemberId to;
    Payload data;
};
struct RequestVote {
    RequestId request = 0;
    std::string topic;
    Voting kind = Voting::majority;
    Duration timeout{};
};
struct SendVote {
    RequestId request = 0;
    PollId poll;
    bool yes = false;
};
struct TransferLeadership {
    RequestId request = 0;
    MemberId to;
};
/// An ordered message whose outcome stayed unknown, once more: applied once all the same.
struct RetryOrdered {
    RequestId request = 0;
    RequestId of = 0;
};
struct RequestAction {
    RequestId request = 0;
    std::string topic;
    Voting kind = Voting::majority;
    Duration timeout{};
    Duration at{};
    Duration tolerance{};
    Duration margin{};
};
struct CancelAction {
    RequestId request = 0;
    PollId poll;
};
/// Not the component's: what the alarm found when it woke up.
struct ActionWoke {
    RequestId request = 0;  ///< none
    PollId poll;
    Duration actual{};
    enum class Found : std::uint8_t {
        in_time,
        late,
        clock_lost,
        no_thread,  ///< told at once: nothing would have woken up for it
    } found = Found::in_time;
};
struct Resize {
    RequestId request = 0;
    std::uint32_t size = 0;
};
struct LeaveGroup {
    RequestId request = 0;
};

using Command = std::variant<SendToGroup, SendOrdered, SendToLeader, SendToMember, RequestVote,
                             SendVote, TransferLeadership, LeaveGroup, RetryOrdered, RequestAction,
                             CancelAction, ActionWoke, Resize>;

class Mailbox {
public:
    virtual ~Mailbox() = default;
    /// Hands an event to the component. False: the bound is reached; the caller keeps or counts it.
    virtual bool post(Event event) = 0;
    /// Makes a new status visible to the component's status calls. Never blocks.
    virtual void publish(const GroupStatus& status) = 0;
    /// Makes a new lease end visible (CLOCK_BOOTTIME; base::long_ago: none): am_leader() reads it.
    virtual void publish_lease(base::Nanos lease_until) = 0;
    virtual void publish_commit(std::uint64_t commit_index) = 0;
    /// For whoever looks on, and nothing else: may be left out. Neither blocks.
    virtual void publish_metrics(const GroupMetrics&) {}
    virtual void publish_elections(const std::deque<ElectionRecord>&) {}
    /// Makes visible how late the loop was, lately and at most.
    virtual void publish_lateness(const Lateness& lateness) = 0;
};

}  // namespace quorate::io
