// What a core asks for is done: its disk, its messages, its state machine, its clients.
#include <algorithm>
#include <utility>

#include "sim/core/world.h"

namespace quorate::sim::core {

namespace {

bool nothing_to_persist(const raft::Output& out) {
    return !out.hard_state && !out.snapshot && !out.truncate_from && out.entries.empty();
}

}  // namespace

/// True if another output has to be taken at once.
bool World::carry_out(Node& node, Moment now, raft::Output& out) {
    send(node, out.send_now);
    if (out.truncate_from) hit(Branch::log_truncated);
    if (out.snapshot) restore(node, *out.snapshot);
    bool again = false;
    if (!node.durable) {
        again = !nothing_to_persist(out);
        node.raft->persisted(now, out.last_persisting);
        send(node, out.send_after_persist);
    } else if (nothing_to_persist(out) && node.outputs_on_disk == 0) {
        send(node, out.send_after_persist);
    } else {
        persist(node, out);
    }
    for (const raft::Entry& entry : out.committed) apply(node, entry);
    note_reads(node, now, out);
    return again;
}

void World::persist(Node& node, raft::Output& out) {
    Disk::Write write;
    if (out.hard_state) write.add(*out.hard_state);
    if (out.snapshot) write.add(Disk::State{out.snapshot, true});
    if (out.truncate_from) write.add(Disk::Truncate{*out.truncate_from});
    for (raft::Entry& entry : out.entries) write.add(std::move(entry));
    write.last_persisting = out.last_persisting;
    write.after = std::move(out.send_after_persist);
    node.disk.write(std::move(write));
    ++node.outputs_on_disk;
    begin_sync(node);
}

/// One sync at a time; what is written meanwhile waits for the next.
void World::begin_sync(Node& node) {
    if (node.disk.syncing() || node.disk.idle()) return;
    node.disk.begin_sync();
    Nanos time = random_.between(profile_.sync_min, profile_.sync_max) + node.slow;
    if (node.stall_once > Nanos(0)) {
        time += std::exchange(node.stall_once, Nanos(0));
        node.stalled_sync = true;
        hit(Branch::sync_stalled);
        tell(node, "waits for its disk for " + seconds(time) + " s");
    }
    struct Done {
        World* world;
        std::uint32_t node;
        std::uint32_t sync;
        void operator()() const {
            Node& owner = world->node(node);
            if (owner.sync == sync && owner.running()) world->end_sync(owner);
        }
    };
    scheduler_.after(time, Done{this, node.number, ++node.sync});
}

void World::end_sync(Node& node) {
    ++node.sync;
    node.stalled_sync = false;
    if (std::exchange(node.fail_next_sync, false)) return halt(node);
    // Durable from here on, whether the node runs or not.
    for (Disk::Write& write : node.disk.end_sync()) node.synced.push_back(std::move(write));
    begin_sync(node);
    if (node.awake()) turn(node);
}

void World::confirm_synced(Node& node, Moment now) {
    for (Disk::Write& write : std::exchange(node.synced, {})) {
        if (!write.last_persisting) continue;
        --node.outputs_on_disk;
        node.raft->persisted(now, *write.last_persisting);
        send(node, write.after);
    }
}

void World::send(Node& node, std::vector<raft::Outgoing>& messages) {
    for (raft::Outgoing& outgoing : messages) {
        checks_.sent(node, outgoing);
        const Node* to = find(outgoing.to);
        if (to == nullptr) continue;
        network_.send(node.number, node.id, to->number, std::move(outgoing.message));
    }
}

void World::restore(Node& node, const raft::Snapshot& snapshot) {
    hit(Branch::snapshot_installed);
    if (node.witness) hit(Branch::witness_given_state);
    tell(node, "is given the state at index " + std::to_string(snapshot.index));
    QUORATE_CHECK(node.machine.restore(snapshot.state), "a state can be read");
    node.applied = snapshot.index;
    node.lacks = false;
    node.watch.forget();
    node.last_index = 0;
    checks_.restored(node);
}

void World::apply(Node& node, const raft::Entry& entry) {
    ++node.applied;
    Answer told{.kind = Answer::Kind::done, .value = 0, .index = entry.index, .leader = {}};
    if (entry.withheld()) {
        hit(Branch::entry_withheld);
        node.lacks = true;
    } else if (entry.kind == raft::EntryKind::command ||
               entry.kind == raft::EntryKind::application) {
        const std::optional<Command> command = Command::decode(entry.data);
        QUORATE_CHECK(command.has_value(), "a command can be read");
        const Registers::Answer result = node.machine.apply(*command);
        told.value = result.value;
        if (result.repeated) hit(Branch::command_repeated);
        if (!result.known) told.kind = Answer::Kind::unknown;
    }
    checks_.applied(node, entry);
    if (node.durable && node.leads() && entry.index > node.disk.last_index()) {
        hit(Branch::committed_before_own_sync);
    }
    answer_waiting(node, entry, told);
}

void World::answer_waiting(Node& node, const raft::Entry& entry, Answer told) {
    while (!node.waiting.empty() && node.waiting.front().index <= entry.index) {
        const Node::Waiting waiting = std::move(node.waiting.front());
        node.waiting.pop_front();
        if (waiting.index == entry.index && waiting.term == entry.term) {
            if (told.kind == Answer::Kind::done) {
                checks_.acknowledged(entry.index, waiting.request.command);
            }
            answer(waiting.request, told);
        } else {
            hit(Branch::proposal_overwritten);
            answer(waiting.request, {.kind = Answer::Kind::unknown, .leader = {}});
        }
    }
}

void World::answer(const Request& request, const Answer& answer) {
    scheduler_.after(network_.delay(), [this, request, answer] { on_answer(request, answer); });
}

void World::note_reads(Node& node, Moment now, const raft::Output& out) {
    for (const raft::ReadReady& ready : out.reads_ready) {
        for (Node::Read& read : node.reads) {
            if (read.number != ready.read) continue;
            read.index = ready.index;
            hit(read.asked == now.boottime ? Branch::read_under_lease : Branch::read_by_index);
        }
    }
    for (const std::uint64_t lost : out.reads_lost) {
        std::erase_if(node.reads, [&](const Node::Read& read) {
            if (read.number != lost) return false;
            hit(Branch::read_lost);
            answer(read.request, {.kind = Answer::Kind::unknown, .leader = {}});
            return true;
        });
    }
}

/// From any state that holds all entries up to the read's index, whoever leads by now.
void World::serve_reads(Node& node) {
    std::erase_if(node.reads, [&](const Node::Read& read) {
        if (!read.index || node.applied < *read.index) return false;
        answer(read.request, {.kind = Answer::Kind::done,
                              .value = node.machine.read(read.request.command.key),
                              .leader = {}});
        return true;
    });
}

/// Who no longer leads, or does so in another term, can't tell what became of them.
void World::drop_requests(Node& node, bool all) {
    const Term term = node.raft->term();
    std::erase_if(node.waiting, [&](const Node::Waiting& waiting) {
        if (!all && waiting.term == term) return false;
        answer(waiting.request, {.kind = Answer::Kind::unknown, .leader = {}});
        return true;
    });
}

void World::compact(Node& node, std::size_t keep) {
    if (!node.awake() || node.applied <= node.raft->log().snapshot()->index) return;
    hit(Branch::compacted);
    node.raft->compact(node.applied, node.lacks ? Payload() : node.machine.serialize(), keep);
    checks_.look(node);
    if (!node.durable) return;
    Disk::Write write;
    write.add(Disk::State{node.raft->log().snapshot(), false});
    node.disk.write(std::move(write));
    begin_sync(node);
}

}  // namespace quorate::sim::core
