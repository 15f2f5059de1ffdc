#include "sim/votes_count_once.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void VotesCountOnce::cast(PollId poll, MemberId voter, bool yes) {
    Said& said = polls_[poll];
    (yes ? said.yes : said.no).insert(voter);
}

void VotesCountOnce::result(const VoteResult& result) const {
    const auto found = polls_.find(result.poll);
    const Said none;
    const Said& said = found == polls_.end() ? none : found->second;
    std::set<MemberId> all = said.yes;
    all.insert(said.no.begin(), said.no.end());
    // The library says no by itself for who has no clock to act by.
    const std::set<MemberId> unsynchronised(result.unsynchronised.begin(),
                                            result.unsynchronised.end());
    all.insert(unsynchronised.begin(), unsynchronised.end());
    if (result.yes_votes <= said.yes.size() &&
        result.no_votes <= said.no.size() + unsynchronised.size() &&
        result.yes_votes + result.no_votes <= all.size()) {
        return;
    }
    broken("a vote counts once",
           "poll " + brief(result.poll) + " counted " + std::to_string(result.yes_votes) +
               " yes and " + std::to_string(result.no_votes) + " no; " +
               std::to_string(said.yes.size()) + " members said yes and " +
               std::to_string(said.no.size()) + " no, " + std::to_string(all.size()) + " in all");
}

}  // namespace quorate::sim
