// Rules: one outcome a poll, the same everywhere and told at most once to a member; it follows from
// the votes by the poll's kind; `lost` only where the incarnation was given up or left.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "quorate/events.h"
#include "sim/names.h"

namespace quorate::sim {

class PollOutcomes {
public:
    /// A component was asked to vote.
    void asked(Life life, const VoteRequest& request);
    /// A component was told the outcome. True if it is the first news of a decided poll.
    bool told(Life life, const VoteResult& result);
    /// `life` was told of lost polls; whether its incarnation ended in the same turn.
    void end_of_turn(Life life, bool gave_up);
    /// Its incarnation ended, or it can't know what it missed: it is owed nothing.
    void excuse(Life life) { open_.erase(life); }
    /// A poll that `life` was asked about and never told of, if its deadline is long past.
    std::optional<PollId> owed(Life life) const;

private:
    std::map<PollId, Voting> kinds_;
    std::map<PollId, VoteResult> results_;
    std::set<std::pair<Life, PollId>> told_;
    std::map<Life, std::set<PollId>> open_;
    std::optional<PollId> lost_;  ///< in this turn
};

}  // namespace quorate::sim
