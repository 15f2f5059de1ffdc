// What Raft nodes say to each other. Plain values; encoding is the business of src/wire.
//
// `sent` is the requester's CLOCK_BOOTTIME when it sent the request; the reply returns it
// unchanged, so that the requester can tell how old a promise is: an answer counts only within
// election_min of the sending of its request (design rule 1). Receivers never compare it with their
// own clock.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "raft/types.h"

namespace quorate::raft {

/// RequestVote (section 3.4), and its rehearsal pre-vote (section 9.6), in which `term` is the one
/// that the candidate would use and nobody's term changes.
struct VoteRequest {
    Term term = 0;
    Index last_index = 0;
    Term last_term = 0;
    bool pre_vote = false;
    /// Not 0: the leader of this term handed leadership on to the candidate (section 3.10), so
    /// stickiness towards leaders of terms up to it is lifted.
    Term handed_on = 0;
    /// Pre-vote only: a leader that the candidate holds proven dead. A hint: it makes the receiver
    /// look for its own proof; it lifts nothing.
    MemberId dead_leader;
    Nanos sent{};
};

enum class VoteRefusal : std::uint8_t {
    none,
    stale_term,  ///< the voter's term is higher
    sticky,      ///< the voter hears, or promised itself to, another leader
    log_behind,  ///< the candidate's log is less up to date (section 3.6.1)
    voted_already,
    withheld,  ///< the voter must not vote yet (start-up wait, or a promise of another life)
};

struct VoteReply {
    Term term = 0;  ///< the voter's; a granted pre-vote returns the request's term
    bool granted = false;
    bool pre_vote = false;
    VoteRefusal refusal = VoteRefusal::none;
    Nanos sent{};
};

/// AppendEntries (section 3.5); without entries it is a heartbeat.
struct Append {
    Term term = 0;
    Index prev_index = 0;
    Term prev_term = 0;
    Index commit = 0;
    /// The receiver's place in the order of succession, 0 first: how many others should try before
    /// it when this leader is proven dead.
    std::uint32_t successor_rank = 0;
    Entries entries;
    Nanos sent{};
    /// It only tells what is committed: whoever agrees with it need not answer, and promises
    /// nothing by it.
    bool commit_only = false;
};
/// Whether two Appends of one leader differ in their receivers' ranks alone, so that what is built
/// of one can be sent as the other. A witness gets withheld what a member gets whole.
bool differ_in_receiver_alone(const Append& a, const Append& b);

struct AppendReply {
    Term term = 0;
    bool accepted = false;
    /// Accepted: the last index known to match the leader's log (and persisted).
    Index match = 0;
    /// Rejected: where to try next. hint_index is the last index that may match, hint_term the term
    /// of the follower's entry there.
    Index hint_index = 0;
    Term hint_term = 0;
    bool needs_snapshot =
        false;  ///< rejected: the receiver has no state of this incarnation at all
    /// Whether the sender promises to back no other leader for election_min from now. Only such
    /// replies count towards commit and lease.
    bool promise = false;
    Nanos sent{};
    std::uint8_t priority = 0;  ///< the sender's wish to lead (section 3.10): the greatest should
};

/// A chunk of the state for a follower that the log no longer reaches (section 5.3, figure 5.3).
/// Answered with SnapshotReply, and the last one, once the state is installed, with AppendReply.
struct InstallSnapshot {
    Term term = 0;
    std::shared_ptr<const Snapshot> snapshot;  ///< of its state, only the chunk
    Nanos sent{};
    std::uint64_t offset = 0;  ///< where in the state the chunk begins, in bytes
    bool done = true;          ///< it is the last one
};

/// How much of a state has arrived: where the receiver wants to go on.
struct SnapshotReply {
    Term term = 0;
    Index index = 0;             ///< of the snapshot
    std::uint64_t received = 0;  ///< bytes held, from the beginning on
    Nanos sent{};
};

/// Leadership transfer (section 3.10): campaign now.
struct TimeoutNow {
    Term term = 0;
};

using Message = std::variant<VoteRequest, VoteReply, Append, AppendReply, InstallSnapshot,
                             SnapshotReply, TimeoutNow>;

struct Outgoing {
    MemberId to;
    Message message;
};

}  // namespace quorate::raft
