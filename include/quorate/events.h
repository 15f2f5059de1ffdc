// Everything a group tells its component. Plain values; a handler or queue gets them in the order
// in which the member learned of them.
//
// Times: t_ns on CLOCK_MONOTONIC, sent_ns and received_ns on CLOCK_REALTIME, in nanoseconds (0 where
// the sender, or the receiver, has MemberOptions::timed_messages off).
// The fencing token of a leader is (epoch, term): a later leader of the same group has a greater one.
// Tokens of two groups don't compare.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "quorate/elections.h"
#include "quorate/id.h"
#include "quorate/result.h"
#include "quorate/spec.h"

namespace quorate {

/// Bytes of a message, shared without a copy; immutable. Valid as long as a Payload refers to them.
class Payload {
public:
    Payload() = default;
    /// Copies `text` once.
    explicit Payload(std::string text)
        : owner_(std::make_shared<const std::string>(std::move(text))) {
        view_ = *std::static_pointer_cast<const std::string>(owner_);
    }
    /// Refers to bytes that `owner` keeps alive.
    Payload(std::string_view view, std::shared_ptr<const void> owner)
        : view_(view), owner_(std::move(owner)) {}

    std::string_view view() const { return view_; }
    std::size_t size() const { return view_.size(); }
    std::string str() const { return std::string(view_); }
    const std::shared_ptr<const void>& owner() const { return owner_; }
    bool operator==(const Payload& other) const { return view_ == other.view_; }

private:
    std::string_view view_;
    std::shared_ptr<const void> owner_;
};

/// Numbers a component's requests to one group, from 1.
using RequestId = std::uint64_t;

struct MemberInfo {
    MemberId id;
    std::string name;
    Role role = Role::member;
    bool voter = false;  ///< holds a seat
    bool alive = true;   ///< heard lately, as far as this member can tell
    bool operator==(const MemberInfo&) const = default;
};

struct Started { MemberId id; std::string name; std::string endpoint; };
struct Joined { IncarnationId incarnation; std::vector<MemberInfo> members; };
struct MemberJoined { MemberId id; std::string name; Role role = Role::member; };
enum class Departure : std::uint8_t { left, lost };
struct MemberLeft { MemberId id; std::string name; Departure reason = Departure::left; };
/// A member leads. Of this member itself it comes before am_leader() is true: the lease begins with the
/// first round that a quorum acknowledges. While the group is left, it may still come.
struct LeaderElected {
    MemberId leader;
    std::string name;
    std::uint64_t term = 0;
    std::uint64_t epoch = 0;
    IncarnationId incarnation;
    /// Why there was an election, as far as this member was told: `transfer` if leadership was handed on.
    ElectionTrigger trigger = ElectionTrigger::unknown;
};
struct LeaderLost { MemberId leader; std::uint64_t term = 0; std::uint64_t epoch = 0; };
struct QuorumLost { std::uint32_t size = 0; std::uint32_t alive = 0; };
struct QuorumRegained { std::uint32_t size = 0; std::uint32_t alive = 0; };
struct Evicted { IncarnationId incarnation; };
struct GroupReset { IncarnationId previous; MemberId id; };
struct StateRestored { std::uint64_t index = 0; std::vector<MemberInfo> members; };
struct Split { IncarnationId incarnation; IncarnationId other; };
struct EventsLost { std::uint64_t count = 0; };

/// What was said to the group.
struct Message {
    MemberId from;
    Payload data;
    bool ordered = false;
    std::uint64_t index = 0;  ///< place in the log; ordered messages only
    std::int64_t sent_ns = 0;
    std::int64_t received_ns = 0;
    /// The sender led when it sent; epoch and term are its fencing token. Of ordered messages those of
    /// send_ordered_as_leader() alone.
    bool from_leader = false;
    std::uint64_t epoch = 0;
    std::uint64_t term = 0;
};
struct MessageToLeader {
    MemberId from;
    Payload data;
    std::int64_t sent_ns = 0;
    std::int64_t received_ns = 0;
};
struct MessageToMember {
    MemberId from;
    bool from_leader = false;  ///< the sender led when it sent; epoch and term are its fencing token
    std::uint64_t epoch = 0;
    std::uint64_t term = 0;
    Payload data;
    std::int64_t sent_ns = 0;
    std::int64_t received_ns = 0;
};

enum class Subject : std::uint8_t { value, action };
struct VoteRequest {
    PollId poll;
    std::string topic;
    Voting kind = Voting::majority;
    Subject subject = Subject::value;
    Duration timeout{};
    MemberId requester;
    Duration at{};  ///< actions: the moment, as read on `clock`
    ActionClock clock = ActionClock::realtime;
};
/// `lost`: the incarnation was given up; or this member was given a state in place of the log, and so
/// many polls had closed since that nobody knows any more how this one did.
enum class Outcome : std::uint8_t { yes, no, timeout, lost };
struct VoteResult {
    PollId poll;
    Outcome outcome = Outcome::lost;
    std::uint32_t yes_votes = 0;
    std::uint32_t no_votes = 0;
    std::uint32_t electorate = 0;
    std::uint64_t index = 0;  ///< the log entry that closed the poll; 0 when lost
    /// Actions: whose library voted no, as its clock's error is over the tolerance.
    std::vector<MemberId> unsynchronised = {};
    /// As in the VoteRequest. Empty where this member was given a state in place of the log between
    /// the poll's opening and its end, and so was never asked.
    std::string topic = {};
    bool yes() const { return outcome == Outcome::yes; }
};

/// The moment of an agreed action, at a member that had a vote in it. Times on its clock.
struct ActionDue {
    PollId poll;
    std::string topic;
    Duration scheduled{};
    Duration actual{};  ///< when the library woke up for it
    Duration lateness() const { return actual - scheduled; }
};
/// This member knows that it could not act in time, and has not. No topic where VoteResult has none.
struct ActionMissed {
    PollId poll;
    std::string topic;
    Duration scheduled{};
    std::string reason;  ///< a sentence
};
/// An agreed action was called off before its moment. No topic where VoteResult has none.
struct ActionCancelled {
    PollId poll;
    std::string topic;
    Duration scheduled{};
};

/// The outcome of one request, exactly once for each accepted one.
struct RequestDone {
    RequestId request = 0;
    std::optional<Error> error;
    std::uint64_t index = 0;  ///< send_ordered: place in the log
    PollId poll;              ///< request_vote, request_action: the poll's id
    bool ok() const { return !error.has_value(); }
};

/// The group refuses this member for good; the sentence names the difference. Left follows.
struct Refused { std::string reason; };
/// About keys and tokens: who was refused and why, which key files are unusable, and the like; for
/// whoever runs this member. The same sentence comes once a minute at most, and ten of all.
struct SecurityNotice { std::string sentence; };
/// The last event.
struct Left {};

using Event = std::variant<Started, Joined, MemberJoined, MemberLeft, LeaderElected, LeaderLost,
                           QuorumLost, QuorumRegained, Evicted, GroupReset, StateRestored, Split,
                           EventsLost, Message, MessageToLeader, MessageToMember, VoteRequest,
                           VoteResult, RequestDone, Refused, Left, ActionDue, ActionMissed,
                           ActionCancelled, SecurityNotice>;

std::string_view to_string(Role role);
std::string_view to_string(Voting kind);
std::string_view to_string(Subject subject);
std::string_view to_string(Outcome outcome);
std::string_view to_string(ActionClock clock);
std::string_view to_string(Departure reason);

/// Where a member stands.
enum class State : std::uint8_t { follower, candidate, leader, learner, standby, observer, witness, outside };
std::string_view to_string(State state);

/// How much later than it should the group's worker did something: on a machine that keeps up, some
/// tens of microseconds. From the heartbeat's length on, elections take notice.
struct Lateness {
    Duration last{};      ///< at its last deadline
    Duration greatest{};  ///< at any deadline since this member joined
    bool operator==(const Lateness&) const = default;
};

/// What this member knew of its group at one moment.
struct GroupStatus {
    MemberId id;
    State state = State::outside;
    MemberId leader;  ///< none: no leader known
    std::uint64_t term = 0;
    std::uint64_t epoch = 0;
    IncarnationId incarnation;  ///< none while outside
    std::uint64_t commit_index = 0;
    std::vector<MemberInfo> members;
    std::string endpoint;
    std::uint32_t size = 0;  ///< the deployment's: as agreed, or, outside, as this member came with
    bool lease = false;   ///< am_leader() at the time of asking
    bool quorum = false;
    Lateness loop_lateness;
    std::string beacon_problem;  ///< why the beacon doesn't work; empty while it does, or is off
    bool operator==(const GroupStatus&) const = default;
};

}  // namespace quorate
