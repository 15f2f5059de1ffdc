#include "bench/core/trio.h"

#include <string>
#include <utility>

#include "base/check.h"
#include "bench/core/allocations.h"

namespace quorate::bench::core {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr std::size_t leader = 0;
constexpr std::size_t ring_size = 1024;

MemberId member(std::size_t index) {
    return {.high = 0, .low = index + 1};
}

std::size_t index_of(const MemberId& id) {
    return id.low - 1;
}

}  // namespace

Trio::Trio(std::uint64_t lag) : lag_(lag) {
    auto founding = std::make_shared<raft::Snapshot>();
    founding->configuration.seats = nodes_.size();
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        founding->configuration.voters.push_back(member(i));
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        raft::Options options;
        options.self = member(i);
        options.heartbeat = milliseconds(50);
        options.election_min = milliseconds(150);
        options.election_max = milliseconds(300);
        options.seed = i + 1;
        nodes_[i].raft = std::make_unique<raft::Raft>(options, now(), founding);
        nodes_[i].inbox.ring.resize(ring_size);
    }
    elect();
}

raft::Moment Trio::now() const {
    const microseconds since_start(turns_);
    return {.monotonic = since_start, .boottime = since_start};
}

void Trio::elect() {
    nodes_[leader].raft->campaign(now(), raft::Trigger::founding);
    while (!nodes_[leader].raft->established()) {
        QUORATE_CHECK(turns_ < 1'000'000, "nobody disturbs the first election");
        ++turns_;
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            give(i);
            take(i);
        }
    }
}

Burst Trio::run(std::uint64_t duration_ns) {
    constexpr int turns_between_looks = 256;
    burst_ = {};
    const std::uint64_t allocated = allocations();
    const std::uint64_t begin = processor_ns();
    do {
        for (int i = 0; i < turns_between_looks; ++i) turn();
        burst_.processor_ns = processor_ns() - begin;
    } while (burst_.processor_ns < duration_ns);
    burst_.allocations = allocations() - allocated - burst_.payload_allocations;
    return burst_;
}

void Trio::turn() {
    ++turns_;
    const bool arrived = give(leader);
    const bool room = outstanding_ < max_outstanding;
    if (lag_ > 0 && room) propose();
    while (lag_ == 0 && outstanding_ < max_outstanding) propose();
    if (arrived || room) take(leader);
    for (std::size_t i = leader + 1; i < nodes_.size(); ++i) {
        if (give(i)) take(i);
    }
}

void Trio::propose() {
    const std::uint64_t before = allocations();
    Payload payload(std::string(entry_bytes, '.'));
    burst_.payload_allocations += allocations() - before;
    const auto index = nodes_[leader].raft->propose(now(), std::move(payload));
    QUORATE_CHECK(index.ok(), "nobody disturbs the leader");
    ++burst_.steps;
    ++outstanding_;
}

bool Trio::give(std::size_t index) {
    Node& node = nodes_[index];
    Inbox& inbox = node.inbox;
    bool given = false;
    while (inbox.size > 0 && inbox.ring[inbox.begin].due <= turns_) {
        Arriving& next = inbox.ring[inbox.begin];
        node.raft->receive(now(), member(next.from), next.message);
        next.message = raft::TimeoutNow{};  // what was received is not held any longer
        inbox.begin = (inbox.begin + 1) % ring_size;
        --inbox.size;
        ++burst_.steps;
        given = true;
    }
    if (node.raft->next_deadline() <= now().monotonic) {
        node.raft->tick(now());
        given = true;
    }
    return given;
}

void Trio::take(std::size_t index) {
    raft::Raft& raft = *nodes_[index].raft;
    raft::Output out = raft.take_output(now(), std::move(nodes_[index].used));
    ++burst_.steps;
    send(index, out.send_now);
    raft.persisted(now(), out.last_persisting);
    send(index, out.send_after_persist);
    apply(index, out.committed);
    out.entries.clear();
    out.committed.clear();
    nodes_[index].used = std::move(out);
}

void Trio::send(std::size_t from, std::vector<raft::Outgoing>& messages) {
    for (raft::Outgoing& each : messages) {
        Inbox& inbox = nodes_[index_of(each.to)].inbox;
        QUORATE_CHECK(inbox.size < ring_size, "what is outstanding is bounded");
        inbox.ring[(inbox.begin + inbox.size) % ring_size] = {from, turns_ + lag_,
                                                              std::move(each.message)};
        ++inbox.size;
    }
}

void Trio::apply(std::size_t index, const raft::Entries& committed) {
    if (committed.empty()) return;
    raft::Raft& raft = *nodes_[index].raft;
    if (index == leader) {
        for (const raft::Entry& entry : committed) {
            if (entry.kind != raft::EntryKind::command) continue;
            --outstanding_;
            ++burst_.entries;
        }
    }
    const raft::Index applied = committed.back().index;
    if (applied - raft.log().snapshot()->index >= compact_after) {
        raft.compact(applied, Payload{}, entries_kept);
    }
}

}  // namespace quorate::bench::core
