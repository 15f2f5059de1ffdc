#include "sim/poll_outcomes.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {
std::string describe(const VoteResult& result) {
    static constexpr const char* words[] = {"yes", "no", "timeout", "lost"};
    return std::string(words[static_cast<int>(result.outcome)]) + " with " +
           std::to_string(result.yes_votes) + " yes, " + std::to_string(result.no_votes) +
           " no of " + std::to_string(result.electorate) + " at index " +
           std::to_string(result.index);
}

bool follows(Voting kind, const VoteResult& result) {
    const std::uint32_t votes = result.yes_votes + result.no_votes;
    if (votes > result.electorate) return false;
    const bool carried = kind == Voting::majority ? 2 * result.yes_votes > result.electorate
                                                  : result.yes_votes == result.electorate;
    return (result.outcome == Outcome::yes) == carried;
}
}  // namespace

void PollOutcomes::opened(const consensus::Poll& poll, Nanos now) {
    asked_.try_emplace(poll.id, Asked{poll.kind, now, poll.timeout, poll.action.has_value()});
}

void PollOutcomes::asked(MemberId member, const VoteRequest& request) {
    if (!told_.contains({member, request.poll})) open_[member].insert(request.poll);
}

bool PollOutcomes::told(MemberId member, const VoteResult& result, Nanos now) {
    const auto fail = [&](const std::string& why) {
        broken("one outcome a poll",
               "poll " + brief(result.poll) + " at " + brief(member) + ": " + why);
    };
    if (!told_.insert({member, result.poll}).second) fail("told twice, now " + describe(result));
    open_[member].erase(result.poll);
    if (result.outcome == Outcome::lost) {
        lost_ = result.poll;
        return false;
    }
    const auto [known, first] = results_.try_emplace(result.poll, result);
    const VoteResult& agreed = known->second;
    if (agreed.outcome != result.outcome || agreed.yes_votes != result.yes_votes ||
        agreed.no_votes != result.no_votes || agreed.electorate != result.electorate ||
        agreed.index != result.index) {
        fail(describe(result) + "; elsewhere " + describe(agreed));
    }
    const auto asked = asked_.find(result.poll);
    if (asked == asked_.end()) return first;
    // Of an action, what was agreed on too late, or called off, carries as little as a no.
    const bool overruled = asked->second.action && !result.yes();
    if (!overruled && !follows(asked->second.kind, result)) {
        fail(describe(result) + ", which does not follow from the votes");
    }
    // Whoever leads counts from when it applied the poll, by its own clock.
    const Nanos earliest = asked->second.since + asked->second.timeout * 8 / 10;
    if (result.outcome == Outcome::timeout && !overruled && now < earliest) {
        fail(describe(result) + ", before its time");
    }
    return first;
}

void PollOutcomes::end_of_turn(bool may_be_lost) {
    if (!lost_) return;
    const PollId poll = *lost_;
    lost_.reset();
    if (!may_be_lost) {
        broken("one outcome a poll",
               "poll " + brief(poll) + " is lost at a member that stays in its incarnation");
    }
}

std::optional<PollId> PollOutcomes::owed(MemberId member) const {
    const auto found = open_.find(member);
    if (found == open_.end() || found->second.empty()) return std::nullopt;
    return *found->second.begin();
}

}  // namespace quorate::sim
