// Rule: a vote counts once: the votes of a result never exceed the members that really said so,
// whatever they sent twice.
#pragma once

#include <map>
#include <set>

#include "quorate/events.h"
#include "sim/names.h"

namespace quorate::sim {

class VotesCountOnce {
public:
    /// The component of `voter` said so, maybe not for the first time.
    void cast(PollId poll, MemberId voter, bool yes);
    void result(const VoteResult& result) const;

private:
    struct Said {
        std::set<MemberId> yes;
        std::set<MemberId> no;
    };
    std::map<PollId, Said> polls_;
};

}  // namespace quorate::sim
