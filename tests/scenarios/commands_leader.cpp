// What is asked of a leader: commands, reads, changes, transfers, states.
#include "tests/scenarios/commands.h"

namespace quorate::scenarios {

namespace {

template <class Value>
void tell_result(World& world, MemberId id, const Result<Value>& result) {
    if (result) return;
    world.story.always(name_of(id) + "  refuses (" + std::string(to_string(result.error().code)) +
                       "): " + result.error().message);
}

void propose(World& world, Arguments& words) {
    const MemberId id = words.member();
    const auto kind =
        words.accept("application") ? raft::EntryKind::application : raft::EntryKind::command;
    world.act(id, [&](raft::Raft& raft, raft::Moment now) {
        while (!words.empty()) {
            const std::string command = words.word("a command");
            const Result<Index> index = raft.propose(now, Payload(command), kind);
            tell_result(world, id, index);
            if (!index) continue;
            world.story.event(name_of(id) + "  appends " +
                              list_of({raft.log().at(raft.log().last_index())}));
        }
    });
}

void transfer(World& world, Arguments& words) {
    const MemberId id = words.member();
    const MemberId target = words.accept("to") ? words.member() : MemberId{};
    world.act(id, [&](raft::Raft& raft, raft::Moment now) {
        tell_result(world, id, raft.transfer_leadership(now, target));
    });
}

void change(World& world, Arguments& words) {
    const MemberId id = words.member();
    std::vector<MemberId> voters;
    std::vector<MemberId> learners;
    std::vector<MemberId> witnesses;
    std::optional<std::uint32_t> seats;
    if (words.accept("voters")) voters = words.members();
    if (words.accept("learners")) learners = words.members();
    if (words.accept("witnesses")) witnesses = words.members();
    if (words.accept("seats")) seats = static_cast<std::uint32_t>(words.number());
    world.act(id, [&](raft::Raft& raft, raft::Moment now) {
        if (voters.empty()) voters = raft.configuration().voters;
        tell_result(world, id, raft.change_configuration(now, voters, learners, witnesses, seats));
    });
}

void compact(World& world, Arguments& words) {
    const MemberId id = words.member();
    const Index index =
        words.accept("at") ? words.number() : world.running(id).raft->commit_index();
    const std::size_t keep = words.accept("keep") ? words.number() : 0;
    world.compact(id, index, keep);
    if (!world.node(id).running) return;
    world.story.event(name_of(id) + "  keeps a state up to " + std::to_string(index) +
                      ", and entries from " +
                      std::to_string(world.running(id).raft->log().first_index()) + " on");
}

void read(World& world, Arguments& words) {
    const MemberId id = words.member();
    const auto by = words.accept("by-quorum") ? raft::ReadBy::quorum : raft::ReadBy::lease;
    const std::uint64_t times = words.accept("times") ? words.number() : 1;
    world.act(id, [&](raft::Raft& raft, raft::Moment now) {
        for (std::uint64_t i = 0; i < times; ++i) {
            const Result<> asked = raft.read(now, world.reads + 1, by);
            tell_result(world, id, asked);
            if (asked) ++world.reads;
        }
    });
}

}  // namespace

std::vector<Command> leader_commands() {
    return {
        {"propose", "A [application] COMMAND…",
         "appends commands, all in one turn; application: a witness gets no data of them", propose},
        {"read", "A [by-quorum] [times N]",
         "asks A for linearizable reads, all in one turn; by quorum: a lease is not enough", read},
        {"transfer", "A [to B]", "A hands leadership on", transfer},
        {"change", "A [voters A B D] [learners C] [witnesses D]", "A changes the configuration",
         change},
        {"compact", "A [at INDEX] [keep N]", "a state takes the place of applied entries", compact},
    };
}

}  // namespace quorate::scenarios
