// StateMachine::restore: the state that a leader sends to whom its log no longer reaches.
#include "consensus/state_machine.h"
#include "tests/fuzz/fuzz.h"

namespace quorate::fuzz {
namespace {

using namespace consensus;

void check_bounds(const StateMachine& machine) {
    require(machine.roster().size() <= StateMachine::max_roster, "rosters are bounded");
    require(machine.coming_size() <= GroupSpec::max_size, "sizes are bounded");
    require(machine.open_polls().size() <= StateMachine::max_open_polls, "open polls are bounded");
    for (const auto& [id, poll] : machine.open_polls()) {
        require(id == poll.id && id, "a poll is found under its id");
        require(poll.topic.size() <= StateMachine::max_topic_bytes, "topics are bounded");
        require(!poll.certain() || poll.waits_for_stamp(), "what is certain has been closed");
    }
}

/// Every member leaves, every poll is voted on and expires: whatever was restored can go on.
void go_on(StateMachine machine) {
    std::uint64_t index = machine.applied();
    const auto apply = [&](const Command& command) {
        if (++index > machine.applied()) machine.apply(index, encode(command));
    };
    if (index > UINT64_MAX / 2) return;
    const auto roster = machine.roster();
    const auto polls = machine.open_polls();
    for (const auto& [id, poll] : polls) {
        if (!poll.electorate.empty()) apply(CastVote{id, poll.electorate.begin()->first, true});
        if (!roster.empty()) apply(CastVote{id, roster.front().id, false});
    }
    if (!roster.empty()) {
        apply(Leave{roster.back().id, Departure::lost});
        apply(Join{roster.back()});
        OpenPoll open{PollId{9, 9}, roster.back().id,  1,
                      "topic",      Voting::consensus, std::chrono::seconds(1)};
        open.action = ActionTerms{.at = std::chrono::hours(1), .tolerance = base::Nanos(1)};
        open.stamp = {base::Nanos(0), base::Nanos(0)};
        apply(open);
    }
    if (!roster.empty()) {
        const std::uint32_t size = machine.spec().size;
        const std::uint32_t most = std::max(size + 1, machine.coming_size());
        apply(Resize{roster.back().id, 1, std::min(size + 1, GroupSpec::max_size)});
        if (machine.growing()) apply(FinishResize{machine.growing()->since, index});
        apply(Resize{roster.back().id, 2, std::max(machine.deployed(), 1u)});
        require(machine.spec().size <= most, "a group grows to what was asked for");
    }
    const auto actions = machine.actions();
    for (const auto& [id, action] : actions) {
        const base::Nanos time = action.terms.at / 2;
        if (!roster.empty()) apply(CancelAction{id, roster.back().id, 1, {time, time}});
    }
    constexpr base::Nanos second = std::chrono::seconds(1);
    for (const auto& [id, poll] : polls) apply(CloseAction{id, {second, second}});
    for (const auto& [id, poll] : polls) apply(ExpirePoll{id});
    for (const auto& [id, poll] : polls) require(machine.find_poll(id) == nullptr, "polls expire");
    check_bounds(machine);
    require(StateMachine::restore(machine.serialize()).ok(), "the state stays one");
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate::fuzz;
    const auto machine = StateMachine::restore(payload_of(text_of(data, size)));
    const auto shifted = StateMachine::restore(payload_of(text_of(data, size), 1));
    require(machine.ok() == shifted.ok(), "a state reads the same from any address");
    if (!machine) return 0;
    check_bounds(*machine);
    const quorate::Payload again = machine->serialize();
    require(shifted->serialize() == again, "a state reads the same from any address");
    const auto reread = StateMachine::restore(payload_of(again.view()));
    require(reread.ok() && reread->serialize() == again, "what was restored encodes to the same");
    go_on(*machine);
    return 0;
}
