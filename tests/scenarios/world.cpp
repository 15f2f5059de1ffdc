// Members, their turns, and what the story tells of them.
#include "tests/scenarios/world.h"

#include <algorithm>
#include <sstream>

#include "base/check.h"

namespace quorate::scenarios {

namespace {

using namespace std::chrono_literals;

/// A CHECK of the core, on its way to the world.
struct Stopped : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void stop_member(std::string_view, std::string_view what) {
    // "condition: sentence"; the sentence is for people.
    const std::size_t colon = what.rfind(": ");
    throw Stopped(std::string(colon == std::string_view::npos ? what : what.substr(colon + 2)));
}

std::string joined(const Lines& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : " ") + line;
    return text;
}

}  // namespace

World::World() : earlier_handler_(base::set_check_handler(stop_member)) {
    forget_all();
}

void World::forget_all() {
    nodes_.clear();
    letters.clear();
    held.clear();
    cut.clear();
    invariants_ = {};
    now_ = {};
    numbered_ = 0;
    latency = 1ms;
    priorities.clear();
    reads = 0;
    options = {};
    options.heartbeat = 50ms;
    options.election_min = 150ms;
    options.election_max = 300ms;
    options.clock_drift = 0.01;
}

World::~World() {
    base::set_check_handler(earlier_handler_);
}

Node& World::node(MemberId id) {
    const auto found = nodes_.find(id);
    if (found == nodes_.end()) throw ScriptError("there is no member " + name_of(id));
    return found->second;
}

Node& World::running(MemberId id) {
    Node& it = node(id);
    if (!it.running || !it.raft) throw ScriptError(name_of(id) + " is not running");
    return it;
}

std::vector<MemberId> World::everyone() const {
    std::vector<MemberId> ids;
    for (const auto& [id, node] : nodes_) ids.push_back(id);
    return ids;
}

void World::found(const raft::Configuration& configuration) {
    auto base = std::make_shared<raft::Snapshot>();
    base->configuration = configuration;
    for (const MemberId& id : configuration.everyone()) {
        nodes_[id].disk.base = base;
        start(id, 0ms);
    }
}

void World::add_newcomer(MemberId id) {
    Node& it = nodes_[id];
    it.id = id;
    it.running = true;
}

void World::start(MemberId id, Nanos withhold) {
    Node& it = nodes_[id];
    it.id = id;
    raft::Options own = options;
    own.self = id;
    own.seed = id.low;
    const auto priority = priorities.find(id);
    if (priority != priorities.end()) own.priority = priority->second;
    if (withhold > 0ns) own.withhold_until = it.clock.now.monotonic + withhold;
    it.raft = std::make_unique<raft::Raft>(own, it.clock.now, it.disk.base, it.disk.hard_state,
                                           it.disk.entries);
    it.running = true;
    it.told_role = raft::Role::follower;
    it.told_term = it.raft->term();
    it.told_leader = {};
    it.told_configuration = it.raft->configuration();
    restore(it, *it.disk.base);
}

void World::crash(MemberId id) {
    Node& it = node(id);
    it.running = it.paused = false;
    it.raft.reset();
    it.writes.clear();
}

void World::pause(MemberId id) {
    Node& it = running(id);
    it.paused = true;
    it.paused_at = it.clock.now.monotonic;
}

void World::resume(MemberId id, bool unaware) {
    Node& it = running(id);
    it.paused = it.clock.suspended = false;
    const Nanos late = it.clock.now.monotonic - it.paused_at;
    act(id, [&](raft::Raft& raft, raft::Moment now) {
        if (!unaware) raft.stalled(now, late);
        if (raft.next_deadline() <= now.monotonic) raft.tick(now);
    });
}

void World::stop(Node& it, const std::string& why) {
    story.always(name_of(it.id) + "  STOPS: " + why);
    crash(it.id);
}

void World::act(MemberId id, const std::function<void(raft::Raft&, raft::Moment)>& input) {
    Node& it = running(id);
    try {
        input(*it.raft, it.clock.now);
        turn(it);
    } catch (const Stopped& broken) {
        stop(it, broken.what());
    }
}

