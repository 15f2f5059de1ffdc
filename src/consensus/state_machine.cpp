#include "consensus/state_machine.h"

#include "base/check.h"

namespace quorate::consensus {

StateMachine::StateMachine(Founding founding)
    : founding_(std::move(founding)), roster_(founding_.roster) {}

Effects StateMachine::apply(std::uint64_t index, const Payload& command) {
    QUORATE_CHECK(index > applied_, "every entry is applied once, in order");
    applied_ = index;
    Effects effects;
    Result<Command> decoded = decode(command);
    if (!decoded) {
        effects.push_back(Malformed{decoded.error()});
        return effects;
    }
    std::visit([&](auto& value) { take(index, value, effects); }, *decoded);
    return effects;
}

void StateMachine::take(std::uint64_t index, OrderedMessage& command, Effects& effects) {
    // Proposed while its sender was in, appended after it was evicted: nobody's message any more.
    if (find_member(command.from) == nullptr) return;
    const auto before = sessions_.apply(
        command.from, {command.request, command.settled_below, command.again}, index);
    if (before) {
        effects.push_back(Repeated{command.from, command.request, *before});
        return;
    }
    sessions_.bound(max_roster, [this](MemberId id) { return find_member(id) != nullptr; });
    effects.push_back(Ordered{index, std::move(command)});
}

}  // namespace quorate::consensus
