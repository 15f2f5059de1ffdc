// Rules: one outcome a poll, the same everywhere and told at most once to a member; it follows from
// the votes by the poll's kind; `timeout` not before its time; `lost` only where the incarnation
// was given up or left.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "consensus/state_machine.h"
#include "sim/names.h"

namespace quorate::sim {

class PollOutcomes {
public:
    /// The component of `member` was asked to vote.
    void asked(MemberId member, const VoteRequest& request);
    /// Some member applied its opening, at simulated time `now`.
    void opened(const consensus::Poll& poll, Nanos now);
    /// It was told the outcome. True if it is the first news of a decided poll.
    bool told(MemberId member, const VoteResult& result, Nanos now);
    /// Whether a poll may be lost for the member that was told so in this turn: it gave the
    /// incarnation up, or was given the state.
    void end_of_turn(bool may_be_lost);
    /// Its incarnation ended, or it can't know what it missed: it is owed nothing.
    void excuse(MemberId member) { open_.erase(member); }
    /// A poll that `member` was asked about and not told the outcome of.
    std::optional<PollId> owed(MemberId member) const;

private:
    struct Asked {
        Voting kind = Voting::majority;
        Nanos since{};  ///< simulated time at which the first member applied it
        Nanos timeout{};
        bool action = false;
    };
    std::map<PollId, Asked> asked_;
    std::map<PollId, VoteResult> results_;
    std::set<std::pair<MemberId, PollId>> told_;
    std::map<MemberId, std::set<PollId>> open_;
    std::optional<PollId> lost_;  ///< told in this turn
};

}  // namespace quorate::sim
