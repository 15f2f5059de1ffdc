// Every frame that members exchange, as plain values. Encoded with Cap'n Proto (schema/wire.capnp).
//
// Every frame names its group, incarnation, sender and receiver (rule 3), so a reused port, a
// former life or another group can't be taken for the real thing. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/public_key.h"
#include "base/recycling.h"
#include "consensus/state_machine.h"
#include "quorate/elections.h"
#include "quorate/events.h"
#include "raft/messages.h"

namespace quorate::wire {

inline constexpr std::uint16_t protocol_version = 1;

/// On every frame.
struct Header {
    base::RecyclingString group;  ///< TYPE.INSTANCE; Inspect alone may name none
    IncarnationId
        incarnation;  ///< none: the sender is outside, or the frame is about no incarnation
    MemberId sender;
    MemberId receiver;  ///< none: whoever answers at the endpoint (Hello, Beacon and Inspect alone)
};

/// How a member introduces itself.
struct Introduction {
    std::string name;
    std::string endpoint;
    Role role = Role::member;
};

/// What a member knows of the incarnation it is in; all none or 0 while outside.
struct Standing {
    IncarnationId incarnation;
    std::uint64_t epoch = 0;
    bool quorum = false;  ///< the sender hears a majority
    MemberId leader;
    std::string leader_endpoint;
    bool lease = false;    ///< the sender is the leader and its lease holds at this moment
    bool company = false;  ///< of a default group, which has no incarnation: not alone
    /// Inside, the size that the group is growing to; outside, the one that this member had before
    /// a growth that it has not seen agreed. 0: none.
    std::uint32_t other_size = 0;
};

/// Another member's endpoint, passed on: one living contact is enough.
struct Contact {
    MemberId id;
    std::string endpoint;
    base::PublicKey key = {};  ///< a hint; none where members are not authenticated
};

/// "Who is there?" To an endpoint, whoever is behind it.
struct Hello {
    Introduction self;
    Standing standing;
    GroupSpec spec;
    std::uint64_t nonce = 0;  ///< comes back in the answer, and so proves it fresh
    std::vector<Contact> contacts;
};
struct HelloReply {
    Introduction self;
    Standing standing;
    GroupSpec spec;
    std::uint64_t nonce = 0;
    std::vector<Contact> contacts;
};

/// Founding (rule 2): shall we?
struct FoundingProposal {
    IncarnationId founding;  ///< the fresh incarnation's id
    GroupSpec spec;
    std::vector<Contact> invited;
    base::Nanos sent{};  ///< proposer's CLOCK_BOOTTIME; comes back
};
struct FoundingAck {
    IncarnationId founding;
    bool accepted = false;
    bool waiting = false;  ///< within the wait after its start: counts only if all N accept
    std::uint64_t highest_epoch = 0;
    Introduction self;
    base::Nanos sent{};
};
/// It is founded: the state at index 0.
struct FoundingDone {
    consensus::Founding founding;
    bool by_all = false;  ///< all N acknowledged: nobody needs to wait any more
};

/// "Let me in." To any member; again until the state arrives.
struct JoinRequest {
    Introduction self;
    GroupSpec spec;
    std::uint64_t nonce = 0;
};
struct JoinReply {
    enum class Answer : std::uint8_t {
        pending,    ///< under way: wait for the state
        redirect,   ///< ask the leader at leader_endpoint
        no_leader,  ///< ask again later
        refused,    ///< for good; `reason` says why
    } answer = Answer::pending;
    MemberId leader;
    std::string leader_endpoint;
    std::string reason;
    std::uint64_t nonce = 0;
};

/// A Raft message of the frame's incarnation.
struct RaftFrame {
    raft::Message message;
};

/// A command for the leader to append, on behalf of the sender.
struct Proposal {
    std::uint64_t request = 0;
    Payload command;
};
/// Not appended, and why. Of what was appended, the proposer learns from its own copy of the log.
struct ProposalReply {
    std::uint64_t request = 0;
    ErrorCode error = ErrorCode::internal;
};

/// An application message.
struct AppMessage {
    enum class Address : std::uint8_t { group, leader, member } address = Address::group;
    std::int64_t sent_ns = 0;
    Payload data;
};
using AppMessageList = std::vector<AppMessage, base::RecyclingAllocator<AppMessage>>;
/// What one member has for another at one moment, in the order in which it was sent: a frame for
/// each would cost more than what is in it. Never empty.
struct AppMessages {
    std::uint64_t sequence = 0;  ///< grows with each frame of this kind that the sender makes
    bool from_leader = false;
    std::uint64_t epoch = 0;
    std::uint64_t term = 0;
    AppMessageList messages;
};

/// The sender is leaving for good; its id will not come back.
struct Farewell {
    std::uint64_t term = 0;
};

/// On the beacon address: a hint where to say Hello.
struct Beacon {
    Introduction self;
    Standing standing;
    base::PublicKey key = {};  ///< a hint; none where members are not authenticated
};

/// The answer to a Hello whose sender has not proven that it knows the deployment's token.
struct OtherDeployment {
    std::uint64_t nonce = 0;  ///< the Hello's
};
/// A question from outside the group, to whoever answers at an endpoint. Its header names no
/// receiver and may name no group, and its sender is no member.
struct Inspect {
    enum class Subject : std::uint8_t { status, elections } subject = Subject::status;
    std::uint64_t nonce = 0;  ///< comes back
    std::string reply_to;     ///< an endpoint
};
struct Inspection {
    std::uint64_t nonce = 0;
    std::string name;  ///< of the member that answers; its id is the header's sender
    std::variant<GroupStatus, std::vector<ElectionRecord>> answer;
};

using Body = std::variant<Hello, HelloReply, FoundingProposal, FoundingAck, FoundingDone,
                          JoinRequest, JoinReply, RaftFrame, Proposal, ProposalReply, AppMessages,
                          Farewell, Beacon, OtherDeployment, Inspect, Inspection>;

struct Frame {
    Header header;
    Body body;
};

}  // namespace quorate::wire
