// Leadership transfer (section 3.10).
#include <algorithm>
#include <tuple>

#include "raft/raft.h"

namespace quorate::raft {

namespace {
/// Between two tries to hand on to the same preferred voter, in election timeouts.
constexpr int shortest_pause = 10;
constexpr int longest_pause = 2000;
}  // namespace

Result<> Raft::transfer_leadership(Moment now, MemberId target) {
    if (role_ != Role::leader) {
        return Error{ErrorCode::not_leader, "only the leader hands leadership on: ask it"};
    }
    const std::vector<MemberId>& voters = configuration().voters;
    if (target) {
        if (!is_among(target, voters) || configuration().is_witness(target)) {
            return Error{ErrorCode::unknown_member,
                         "leadership goes to a voter that is no witness: name one"};
        }
        if (target == options_.self) return Done{};
    } else {
        // The best one: heard most lately among those that hold the most.
        const auto merit = [&](MemberId id) {
            return std::tuple(!is_dead(id), caught_up(now, id), match_index(id), heard_at(id));
        };
        for (const MemberId& id : voters) {
            if (id == options_.self || configuration().is_witness(id)) continue;
            if (!target || merit(id) > merit(target)) target = id;
        }
        if (!target) {
            return Error{ErrorCode::unknown_member, "there is no other voter to hand on to"};
        }
    }
    // Once one was told to campaign, nobody else is.
    if (transfer_ && transfer_->ordered) return Done{};
    transfer_ = Transfer{target, now.monotonic + options_.election_max};
    return Done{};
}

void Raft::hand_on_if_ready() {
    if (!transfer_ || transfer_->ordered) return;
    if (match_index(transfer_->target) != log_.last_index()) return;
    // From here on another may lead, so the lease is over for good in this term (rule 5).
    handed_on_ = true;
    transfer_->ordered = true;
    send(transfer_->target, TimeoutNow{hard_state_.term});
}

void Raft::tick_transfer(Moment now) {
    if (!transfer_ || now.monotonic < transfer_->deadline) return;
    const bool ordered = transfer_->ordered;
    transfer_.reset();
    if (!ordered) return;  // the target never caught up: nothing was given up
    // Only a new term brings a lease again.
    become_follower(now, hard_state_.term, MemberId{});
    start_candidacy(now, Trigger::transfer, 0);
}

/// The voter of the greatest priority takes over once it keeps up with the log (section 3.10). One
/// that was handed on to and did not come to lead may never, and each try costs the group a moment:
/// the pause before the next one doubles.
void Raft::hand_on_to_preferred(Moment now) {
    if (now.monotonic < prefer_at_ || transfer_ || change_in_progress() || !established()) return;
    MemberId preferred;
    std::uint8_t greatest = options_.priority;
    for (const MemberId& id : configuration().voters) {
        const auto found = progress_.find(id);
        if (found == progress_.end() || configuration().is_witness(id) || is_dead(id)) continue;
        if (found->second.priority <= greatest || !caught_up(now, id)) continue;
        greatest = found->second.priority;
        preferred = id;
    }
    if (!preferred) return;
    if (preferred != preferred_) prefer_pause_ = shortest_pause * options_.election_max;
    preferred_ = preferred;
    prefer_at_ = now.monotonic + prefer_pause_;
    prefer_pause_ = std::min(2 * prefer_pause_, longest_pause * options_.election_max);
    (void)transfer_leadership(now, preferred);
}

void Raft::on_timeout_now(Moment now, MemberId from, const TimeoutNow& order) {
    if (order.term != hard_state_.term || from != leader_) return;
    start_candidacy(now, Trigger::transfer, order.term);
}

}  // namespace quorate::raft