/// As an owner does it; twice, because what was persisted may let something go out.
void World::turn(Node& it) {
    for (int pass = 0; pass < 2; ++pass) {
        Write write{it.raft->take_output(it.clock.now)};
        tell_role(it);
        if (write.output.truncate_from) {
            story.event(name_of(it.id) + "  removes its entries from " +
                        std::to_string(*write.output.truncate_from) + " on");
        }
        tell_configuration(it);
        if (write.output.snapshot) {
            restore(it, *write.output.snapshot);
            story.event(name_of(it.id) + "  takes the state up to " +
                        position(write.output.snapshot->index, write.output.snapshot->term) + ": " +
                        joined(it.applied));
        }
        apply(it, write.output.committed);
        tell_reads(it, write.output);
        post(it.id, std::move(write.output.send_now));
        if (it.disk_held) {
            tell_writes(it, write.output);
            if (!write.empty() || !it.writes.empty() || !write.output.send_after_persist.empty())
                it.writes.push_back(std::move(write));
        } else {
            persist(it, std::move(write));
        }
    }
    tell_role(it);
    check();
}

void World::tell_role(Node& it) {
    const raft::Raft& raft = *it.raft;
    const std::string who = name_of(it.id) + "  ";
    const bool same = raft.role() == it.told_role && raft.term() == it.told_term &&
                      raft.leader() == it.told_leader;
    if (same) return;
    it.told_role = raft.role();
    it.told_term = raft.term();
    it.told_leader = raft.leader();
    const std::string term = std::to_string(raft.term());
    switch (raft.role()) {
        case raft::Role::leader:
            story.event(who + "leads in term " + term);
            break;
        case raft::Role::candidate:
            story.event(who + "is a candidate in term " + term);
            break;
        case raft::Role::pre_candidate:
            story.event(who + "rehearses an election, still in term " + term);
            break;
        case raft::Role::follower:
            story.event(who + "follows " + name_of(raft.leader()) + " in term " + term);
            break;
    }
}

void World::tell_configuration(Node& it) {
    if (it.told_configuration == it.raft->configuration()) return;
    it.told_configuration = it.raft->configuration();
    story.event(name_of(it.id) + "  is under " + text_of(it.told_configuration));
}

void World::apply(Node& it, const raft::Entries& entries) {
    if (entries.empty()) return;
    for (const raft::Entry& entry : entries) {
        invariants_.applies(it.id, entry);
        if (entry.data.size() > 0) it.applied.push_back(entry.data.str());
    }
    story.event(name_of(it.id) + "  commits " + list_of(entries));
}

void World::tell_reads(const Node& it, const raft::Output& output) {
    for (const raft::ReadReady& ready : output.reads_ready) {
        story.event(name_of(it.id) + "  may answer read " + std::to_string(ready.read) +
                    " from what is applied up to " + std::to_string(ready.index));
    }
    for (const std::uint64_t read : output.reads_lost) {
        story.event(name_of(it.id) + "  can't answer read " + std::to_string(read) +
                    ": it leads no more");
    }
}

void World::restore(Node& it, const raft::Snapshot& snapshot) {
    std::istringstream in(snapshot.state.str());
    it.applied.clear();
    for (std::string word; in >> word;) it.applied.push_back(word);
}

void World::compact(MemberId id, Index index, std::size_t keep) {
    Node& it = running(id);
    act(id, [&](raft::Raft& raft, raft::Moment) {
        raft.compact(index, Payload(joined(it.applied)), keep);
    });
    if (!it.running) return;
    // What is on disk is cut short with it.
    it.disk.base = it.raft->log().snapshot();
    std::erase_if(it.disk.entries,
                  [&](const raft::Entry& entry) { return entry.index <= it.disk.base->index; });
}

void World::check() {
    std::vector<MemberId> holders;
    for (const auto& [id, it] : nodes_) {
        if (!it.raft || it.raft->role() != raft::Role::leader) continue;
        invariants_.leads(id, it.raft->term());
        if (it.raft->lease_until() > it.clock.now.boottime) holders.push_back(id);
    }
    invariants_.hold_leases(holders);
    for (const std::string& broken : invariants_.take_broken()) story.always("BROKEN  " + broken);
}

}  // namespace quorate::scenarios
