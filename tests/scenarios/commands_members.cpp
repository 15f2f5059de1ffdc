// Commands that found a group, let members campaign, and let them fail.
#include <algorithm>

#include "tests/scenarios/commands.h"

namespace quorate::scenarios {

namespace {

void settle_silently(World& world) {
    const Detail detail = std::exchange(world.story.detail, Detail::silent);
    while (world.deliver_first([](const Letter&) { return true; })) {
    }
    world.story.detail = detail;
}

void cluster(World& world, Arguments& words) {
    world.forget_all();
    raft::Configuration configuration;
    configuration.voters = words.members();
    if (configuration.voters.empty()) throw ScriptError("who is in the cluster?");
    configuration.seats = static_cast<std::uint32_t>(configuration.voters.size());
    std::optional<MemberId> leader;
    while (!words.empty()) {
        if (words.accept("learners")) {
            configuration.learners = words.members();
        } else if (words.accept("witnesses")) {
            configuration.witnesses = words.members();
        } else if (words.accept("priority")) {
            const MemberId id = words.member();
            world.priorities[id] = static_cast<std::uint8_t>(words.number());
        } else if (words.accept("latency")) {
            world.latency = words.milliseconds();
        } else if (words.accept("chunk")) {
            world.options.snapshot_chunk_bytes = words.number();
        } else if (words.accept("window")) {
            world.options.max_snapshot_in_flight_bytes = words.number();
        } else if (words.accept("leader")) {
            leader = words.member();
        } else if (words.accept("seats")) {
            configuration.seats = static_cast<std::uint32_t>(words.number());
        } else if (words.accept("heartbeat")) {
            world.options.heartbeat = words.milliseconds();
        } else if (words.accept("election")) {
            world.options.election_min = words.milliseconds();
            world.options.election_max = words.milliseconds();
        } else if (words.accept("drift")) {
            world.options.clock_drift = words.fraction();
        } else if (words.accept("batch")) {
            world.options.max_append_entries = words.number();
        } else if (words.accept("in-flight")) {
            world.options.max_in_flight = words.number();
        } else if (words.accept("busy")) {
            world.options.busy_rate = words.number();
        } else {
            words.end();
        }
    }
    world.found(configuration);
    if (!leader) return;
    const Detail detail = std::exchange(world.story.detail, Detail::silent);
    world.act(*leader, [](raft::Raft& raft, raft::Moment now) {
        raft.campaign(now, raft::Trigger::founding);
    });
    settle_silently(world);
    world.story.detail = detail;
    world.story.event(name_of(*leader) + "  leads in term 1, and all have committed its no-op");
}

void newcomer(World& world, Arguments& words) {
    for (const MemberId& id : words.members()) world.add_newcomer(id);
}

/// A member that starts with this on its disk: one term an entry, as the figures draw logs.
void from_disk(World& world, Arguments& words) {
    const MemberId id = words.member();
    Disk& disk = world.node(id).disk;
    disk.entries.clear();
    disk.hard_state = {};
    if (words.accept("log")) {
        while (const auto term = words.accept_number()) {
            raft::Entry entry;
            entry.index = disk.entries.size() + 1;
            entry.term = *term;
            entry.kind = raft::EntryKind::command;
            entry.data = Payload("v" + std::to_string(entry.index) + "." + std::to_string(*term));
            disk.hard_state.term = *term;
            disk.entries.push_back(std::move(entry));
        }
    }
    if (words.accept("term")) disk.hard_state.term = words.number();
    if (words.accept("vote")) disk.hard_state.voted_for = words.member();
    world.start(id, Nanos{0});
}

void campaign(World& world, Arguments& words) {
    const MemberId id = words.member();
    const bool at_once = words.accept("at-once");
    world.act(id, [&](raft::Raft& raft, raft::Moment now) {
        raft.campaign(now, at_once ? raft::Trigger::founding : raft::Trigger::timeout);
    });
}

/// Campaigns and gets its answers; what others were asked is lost, and so is what they answered.
void elect(World& world, Arguments& words) {
    const MemberId id = words.member();
    std::vector<MemberId> voters = world.everyone();
    if (words.accept("by")) voters = words.members();
    world.tell_sends = false;
    const std::uint64_t before = world.next_number();
    world.act(
        id, [](raft::Raft& raft, raft::Moment now) { raft.campaign(now, raft::Trigger::timeout); });
    const auto of_election = [=](const Letter& letter) {
        return letter.number > before && kind_of(letter.message).find("vote") != std::string::npos;
    };
    const auto is_asked = [&](MemberId other) {
        return std::find(voters.begin(), voters.end(), other) != voters.end();
    };
    while (world.deliver_first([&](const Letter& letter) {
        return of_election(letter) && ((letter.from == id && is_asked(letter.to)) ||
                                       (letter.to == id && is_asked(letter.from)));
    })) {
    }
    std::erase_if(world.letters, of_election);
}

void dead(World& world, Arguments& words) {
    const MemberId id = words.member();
    if (!words.accept("to")) throw ScriptError("to whom is it proven dead?");
    for (const MemberId& witness : words.members()) {
        world.act(witness, [&](raft::Raft& raft, raft::Moment now) { raft.declare_dead(now, id); });
    }
}

void crash(World& world, Arguments& words) {
    for (const MemberId& id : words.members()) world.crash(id);
}

void restart(World& world, Arguments& words) {
    const std::vector<MemberId> ids = words.members();
    // Promises are not on disk: whoever starts again waits until none can hold any more (rule 5).
    const bool at_once = words.accept("at-once");
    for (const MemberId& id : ids) {
        if (!world.node(id).disk.base) throw ScriptError(name_of(id) + " has nothing on its disk");
        world.start(id, at_once ? Nanos{0} : world.options.election_min);
        const raft::Raft& raft = *world.running(id).raft;
        world.story.event(name_of(id) + "  starts in term " + std::to_string(raft.term()) +
                          ", log ends at " +
                          position(raft.log().last_index(), raft.log().last_term()));
    }
}

void pause(World& world, Arguments& words) {
    for (const MemberId& id : words.members()) world.pause(id);
}

/// The machine sleeps: CLOCK_MONOTONIC stands still, CLOCK_BOOTTIME runs on.
void suspend(World& world, Arguments& words) {
    for (const MemberId& id : words.members()) {
        world.pause(id);
        world.node(id).clock.suspended = true;
    }
}

void resume(World& world, Arguments& words) {
    const std::vector<MemberId> ids = words.members();
    const bool unaware = words.accept("unaware");
    for (const MemberId& id : ids) world.resume(id, unaware);
}

void clock(World& world, Arguments& words) {
    Clock& clock = world.node(words.member()).clock;
    if (words.accept("rate")) clock.rate = words.fraction();
    if (!words.accept("jump")) return;
    const Nanos jump = words.milliseconds();
    clock.now.monotonic += jump;
    clock.now.boottime += jump;
}

void disk(World& world, Arguments& words) {
    const MemberId id = words.member();
    if (words.accept("forget")) {
        if (world.node(id).running) throw ScriptError("it forgets while its member is down");
        const Index from = words.number();
        std::erase_if(world.node(id).disk.entries,
                      [=](const raft::Entry& entry) { return entry.index >= from; });
        return;
    }
    Node& node = world.running(id);
    if (words.accept("hold")) {
        node.disk_held = true;
    } else if (words.accept("sync")) {
        world.sync_disk(id, words.accept_number().value_or(node.writes.size()));
    } else if (words.accept("release")) {
        node.disk_held = false;
        world.sync_disk(id, node.writes.size());
    } else {
        throw ScriptError("hold, sync or release it?");
    }
}

}  // namespace

std::vector<Command> member_commands() {
    return {
        {"cluster",
         "A B C [learners D] [witnesses C] [leader A] [priority B N] [seats N] [heartbeat MS] "
         "[election MIN MAX] [drift F] [batch N] [in-flight N] [busy RATE] [chunk BYTES] "
         "[window BYTES] [latency MS]",
         "a new world with a group; with a leader, elects it and commits its no-op", cluster},
        {"newcomer", "D…", "a member without any state, until a leader sends it one", newcomer},
        {"from-disk", "A [log TERM…] [term T] [vote B]",
         "starts A anew with this on its disk: an entry for each term", from_disk},
        {"campaign", "A [at-once]", "its election timeout; at once: without a pre-vote", campaign},
        {"elect", "A [by B C…]", "campaign, and all that these say to A; no other vote arrives",
         elect},
        {"dead", "A to B…", "gives B the proof that A's process is gone", dead},
        {"crash", "A…", "stops it; what was not on its disk is lost", crash},
        {"restart", "A… [at-once]",
         "from its disk; at once: without the wait of election-min before it votes", restart},
        {"pause", "A…", "its loop stands still; messages wait for it", pause},
        {"suspend", "A…", "its machine sleeps: only CLOCK_BOOTTIME runs on", suspend},
        {"resume", "A… [unaware]", "goes on; unaware: does not notice that it was late", resume},
        {"clock", "A [rate F] [jump MS]", "its clocks run at another rate, or leap ahead", clock},
        {"disk", "A hold | sync [N] | release | forget INDEX",
         "writes wait until they are told to be done; forget: entries from there on are lost",
         disk},
    };
}

}  // namespace quorate::scenarios
