// Writes the election record (quorate/elections.h) from what the loop sees: Raft's role, term and
// leader after each step, and the votes that come and go. The Raft core knows nothing of it.
//
// A record begins when the leader is missed or somebody asks for votes, and ends when a leader of a
// later term is known; where the old one goes on, when nobody has asked for a while. Bounded:
// kept_elections records of kept_election_votes votes. One loop owns it.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/time.h"
#include "quorate/elections.h"
#include "raft/messages.h"
#include "raft/raft.h"

namespace quorate::group {

using base::Nanos;

/// The answer, with the reason where it was no.
VoteAnswer answer_of(const raft::VoteReply& reply);

class ElectionRecorder {
public:
    /// What the recorder asks its loop: a member's name, and the wall clock for the stamp.
    struct Surroundings {
        std::function<std::string(MemberId)> name_of;
        std::function<Nanos()> realtime;
    };
    explicit ElectionRecorder(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

    /// Where this member's replica stands.
    struct View {
        Nanos now{};
        MemberId self;
        raft::Role role = raft::Role::follower;
        raft::Term term = 0;
        MemberId leader;
        raft::Trigger trigger = raft::Trigger::none;
        Nanos quiet{};  ///< so long without a sign of the campaign, and the old leader is kept
    };
    /// The record that ended by it, if one did.
    const ElectionRecord* observe(const View& view);

    /// This member is in an incarnation, from its founding on or later.
    void entered(Nanos now, bool by_founding);
    /// It has given it up.
    void left(Nanos now);
    /// A candidate asks this member.
    void asked(Nanos now, MemberId candidate, const raft::VoteRequest& request);
    /// This member answers a candidate.
    void answered(Nanos now, MemberId self, MemberId candidate, const raft::VoteReply& reply);
    /// A voter answers this member, which asked for `term`.
    void vote_arrived(Nanos now, MemberId self, MemberId voter, const raft::VoteReply& reply);

    /// The last ones that ended, oldest first.
    const std::deque<ElectionRecord>& records() const { return records_; }
    /// What set off the election of that leader, if it was the last one and is known.
    ElectionTrigger why_elected(MemberId leader, raft::Term term) const;

    /// Whether records() changed since this was asked last.
    bool take_changed() { return std::exchange(changed_, false); }

private:
    /// The election that is recorded, or was last: votes come behind its outcome, too.
    struct Election {
        Nanos began{};
        Nanos last_sign{};
        std::map<MemberId, raft::Term> asked;  ///< by candidate
        raft::Term campaign = 0;               ///< this member's own: the term it asked for
        bool rehearsing = false;
    };
    ElectionRecord& open(Nanos now);
    ElectionRecord* find_noted();
    void note_vote(Nanos now, ElectionVote vote);
    void note_campaign(const View& view);
    const ElectionRecord* close(Nanos now, ElectionOutcome outcome, const View& view);

    Surroundings surroundings_;
    std::optional<ElectionRecord> open_;
    std::optional<Election> election_;
    MemberId leader_;  ///< the last that was known in this incarnation
    raft::Term leader_term_ = 0;
    std::deque<ElectionRecord> records_;
    std::uint64_t ended_ = 0;
    bool changed_ = false;
};

}  // namespace quorate::group
