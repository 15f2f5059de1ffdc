// consensus::decode and what follows it: a proposal of whoever asked the leader to append it, or an
// entry of whoever leads. Commands that nobody would send change nothing, and stop nothing.
#include "base/endpoint.h"
#include "base/text.h"
#include "consensus/commands.h"
#include "consensus/state_machine.h"
#include "tests/fuzz/fuzz.h"

namespace quorate::fuzz {
namespace {

using namespace consensus;

struct Promised {
    const Payload& bytes;

    void operator()(const Join& command) const {
        require(command.member.id && base::is_name(command.member.name) &&
                    base::is_dialable(command.member.endpoint),
                "who joins can be named and reached");
    }
    void operator()(const Leave& command) const {
        require(static_cast<bool>(command.member), "somebody leaves");
    }
    void operator()(const OrderedMessage& command) const {
        require(command.from && within(command.data, bytes), "a message is part of the bytes");
    }
    void operator()(const OpenPoll& command) const {
        require(command.poll && command.requester, "a poll has an id, and somebody asked for it");
        require(command.topic.size() <= StateMachine::max_topic_bytes, "topics are bounded");
        require(command.timeout > base::Nanos::zero() && command.timeout <= std::chrono::hours(24),
                "timeouts are bounded");
    }
    void operator()(const CastVote& command) const {
        require(command.poll && command.voter, "a vote is somebody's, in some poll");
    }
    void operator()(const ExpirePoll& command) const {
        require(static_cast<bool>(command.poll), "some poll expires");
    }
    void operator()(const CloseAction& command) const {
        require(static_cast<bool>(command.poll), "some action is stamped");
        require(command.stamp.earliest <= command.stamp.latest, "with a time");
    }
    void operator()(const CancelAction& command) const {
        require(command.poll && command.requester, "some action is called off by somebody");
        require(command.stamp.earliest <= command.stamp.latest, "at some time");
    }
    void operator()(const Resize& command) const {
        require(static_cast<bool>(command.requester), "somebody asks for another size");
        require(command.size >= 1 && command.size <= GroupSpec::max_size, "a size that can be");
    }
    void operator()(const FinishResize& command) const {
        require(command.since >= 1 && command.judged >= command.since,
                "a growth that was asked for");
    }
};

MemberId member(std::uint64_t number) {
    return MemberId{1, number};
}

/// A group of three with two polls open: what the seeds speak of.
StateMachine some_group() {
    Founding founding{IncarnationId{3, 1}, 1'700'000'000, GroupSpec{.size = 4}, {}};
    for (std::uint64_t i = 1; i <= 3; ++i) {
        founding.roster.push_back({member(i), "relay", "tcp://10.0.0.1:5601", Role::member});
    }
    StateMachine machine(founding);
    for (std::uint64_t i = 1; i <= 2; ++i) {
        OpenPoll open{PollId{2, i}, member(i),        7,
                      "topic",      Voting::majority, std::chrono::seconds(1)};
        if (i == 2)
            open.action = ActionTerms{.at = std::chrono::hours(1), .tolerance = base::Nanos(1)};
        machine.apply(i, encode(open));
    }
    machine.apply(3, encode(CastVote{PollId{2, 1}, member(1), true}));
    return machine;
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate::fuzz;
    const quorate::Payload bytes = payload_of(text_of(data, size));
    const auto command = decode(bytes);
    const auto shifted = decode(payload_of(bytes.view(), 5));
    require(command.ok() == shifted.ok(), "a command reads the same from any address");
    static const StateMachine unchanged = some_group();
    StateMachine machine = unchanged;
    const auto effects = machine.apply(4, bytes);
    if (!command) {
        require(effects.size() == 1 && std::holds_alternative<Malformed>(effects[0]),
                "what is no command is told to be none");
        return 0;
    }
    std::visit(Promised{bytes}, *command);
    const quorate::Payload again = encode(*command);
    require(encode(*shifted) == again, "a command reads the same from any address");
    const auto reread = decode(payload_of(again.view()));
    require(reread.ok() && encode(*reread) == again, "what was decoded encodes to the same");
    StateMachine other = unchanged;
    other.apply(4, again);
    require(machine.serialize() == other.serialize(), "two encodings of one command act alike");
    require(machine.deployed() <= machine.spec().size, "the roster is within the deployment");
    const auto restored = StateMachine::restore(machine.serialize());
    require(restored.ok() && restored->serialize() == machine.serialize(),
            "the state after it can be handed on");
    return 0;
}
