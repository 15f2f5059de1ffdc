// The plain values of the Raft core. Names are the thesis's (Ongaro, "Consensus: Bridging Theory
// and Practice", 2014).
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/ids.h"
#include "base/recycling.h"
#include "base/time.h"
#include "quorate/events.h"
#include "quorate/id.h"

namespace quorate::raft {

using Term = std::uint64_t;
using Index = std::uint64_t;
using base::is_among;
using base::Moment;
using base::Nanos;

/// Who takes part (thesis, chapter 4). In a joint configuration `outgoing` holds C_old and `voters`
/// C_new; otherwise `outgoing` is empty. Learners get the log and count nowhere.
/// `voters` and `outgoing` hold no duplicates; a learner is in neither of them.
///
/// Witnesses are voters that keep no application data: they vote and acknowledge by the log's
/// terms and indexes, and never lead. They are at most half of `voters` and of `outgoing`, so that
/// every majority has a voter which holds what it acknowledged. Once a witness, always a
/// witness: it has nothing to become anything else with. That is its owner's to see to: the core
/// knows of itself alone that entries were withheld from it, and doesn't campaign then. A state
/// goes to a witness whole: what it must not keep must not be in it.
///
/// Seats are how many voters there are to be once everybody is there (design rule 1). They stand in
/// the configuration and not in the options, because a quorum that counts by other seats is another
/// quorum: like voters they hold from the moment they are in the log (section 4.1).
struct Configuration {
    std::vector<MemberId> voters;
    std::vector<MemberId> outgoing;
    std::vector<MemberId> learners;
    std::vector<MemberId> witnesses{};  ///< each also in voters or outgoing
    std::uint32_t seats = 1;            ///< at least 1
    std::uint32_t outgoing_seats = 0;   ///< those of C_old; 0 unless joint

    /// The fewest distinct voters that may elect or commit (design rule 1); while it changes, the
    /// greater one.
    std::uint32_t seat_floor() const { return std::max(seats, outgoing_seats) / 2 + 1; }
    bool joint() const { return !outgoing.empty(); }
    bool is_voter(MemberId id) const;  ///< in either half
    bool is_learner(MemberId id) const;
    bool is_witness(MemberId id) const;
    bool contains(MemberId id) const { return is_voter(id) || is_learner(id); }
    /// Voters of both halves, each once, then learners.
    std::vector<MemberId> everyone() const;
    std::vector<MemberId> distinct_voters() const;
    bool operator==(const Configuration&) const = default;
};

enum class EntryKind : std::uint8_t {
    noop,           ///< what a new leader appends to commit the past (section 3.6.2)
    configuration,  ///< takes effect as soon as it is in the log (section 4.1)
    command,        ///< opaque to Raft; for the state machine of every member
    application,    ///< the same, but a witness gets it without its data
};

struct Entry {
    Term term = 0;
    Index index = 0;
    EntryKind kind = EntryKind::noop;
    Payload data;                                        ///< commands and application entries
    std::shared_ptr<const Configuration> configuration;  ///< configurations

    /// Whether this member, a witness, was not given what is in it: nothing to apply.
    bool withheld() const { return kind == EntryKind::application && data.size() == 0; }
};
using Entries = base::RecyclingVector<Entry>;

/// State that stands for all entries up to and including `index` (chapter 5). The first one, at
/// index 0 and term 0, is the founding's.
struct Snapshot {
    Index index = 0;
    Term term = 0;
    Configuration configuration;
    Payload state;  ///< opaque to Raft
};

/// What must be on disk before a vote or an acknowledgement leaves (section 3.8).
struct HardState {
    Term term = 0;
    MemberId voted_for;
    bool operator==(const HardState&) const = default;
};

enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };

}  // namespace quorate::raft
