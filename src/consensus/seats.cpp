#include "consensus/seats.h"

#include <algorithm>

#include "base/ids.h"

namespace quorate::consensus {

namespace {

/// Whether all living voters sit, and nobody else could: what is found so at every heartbeat takes
/// no lists.
bool is_settled(const StateMachine& machine, const SeatView& view) {
    if (view.seats != machine.wanted_seats()) return false;
    std::size_t sitting = 0;
    std::size_t learning = 0;
    bool waiting = false;
    for (const MemberRecord& member : machine.roster()) {
        if (base::is_among(member.id, view.voters)) {
            if (view.dead(member.id)) return false;
            ++sitting;
        } else {
            if (!base::is_among(member.id, view.learners)) return false;
            ++learning;
            waiting = waiting || member.role != Role::observer;
        }
    }
    const bool full = view.voters.size() >= machine.spec().seats();
    return sitting == view.voters.size() && learning == view.learners.size() && (full || !waiting);
}

/// Who may sit down now, in roster order.
std::vector<MemberId> find_candidates(const StateMachine& machine, const SeatView& view) {
    std::vector<MemberId> candidates;
    for (const MemberRecord& member : machine.roster()) {
        const bool waits =
            base::is_among(member.id, view.learners) && !base::is_among(member.id, view.voters);
        if (!waits || member.role == Role::observer) continue;
        if (!view.dead(member.id) && view.caught_up(member.id)) candidates.push_back(member.id);
    }
    return candidates;
}

/// Neither holds duplicates.
bool same_members(std::span<const MemberId> some, std::span<const MemberId> others) {
    return some.size() == others.size() &&
           std::all_of(some.begin(), some.end(),
                       [&](const MemberId& id) { return base::is_among(id, others); });
}

std::vector<MemberId> find_seatless(const std::vector<MemberRecord>& roster,
                                    const std::vector<MemberId>& voters) {
    std::vector<MemberId> learners;
    for (const MemberRecord& member : roster) {
        if (!base::is_among(member.id, voters)) learners.push_back(member.id);
    }
    return learners;
}

/// Today's witnesses, and those who sit down as such.
class Seating {
public:
    Seating(const StateMachine& machine, const SeatView& view) : machine_(machine), view_(view) {}

    bool is_witness(MemberId id) const {
        if (base::is_among(id, view_.witnesses)) return true;
        const MemberRecord* member = machine_.find_member(id);
        return member != nullptr && member->role == Role::witness;
    }
    /// Whether at most half of these are witnesses.
    bool is_sound(const std::vector<MemberId>& voters) const {
        const auto witnesses = std::count_if(voters.begin(), voters.end(),
                                             [&](const MemberId& id) { return is_witness(id); });
        return 2 * static_cast<std::size_t>(witnesses) <= voters.size();
    }
    /// Lets `id` sit down where `place` says; false if that would be a witness too many.
    template <class Place>
    bool seat(std::vector<MemberId>& voters, Place&& place) const {
        std::vector<MemberId> changed = voters;
        place(changed);
        if (!is_sound(changed)) return false;
        voters = std::move(changed);
        return true;
    }

private:
    const StateMachine& machine_;
    const SeatView& view_;
};

/// Fewer seats: those of voters that are gone are not taken over any more (rule 1).
void drop_seats(const StateMachine& machine, const Seating& seating, SeatPlan& plan) {
    std::vector<MemberId> fewer = plan.voters;
    for (const bool witnesses : {true, false}) {  // of which only so many may stay
        for (const MemberId& holder : plan.voters) {
            if (fewer.size() <= machine.wanted_seats()) break;
            const bool lost = machine.find_member(holder) == nullptr;
            if (lost && seating.is_witness(holder) == witnesses) std::erase(fewer, holder);
        }
    }
    if (fewer.size() > machine.wanted_seats() || !seating.is_sound(fewer)) return;
    plan.voters = std::move(fewer);
    plan.seats = machine.wanted_seats();
}

/// More seats: the group goes on only with as many voters as they take.
void add_seats(const StateMachine& machine, const SeatView& view, SeatPlan& plan) {
    const std::uint32_t floor = machine.wanted_seats() / 2 + 1;
    const auto living = std::count_if(view.voters.begin(), view.voters.end(), view.alive);
    if (living >= static_cast<std::ptrdiff_t>(floor)) plan.seats = machine.wanted_seats();
}

}  // namespace

std::optional<SeatPlan> plan_seats(const StateMachine& machine, const SeatView& view) {
    if (is_settled(machine, view)) return std::nullopt;
    SeatPlan plan{{view.voters.begin(), view.voters.end()}, {}, {}, view.seats};
    const Seating seating(machine, view);
    if (machine.wanted_seats() < view.seats) drop_seats(machine, seating, plan);
    if (machine.wanted_seats() > view.seats) add_seats(machine, view, plan);
    std::vector<MemberId> lost;
    for (const MemberId& holder : plan.voters) {
        if (machine.find_member(holder) == nullptr || view.dead(holder)) lost.push_back(holder);
    }
    for (const MemberId& candidate : find_candidates(machine, view)) {
        if (plan.voters.size() < machine.spec().seats()) {
            seating.seat(plan.voters, [&](auto& voters) { voters.push_back(candidate); });
            continue;
        }
        // A lost voter still counts in every quorum, so its seat is worth taking over; but it stays
        // a voter until somebody does, because fewer voters would be a smaller quorum (rule 3).
        const auto taken = std::find_if(lost.begin(), lost.end(), [&](const MemberId& holder) {
            return seating.seat(plan.voters, [&](auto& voters) {
                *std::find(voters.begin(), voters.end(), holder) = candidate;
            });
        });
        if (taken != lost.end()) lost.erase(taken);
    }
    std::copy_if(plan.voters.begin(), plan.voters.end(), std::back_inserter(plan.witnesses),
                 [&](const MemberId& id) { return seating.is_witness(id); });
    plan.learners = find_seatless(machine.roster(), plan.voters);
    const bool as_it_is = same_members(plan.voters, view.voters) &&
                          same_members(plan.learners, view.learners) && plan.seats == view.seats;
    if (as_it_is) return std::nullopt;
    return plan;
}

std::uint32_t max_witnesses(const GroupSpec& spec) {
    return spec.size / 2;
}

SeatPlan founding_seats(const Founding& founding) {
    SeatPlan plan;
    plan.seats = founding.spec.seats();
    const std::size_t seats = plan.seats;
    for (const MemberRecord& member : founding.roster) {
        if (member.role == Role::member && plan.voters.size() < seats) {
            plan.voters.push_back(member.id);
        }
    }
    // Of more members than seats, some stand by, and the witnesses with them.
    for (const MemberRecord& member : founding.roster) {
        const bool fits = 2 * (plan.witnesses.size() + 1) <= plan.voters.size() + 1;
        if (member.role != Role::witness || !fits || plan.voters.size() >= seats) continue;
        plan.voters.push_back(member.id);
        plan.witnesses.push_back(member.id);
    }
    plan.learners = find_seatless(founding.roster, plan.voters);
    return plan;
}

}  // namespace quorate::consensus
