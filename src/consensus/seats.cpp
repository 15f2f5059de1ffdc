#include "consensus/seats.h"

#include <algorithm>

namespace quorate::consensus {

namespace {

bool contains(const std::vector<MemberId>& ids, MemberId id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

/// Who may sit down now, in roster order.
std::vector<MemberId> find_candidates(const StateMachine& machine, const SeatView& view) {
    std::vector<MemberId> candidates;
    for (const MemberRecord& member : machine.roster()) {
        const bool waits = contains(view.learners, member.id) && !contains(view.voters, member.id);
        if (!waits || member.role == Role::observer) continue;
        if (!view.dead(member.id) && view.caught_up(member.id)) candidates.push_back(member.id);
    }
    return candidates;
}

bool same_members(std::vector<MemberId> some, std::vector<MemberId> others) {
    std::sort(some.begin(), some.end());
    std::sort(others.begin(), others.end());
    return some == others;
}

std::vector<MemberId> find_seatless(const std::vector<MemberRecord>& roster,
                                    const std::vector<MemberId>& voters) {
    std::vector<MemberId> learners;
    for (const MemberRecord& member : roster) {
        if (!contains(voters, member.id)) learners.push_back(member.id);
    }
    return learners;
}

}  // namespace

std::optional<SeatPlan> plan_seats(const StateMachine& machine, const SeatView& view) {
    SeatPlan plan{view.voters, {}};
    const std::vector<MemberId> candidates = find_candidates(machine, view);
    auto next = candidates.begin();
    while (next != candidates.end() && plan.voters.size() < machine.spec().seats()) {
        plan.voters.push_back(*next++);
    }
    // A lost voter still counts in every quorum, so its seat is worth taking over; but it stays a
    // voter until somebody does, because fewer voters would be a smaller quorum (rule 3).
    for (const MemberId& holder : view.voters) {
        if (next == candidates.end()) break;
        const bool lost = machine.find_member(holder) == nullptr || view.dead(holder);
        if (lost) *std::find(plan.voters.begin(), plan.voters.end(), holder) = *next++;
    }
    plan.learners = find_seatless(machine.roster(), plan.voters);
    const bool as_it_is =
        same_members(plan.voters, view.voters) && same_members(plan.learners, view.learners);
    if (as_it_is) return std::nullopt;
    return plan;
}

SeatPlan founding_seats(const Founding& founding) {
    SeatPlan plan;
    for (const MemberRecord& member : founding.roster) {
        const bool free = plan.voters.size() < founding.spec.seats();
        auto& list = free && member.role != Role::observer ? plan.voters : plan.learners;
        list.push_back(member.id);
    }
    return plan;
}

}  // namespace quorate::consensus
