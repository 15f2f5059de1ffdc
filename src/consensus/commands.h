// What a group writes into its log, as plain values, and their encoding.
//
// Encoded with Cap'n Proto (schema/log.capnp, versioned). decode() trusts nothing: it returns an
// error for anything that is not a whole, valid command within the limits. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "base/time.h"
#include "quorate/events.h"
#include "quorate/id.h"
#include "quorate/result.h"

namespace quorate::consensus {

/// What the roster knows of a member.
struct MemberRecord {
    MemberId id;
    std::string name;      ///< 1 to 64 printable characters
    std::string endpoint;  ///< tcp://HOST:PORT
    Role role = Role::member;
    bool operator==(const MemberRecord&) const = default;
};

/// Enters the roster. Of a member that is in it already: updates its endpoint, nothing else.
struct Join {
    MemberRecord member;
};
/// Leaves the roster: said by itself (left), or found out by the leader (lost). Frees no seat.
struct Leave {
    MemberId member;
    Departure reason = Departure::left;
};
/// An ordered message.
struct OrderedMessage {
    MemberId from;
    std::uint64_t request =
        0;  ///< the proposer's number for it; applied once, however often it comes
    std::int64_t sent_ns = 0;  ///< CLOCK_REALTIME at the sender
    Payload data;
    std::uint64_t settled_below = 0;  ///< the proposer waits for none of a lower number any more
    bool again = false;  ///< asked for once more, out of turn; else it comes in turn or not at all
    bool as_leader = false;  ///< its sender led in the entry's term
};
/// The time by a leader's clock, which may be off by its error: no earlier than the one, no later
/// than the other. A clock that nobody vouches for says nothing.
struct Stamp {
    base::Nanos earliest = base::long_ago;
    base::Nanos latest = base::never;
    bool operator==(const Stamp&) const = default;
};
/// When an action is to be done, and how exactly (rule 9).
struct ActionTerms {
    base::Nanos at{};
    base::Nanos tolerance{};
    base::Nanos margin{};
    ActionClock clock = ActionClock::realtime;
    /// Whether what is in the log at `stamp` is there in time, for certain.
    bool leaves_time(const Stamp& stamp) const { return stamp.latest < at - margin; }
    /// Whether, for certain, nobody will act any more who has not by now.
    bool is_past(const Stamp& stamp) const { return at + tolerance < stamp.earliest; }
    bool operator==(const ActionTerms&) const = default;
};
/// Asks for a vote (rule 8).
struct OpenPoll {
    PollId poll;
    MemberId requester;
    std::uint64_t request = 0;
    std::string topic;
    Voting kind = Voting::majority;
    base::Nanos timeout{};
    std::optional<ActionTerms> action = {};
    Stamp stamp = {};  ///< actions: the leader's, on their clock
};
struct CastVote {
    PollId poll;
    MemberId voter;
    bool yes = false;
    bool unsynchronised = false;  ///< a no of the library, for the sake of the voter's clock
};
/// The leader's deadline entry: closes the poll if it is still open.
struct ExpirePoll {
    PollId poll;
};

/// The leader's: an action has its yes, and this is the time.
struct CloseAction {
    PollId poll;
    Stamp stamp = {};
};
/// Calls an action off.
struct CancelAction {
    PollId poll;
    MemberId requester;
    std::uint64_t request = 0;
    Stamp stamp = {};
};

/// Asks for another size of the group (rule 1). A smaller one holds at once; a greater one once the
/// leader says so, which it does when every member in the roster has this entry.
struct Resize {
    MemberId requester;
    std::uint64_t request = 0;
    std::uint32_t size = 0;  ///< 1 to 1000
};
/// The leader's: every member that was in the roster at `judged` has acknowledged the greater size.
struct FinishResize {
    std::uint64_t since = 0;   ///< index of the Resize
    std::uint64_t judged = 0;  ///< index
};

using Command = std::variant<Join, Leave, OrderedMessage, OpenPoll, CastVote, ExpirePoll,
                             CloseAction, CancelAction, Resize, FinishResize>;

/// One encoding for each command; deterministic.
Payload encode(const Command& command);
/// Refers to the payload's bytes instead of copying data. Errors: bad_argument.
Result<Command> decode(const Payload& bytes);

}  // namespace quorate::consensus
