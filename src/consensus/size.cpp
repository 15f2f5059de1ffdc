// How many members the group is deployed with, changed through the log (rule 1).
#include "consensus/seats.h"
#include "consensus/state_machine.h"

namespace quorate::consensus {

std::uint32_t StateMachine::coming_size() const {
    return growing_ ? growing_->size : spec().size;
}

std::uint32_t StateMachine::wanted_seats() const {
    GroupSpec wanted = spec();
    wanted.size = coming_size();
    return wanted.seats();
}

std::optional<Error> StateMachine::find_problem_in(const Resize& command) const {
    if (growing_ && command.size != spec().size && command.size != growing_->size) {
        return Error{ErrorCode::would_block,
                     "the group is growing to " + std::to_string(growing_->size) +
                         " members already: wait for that, or call it off by asking for " +
                         std::to_string(spec().size)};
    }
    if (command.size < deployed()) {
        return Error{ErrorCode::bad_argument,
                     std::to_string(deployed()) + " members are in the group, more than " +
                         std::to_string(command.size) + ": let some leave first"};
    }
    GroupSpec wanted = spec();
    wanted.size = command.size;
    // From the greater size on a quorum takes more voters; who comes later can't be one of them, as
    // it is let in by that quorum.
    if (wanted.seat_floor() > spec().seats()) {
        return Error{ErrorCode::bad_argument,
                     "a group of " + std::to_string(wanted.size) + " decides with " +
                         std::to_string(wanted.seat_floor()) +
                         " voters from the first moment on, and this one has " +
                         std::to_string(spec().seats()) + " seats: grow in steps (2 to 3, 3 to 5)"};
    }
    if (witnesses() > max_witnesses(wanted)) {
        return Error{ErrorCode::bad_argument,
                     std::to_string(witnesses()) + " members are witnesses, and of " +
                         std::to_string(command.size) + " at most " +
                         std::to_string(max_witnesses(wanted)) + " may be: let some leave first"};
    }
    return std::nullopt;
}

void StateMachine::take(std::uint64_t index, const Resize& command, Effects& effects) {
    if (find_member(command.requester) == nullptr) return;
    const bool twice = growing_ && growing_->requester == command.requester &&
                       growing_->request == command.request;
    if (twice) return;  // proposed once more on its way here
    if (auto problem = find_problem_in(command)) {
        effects.push_back(ResizeRejected{command.requester, command.request, std::move(*problem)});
        return;
    }
    if (growing_) {
        const bool again = command.size == growing_->size;
        effects.push_back(ResizeRejected{
            growing_->requester,
            growing_->request,
            {again ? ErrorCode::unknown_outcome : ErrorCode::too_late,
             again ? "it was asked for once more: that request is told what becomes of it"
                   : "it was called off before all had acknowledged it"}});
        growing_.reset();
    }
    if (command.size > spec().size) {
        growing_ = Growing{command.size, command.requester, command.request, index};
        return;
    }
    founding_.spec.size = command.size;
    effects.push_back(Resized{command.requester, command.request, command.size});
}

void StateMachine::take(std::uint64_t, const FinishResize& command, Effects& effects) {
    // Called off meanwhile, or somebody has come in whom the leader did not ask about.
    if (!growing_ || growing_->since != command.since || growing_->joined > command.judged) return;
    founding_.spec.size = growing_->size;
    effects.push_back(Resized{growing_->requester, growing_->request, growing_->size});
    growing_.reset();
}

}  // namespace quorate::consensus
