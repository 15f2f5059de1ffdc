// The disk, the network and the passing of time.
#include <algorithm>
#include <cmath>

#include "tests/scenarios/world.h"

namespace quorate::scenarios {

using namespace std::chrono_literals;

// ---- disk ----

void World::tell_writes(const Node& it, const raft::Output& output) {
    std::string what;
    if (output.hard_state) {
        what = "term " + std::to_string(output.hard_state->term) + ", vote for " +
               name_of(output.hard_state->voted_for);
    }
    if (!output.entries.empty()) what += (what.empty() ? "" : ", ") + list_of(output.entries);
    if (!what.empty()) story.event(name_of(it.id) + "  has its disk write " + what);
}

void World::persist(Node& it, Write write) {
    Disk& disk = it.disk;
    raft::Output& out = write.output;
    if (out.hard_state) disk.hard_state = *out.hard_state;
    if (out.snapshot) {
        disk.base = out.snapshot;
        disk.entries.clear();
    }
    if (out.truncate_from) {
        std::erase_if(disk.entries,
                      [&](const raft::Entry& entry) { return entry.index >= *out.truncate_from; });
    }
    disk.entries.insert(disk.entries.end(), out.entries.begin(), out.entries.end());
    it.raft->persisted(it.clock.now, out.last_persisting);
    post(it.id, std::move(out.send_after_persist));
}

void World::sync_disk(MemberId id, std::size_t count) {
    Node& it = running(id);
    for (; count > 0 && !it.writes.empty(); --count) {
        Write write = std::move(it.writes.front());
        it.writes.pop_front();
        persist(it, std::move(write));
    }
    act(id, [](raft::Raft&, raft::Moment) {});
}

// ---- network ----

void World::post(MemberId from, std::vector<raft::Outgoing> messages) {
    std::string sentence;
    std::string receivers;
    const auto tell = [&] {
        if (tell_sends && !receivers.empty())
            story.message(name_of(from) + " sends " + receivers + ": " + sentence);
    };
    for (raft::Outgoing& outgoing : messages) {
        const std::string text = text_of(outgoing.message);
        const std::string to =
            name_of(outgoing.to) + (cut.count({from, outgoing.to}) > 0 ? " (lost)" : "");
        if (text == sentence) {
            receivers += ", " + to;
        } else {
            tell();
            sentence = text;
            receivers = to;
        }
        if (cut.count({from, outgoing.to}) > 0) continue;
        letters.push_back({++numbered_, from, outgoing.to, std::move(outgoing.message), now_});
    }
    tell();
}

bool World::is_held(const Letter& letter) const {
    return std::any_of(held.begin(), held.end(),
                       [&](const Selects& selects) { return selects(letter); });
}

bool World::deliver_first(const Selects& selects) {
    const auto found = std::find_if(letters.begin(), letters.end(), [&](const Letter& letter) {
        const auto to = nodes_.find(letter.to);
        return selects(letter) && (to == nodes_.end() || !to->second.paused);
    });
    if (found == letters.end()) return false;
    const Letter letter = std::move(*found);
    letters.erase(found);
    hand_over(letter);
    return true;
}

void World::hand_over(const Letter& letter) {
    const auto to = nodes_.find(letter.to);
    const bool down = to == nodes_.end() || !to->second.running;
    const bool lost = down || cut.count({letter.from, letter.to}) > 0;
    story.message(name_of(letter.from) + " -> " + name_of(letter.to) + "  " +
                  text_of(letter.message) +
                  (down   ? " (nobody there)"
                   : lost ? " (lost)"
                          : ""));
    if (lost) return;
    const Story::Indented under(story);
    if (!to->second.raft) {
        receive_as_newcomer(to->second, letter);
        return;
    }
    act(letter.to, [&](raft::Raft& raft, raft::Moment now) {
        raft.receive(now, letter.from, letter.message);
    });
}

/// As the group's loop does it: it asks for the state, and starts its core with it.
void World::receive_as_newcomer(Node& it, const Letter& letter) {
    if (const auto* append = std::get_if<raft::Append>(&letter.message)) {
        raft::AppendReply reply;
        reply.term = append->term;
        reply.needs_snapshot = true;
        reply.sent = append->sent;
        post(it.id, {{letter.from, reply}});
        return;
    }
    const auto* install = std::get_if<raft::InstallSnapshot>(&letter.message);
    if (install == nullptr) return;
    const auto whole = it.arriving.take(*install, options.max_snapshot_bytes);
    if (!whole) {
        const Index index = install->snapshot->index;
        post(it.id,
             {{letter.from, raft::SnapshotReply{install->term, index, it.arriving.received(index),
                                                install->sent}}});
        return;
    }
    it.disk.base = whole;
    start(it.id, 0ms);
    story.event(name_of(it.id) + "  starts from the state up to " +
                position(whole->index, whole->term));
    act(it.id, [&](raft::Raft& raft, raft::Moment now) {
        raft.receive(now, letter.from, letter.message);
    });
}

// ---- time ----

bool World::reaches(const Letter& letter, Network network) const {
    if (network == Network::stands_still || is_held(letter)) return false;
    const auto to = nodes_.find(letter.to);
    return to == nodes_.end() || !to->second.paused;
}

Nanos World::next_event(Network network) {
    Nanos next = base::never;
    for (const Letter& letter : letters) {
        if (reaches(letter, network)) next = std::min(next, letter.sent_at + latency);
    }
    for (const auto& [id, it] : nodes_) {
        if (!it.running || it.paused || !it.raft || it.clock.suspended) continue;
        const Nanos left = it.raft->next_deadline() - it.clock.now.monotonic;
        if (left > 24h) continue;
        const double wait = std::ceil(static_cast<double>(left.count()) / it.clock.rate);
        next = std::min(next, now_ + std::max(Nanos(static_cast<Nanos::rep>(wait)), Nanos{0}));
    }
    return std::max(next, now_);
}

void World::pass_time(Nanos time) {
    now_ += time;
    for (auto& [id, it] : nodes_) {
        const Nanos own(static_cast<Nanos::rep>(
            std::llround(static_cast<double>(time.count()) * it.clock.rate)));
        it.clock.now.boottime += own;
        if (!it.clock.suspended) it.clock.now.monotonic += own;
    }
    story.at(now_);
    check();
}

void World::advance(Nanos time, Network network) {
    const Nanos end = now_ + time;
    int events_at_once = 0;
    for (Nanos next = next_event(network); next <= end; next = next_event(network)) {
        events_at_once = next > now_ ? 0 : events_at_once + 1;
        if (events_at_once > 10000) throw ScriptError("time stands still: a timer is never done");
        pass_time(next - now_);
        while (deliver_first([&](const Letter& letter) {
            return reaches(letter, network) && letter.sent_at + latency <= now_;
        })) {
        }
        for (auto& [id, it] : nodes_) {
            if (!it.running || it.paused || !it.raft || it.clock.suspended) continue;
            if (it.raft->next_deadline() > it.clock.now.monotonic) continue;
            act(id, [](raft::Raft& raft, raft::Moment now) { raft.tick(now); });
        }
    }
    pass_time(end - now_);
    story.no_time();
}

}  // namespace quorate::scenarios
