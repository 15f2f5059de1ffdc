// The agreed list of members: who comes, who goes, in one order for all.
#include <algorithm>

#include "consensus/state_machine.h"

namespace quorate::consensus {

const MemberRecord* StateMachine::find_member(MemberId id) const {
    const auto found = std::find_if(roster_.begin(), roster_.end(),
                                    [&](const MemberRecord& member) { return member.id == id; });
    return found == roster_.end() ? nullptr : &*found;
}

std::uint32_t StateMachine::deployed() const {
    return static_cast<std::uint32_t>(
        std::count_if(roster_.begin(), roster_.end(),
                      [](const MemberRecord& member) { return member.role != Role::observer; }));
}

std::uint32_t StateMachine::witnesses() const {
    return static_cast<std::uint32_t>(
        std::count_if(roster_.begin(), roster_.end(),
                      [](const MemberRecord& member) { return member.role == Role::witness; }));
}

bool StateMachine::has_room_for(const MemberRecord& member) const {
    if (roster_.size() >= max_roster) return false;
    return member.role == Role::observer || deployed() < spec().size;
}

void StateMachine::take(std::uint64_t index, const Join& command, Effects& effects) {
    const MemberRecord& member = command.member;
    const auto known = std::find_if(roster_.begin(), roster_.end(), [&](const MemberRecord& other) {
        return other.id == member.id;
    });
    if (known != roster_.end()) {
        if (known->endpoint == member.endpoint) return;
        known->endpoint = member.endpoint;
        effects.push_back(RosterMoved{*known});
        return;
    }
    // The leader admits; but two leaders, one after the other, may have had the same place in mind.
    if (!has_room_for(member)) return;
    roster_.push_back(member);
    if (growing_) growing_->joined = index;
    effects.push_back(RosterJoined{member});
}

void StateMachine::take(std::uint64_t index, const Leave& command, Effects& effects) {
    const auto known =
        std::find_if(roster_.begin(), roster_.end(),
                     [&](const MemberRecord& member) { return member.id == command.member; });
    if (known == roster_.end()) return;
    effects.push_back(RosterLeft{*known, command.reason});
    roster_.erase(known);
    close_polls_without(index, command.member, effects);
}

}  // namespace quorate::consensus
