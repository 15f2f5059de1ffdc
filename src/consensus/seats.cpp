#include "consensus/seats.h"

#include <algorithm>

#include "base/ids.h"

namespace quorate::consensus {

namespace {

/// Whether a seat may be given to it now.
bool may_sit(const MemberRecord& member, const SeatView& view) {
    const bool waits =
        base::is_among(member.id, view.learners) && !base::is_among(member.id, view.voters);
    return waits && member.role != Role::observer && !view.dead(member.id) &&
           view.caught_up(member.id);
}

/// Neither holds duplicates.
bool same_members(std::span<const MemberId> some, std::span<const MemberId> others) {
    return some.size() == others.size() &&
           std::all_of(some.begin(), some.end(),
                       [&](const MemberId& id) { return base::is_among(id, others); });
}

/// Whether the members without a seat are those, and nobody else is.
bool are_seatless(std::span<const MemberId> learners, const std::vector<MemberRecord>& roster,
                  std::span<const MemberId> voters) {
    std::size_t seatless = 0;
    for (const MemberRecord& member : roster) {
        if (base::is_among(member.id, voters)) continue;
        if (!base::is_among(member.id, learners)) return false;
        ++seatless;
    }
    return seatless == learners.size();
}

std::vector<MemberId> find_seatless(const std::vector<MemberRecord>& roster,
                                    std::span<const MemberId> voters) {
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
    bool is_sound(std::span<const MemberId> voters) const {
        const auto witnesses = std::count_if(voters.begin(), voters.end(),
                                             [&](const MemberId& id) { return is_witness(id); });
        return 2 * static_cast<std::size_t>(witnesses) <= voters.size();
    }
    /// Lets `id` sit down where `place` says; false if that would be a witness too many.
    template <class Place>
    bool seat(MemberIds& voters, Place&& place) const {
        MemberIds changed = voters;
        place(changed);
        if (!is_sound(changed)) return false;
        voters = std::move(changed);
        return true;
    }

private:
    const StateMachine& machine_;
    const SeatView& view_;
};

/// A plan in the making: looked at with every heartbeat, so its lists are recycled.
struct Draft {
    MemberIds voters;
    std::uint32_t seats = 1;
};

/// Fewer seats: those of voters that are gone are not taken over any more (rule 1).
void drop_seats(const StateMachine& machine, const Seating& seating, Draft& draft) {
    MemberIds fewer = draft.voters;
    for (const bool witnesses : {true, false}) {  // of which only so many may stay
        for (const MemberId& holder : draft.voters) {
            if (fewer.size() <= machine.wanted_seats()) break;
            const bool lost = machine.find_member(holder) == nullptr;
            if (lost && seating.is_witness(holder) == witnesses) std::erase(fewer, holder);
        }
    }
    if (fewer.size() > machine.wanted_seats() || !seating.is_sound(fewer)) return;
    draft.voters = std::move(fewer);
    draft.seats = machine.wanted_seats();
}

/// More seats: the group goes on only with as many voters as they take.
void add_seats(const StateMachine& machine, const SeatView& view, Draft& draft) {
    const std::uint32_t floor = machine.wanted_seats() / 2 + 1;
    const auto living = std::count_if(view.voters.begin(), view.voters.end(), view.alive);
    if (living >= static_cast<std::ptrdiff_t>(floor)) draft.seats = machine.wanted_seats();
}

/// Who waits sits down on a free seat, or on that of somebody who is lost.
void fill_seats(const StateMachine& machine, const SeatView& view, const Seating& seating,
                MemberIds& voters) {
    MemberIds lost;
    for (const MemberId& holder : voters) {
        if (machine.find_member(holder) == nullptr || view.dead(holder)) lost.push_back(holder);
    }
    for (const MemberRecord& member : machine.roster()) {
        if (!may_sit(member, view)) continue;
        const MemberId candidate = member.id;
        if (voters.size() < machine.spec().seats()) {
            seating.seat(voters, [&](auto& taken) { taken.push_back(candidate); });
            continue;
        }
        // A lost voter still counts in every quorum, so its seat is worth taking over; but it stays
        // a voter until somebody does, because fewer voters would be a smaller quorum (rule 3).
        const auto left = std::find_if(lost.begin(), lost.end(), [&](const MemberId& holder) {
            return seating.seat(voters, [&](auto& taken) {
                *std::find(taken.begin(), taken.end(), holder) = candidate;
            });
        });
        if (left != lost.end()) lost.erase(left);
    }
}

}  // namespace

std::optional<SeatPlan> plan_seats(const StateMachine& machine, const SeatView& view) {
    Draft draft{{view.voters.begin(), view.voters.end()}, view.seats};
    const Seating seating(machine, view);
    if (machine.wanted_seats() < view.seats) drop_seats(machine, seating, draft);
    if (machine.wanted_seats() > view.seats) add_seats(machine, view, draft);
    fill_seats(machine, view, seating, draft.voters);
    const bool as_it_is = same_members(draft.voters, view.voters) && draft.seats == view.seats &&
                          are_seatless(view.learners, machine.roster(), draft.voters);
    if (as_it_is) return std::nullopt;
    SeatPlan plan{{draft.voters.begin(), draft.voters.end()},
                  find_seatless(machine.roster(), draft.voters),
                  {},
                  draft.seats};
    std::copy_if(plan.voters.begin(), plan.voters.end(), std::back_inserter(plan.witnesses),
                 [&](const MemberId& id) { return seating.is_witness(id); });
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
