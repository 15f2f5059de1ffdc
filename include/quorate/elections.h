// The election record: what set an election off, who voted how and why, how long it took.
//
//   for (const quorate::ElectionRecord& election : feeder.elections()) {
//       std::cout << election.leader_name << " leads term " << election.term << ": "
//                 << to_string(election.trigger) << '\n';
//   }
//
// Plain values. A record is what one member saw of one election: a candidate knows the votes that it
// was given, a voter those that it gave; members compare theirs by the term.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/id.h"
#include "quorate/spec.h"

namespace quorate {

/// What set an election off, as far as this member was told.
enum class ElectionTrigger : std::uint8_t {
    unknown,      ///< this member only saw that another leads: it has no vote, or heard no candidate
    timeout,      ///< the leader was not heard for an election timeout
    leader_dead,  ///< the leader was proven dead (its farewell, a refused connection, another id)
    transfer,     ///< leadership was handed on
    founding,     ///< the incarnation's first
};
inline constexpr std::size_t election_triggers = 5;

enum class ElectionOutcome : std::uint8_t {
    elected,     ///< `leader` leads `term`
    kept,        ///< somebody asked for votes, and the leader goes on as before
    given_up,    ///< the incarnation was given up before anybody was elected
};

/// A voter's answer, with the reason of a refusal.
enum class VoteAnswer : std::uint8_t {
    granted,
    stale_term,     ///< the voter is in a later term
    sticky,         ///< the voter hears, or has promised its backing to, another leader
    log_behind,     ///< the candidate lacks entries that the voter has
    voted_already,  ///< the voter backs another candidate in this term
    withheld,       ///< the voter must not vote yet: it has just started, or an older promise holds
};

struct ElectionVote {
    MemberId voter;
    std::string voter_name;  ///< empty: not in the roster any more
    MemberId candidate;
    std::uint64_t term = 0;  ///< that the candidate asked for
    bool pre_vote = false;   ///< the rehearsal, which changes nobody's term
    VoteAnswer answer = VoteAnswer::granted;
    Duration after{};        ///< since the record's beginning
};

struct ElectionRecord {
    std::uint64_t number = 0;  ///< counts this member's records, from 1
    ElectionTrigger trigger = ElectionTrigger::unknown;
    ElectionOutcome outcome = ElectionOutcome::elected;
    std::uint64_t term = 0;
    MemberId leader;  ///< none if the incarnation was given up
    std::string leader_name;
    MemberId previous_leader;  ///< none: the first of the incarnation
    std::string previous_leader_name;
    bool campaigned = false;     ///< this member asked for votes itself
    std::int64_t began_ns = 0;   ///< CLOCK_REALTIME: the leader was missed, or the first sign of a campaign
    Duration took{};             ///< until the outcome was known here
    std::vector<ElectionVote> votes;   ///< in the order in which this member saw them; at most 64
    std::uint32_t votes_left_out = 0;  ///< beyond those
};

/// How many records a member keeps: the last ones.
inline constexpr std::size_t kept_elections = 64;
inline constexpr std::size_t kept_election_votes = 64;

std::string_view to_string(ElectionTrigger trigger);
std::string_view to_string(ElectionOutcome outcome);
std::string_view to_string(VoteAnswer answer);

}  // namespace quorate
