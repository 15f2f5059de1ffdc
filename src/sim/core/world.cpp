#include "sim/core/world.h"

#include <algorithm>
#include <cmath>

#include "raft/quorum.h"

namespace quorate::sim::core {

using namespace std::chrono_literals;

World::World(const Profile& profile, std::uint64_t seed, const Story& story, Totals& totals)
    : profile_(profile),
      story_(story),
      totals_(totals),
      random_(seed),
      network_(scheduler_, random_.next(), totals,
               [this](std::uint32_t to, Delivery delivery) {
                   arrive(*nodes_[to], std::move(delivery));
               }),
      checks_(scheduler_, story, totals, [this](MemberId id) { return find(id); }) {
    network_.weather = profile.weather;
}

void World::tell(const Node& node, const std::string& what) const {
    if (story_.on()) story_.tell(scheduler_.now(), node.label(), what);
}

void World::tell(const std::string& what) const {
    if (story_.on()) story_.tell(scheduler_.now(), "*", what);
}

Node* World::find(MemberId id) {
    return id.low >= 1 && id.low <= nodes_.size() ? nodes_[id.low - 1].get() : nullptr;
}

Node* World::leader() {
    Node* best = nullptr;
    for (const auto& each : nodes_) {
        if (!each->leads()) continue;
        if (best == nullptr || each->raft->term() > best->raft->term()) best = each.get();
    }
    return best;
}

Node* World::create(bool durable) {
    if (nodes_.size() >= Network::max_nodes) return nullptr;
    const auto number = static_cast<std::uint32_t>(nodes_.size());
    // The order of ids is not the order of numbers.
    const MemberId id{random_.next(), number + 1};
    nodes_.push_back(std::make_unique<Node>(number, id, durable, founding_));
    Node& node = *nodes_.back();
    if (profile_.priorities) node.priority = static_cast<std::uint8_t>(random_.below(3));
    if (founding_) {
        set_clock(node, false);
        // A volatile member may have backed somebody before its start, under another id (rule 5).
        start(node, durable ? base::long_ago : node.clock->now().monotonic + profile_.election_min);
    }
    return &node;
}

void World::begin() {
    auto founding = std::make_shared<raft::Snapshot>();
    const std::uint32_t members = profile_.voters + profile_.learners;
    founding->configuration.seats = profile_.size;
    for (std::uint32_t i = 0; i < members + profile_.spares; ++i) {
        const MemberId id = create(random_.below(4) >= profile_.volatile_of_4)->id;
        if (i < members) {
            auto& list = i < profile_.voters ? founding->configuration.voters
                                             : founding->configuration.learners;
            list.push_back(id);
        }
    }
    if (profile_.witness) {
        founding->configuration.witnesses.push_back(founding->configuration.voters.back());
        nodes_[profile_.voters - 1]->witness = true;
    }
    founding_ = std::move(founding);
    for (auto& each : nodes_) {
        each->disk = Disk(founding_);
        set_clock(*each, false);
        start(*each, base::long_ago);
    }
    if (random_.one_in(2)) {
        act(*nodes_[0],
            [](raft::Raft& raft, Moment now) { raft.campaign(now, raft::Trigger::founding); });
    }
}

void World::set_clock(Node& node, bool fresh) {
    const double error = profile_.clock_drift / 2 * (2 * random_.unit() - 1);
    const Nanos uptime = fresh ? random_.between(1s, 20s) : random_.between(10s, 100'000s);
    node.clock.emplace(
        scheduler_,
        SimClock::Settings{.monotonic = uptime,
                           .boottime = uptime + random_.between(0s, 1000s),
                           .realtime = Nanos(0),
                           .rate_error = random_.one_in(4)
                                             ? std::copysign(profile_.clock_drift / 2, error)
                                             : error});
}

void World::start(Node& node, Nanos withhold) {
    raft::Options options;
    options.self = node.id;
    options.heartbeat = profile_.heartbeat;
    options.election_min = profile_.election_min;
    options.election_max = profile_.election_max;
    options.clock_drift = profile_.clock_drift;
    options.withhold_until = withhold;
    options.seed = random_.next();
    options.max_append_entries = profile_.max_append_entries;
    options.max_append_bytes = profile_.max_append_bytes;
    options.max_in_flight = profile_.max_in_flight;
    options.max_in_flight_bytes = profile_.max_in_flight_bytes;
    options.max_uncommitted_bytes = profile_.max_uncommitted_bytes;
    options.busy_rate = profile_.busy_rate;
    options.snapshot_chunk_bytes = profile_.snapshot_chunk_bytes;
    options.max_snapshot_in_flight_bytes = profile_.max_snapshot_in_flight_bytes;
    options.is_readable = [](const raft::Snapshot& snapshot) {
        return Registers().restore(snapshot.state);
    };
    options.priority = node.priority;
    const Moment now = node.clock->now();
    node.raft = std::make_unique<raft::Raft>(options, now, node.disk.base(), node.disk.hard_state(),
                                             node.disk.entries());
    node.state = Node::State::running;
    node.life = ++lives_;
    node.started = scheduler_.now();
    node.paused = false;
    node.last_turn = now;
    node.planned = base::never;
    QUORATE_CHECK(node.machine.restore(node.disk.base()->state), "a state can be read");
    node.applied = node.disk.base()->index;
    node.lacks = node.applied > 0 && node.disk.base()->state.size() == 0;
    checks_.started(node);
    if (node.applied > 0) checks_.restored(node);
    finish(node, now);
}

/// The process is no more: with it goes whatever it had not on disk.
void World::leave_core(Node& node) {
    checks_.ended(node);
    if (node.leads()) {
        hit(Branch::leader_crashed);
        if (node.raft->configuration().joint()) hit(Branch::leader_crashed_while_joint);
    }
    if (node.stalled_sync) hit(Branch::crashed_in_stalled_sync);
    node.raft.reset();
    node.inbox.clear();
    node.synced.clear();
    node.outputs_on_disk = 0;
    node.waiting.clear();
    node.reads.clear();
    node.paused = node.stalled_sync = node.fail_next_sync = false;
    node.stall_once = Nanos(0);
    node.planned = base::never;
    ++node.plan;
    ++node.sync;
    if (node.durable) node.disk.crash(random_, totals_.coverage);
}

void World::crash(Node& node) {
    if (!node.running()) return;
    ++totals_.crashes;
    tell(node, "crashes");
    leave_core(node);
    node.state = node.durable ? Node::State::down : Node::State::gone;
    if (!node.durable) hit(Branch::volatile_crashed);
}

/// Design rule 13: a disk that fails halts that group.
void World::halt(Node& node) {
    tell(node, "can't write to its disk: it halts");
    hit(Branch::disk_halted);
    if (node.leads()) hit(Branch::leader_halted);
    leave_core(node);
    node.state = Node::State::halted;
}

void World::restart(Node& node, bool reboot) {
    if (node.state != Node::State::down && node.state != Node::State::halted) return;
    hit(Branch::restarted_from_disk);
    if (reboot) {
        hit(Branch::rebooted);
        set_clock(node, true);
    } else {
        node.clock->wake();
    }
    if (node.disk.base()->index > 0) hit(Branch::restored_from_snapshot);
    // Its promises are not on the disk: it keeps those that it may have made (rule 5).
    start(node, node.clock->now().monotonic + profile_.election_min);
    tell(node, "starts" + std::string(reboot ? " after a reboot" : "") + " in term " +
                   std::to_string(node.raft->term()) + " with entries to " +
                   std::to_string(node.raft->log().last_index()) + " behind a state at " +
                   std::to_string(node.disk.base()->index));
}

void World::resume(Node& node) {
    node.paused = false;
    if (node.inbox.size() > 20) hit(Branch::inbox_full_at_resume);
    if (node.awake()) plan(node, now());
}

void World::suspend(Node& node) {
    if (!node.running()) return;
    if (node.held_lease) hit(Branch::leader_suspended_under_lease);
    node.clock->suspend();
}

void World::wake(Node& node) {
    node.clock->wake();
    if (node.awake()) plan(node, now());
}

void World::repair_disk(Node& node) {
    node.fail_next_sync = false;
    node.stall_once = node.slow = Nanos(0);
    if (node.running() && node.stalled_sync) end_sync(node);
}

bool World::may_crash(const Node& node) const {
    if (node.durable) return true;
    const auto stays = [&](MemberId id) {
        const Node& each = *nodes_[id.low - 1];
        return each.state != Node::State::gone && each.number != node.number;
    };
    const Node* newest = nullptr;
    for (const auto& each : nodes_) {
        if (each->leads() && (newest == nullptr || each->raft->term() > newest->raft->term())) {
            newest = each.get();
        }
    }
    if (newest == nullptr || !newest->raft->established()) return false;
    // By whatever configuration a member may go on with.
    for (const MemberId& id : newest->raft->configuration().everyone()) {
        const Node& each = *nodes_[id.low - 1];
        if (!each.raft) {
            if (each.durable) return false;  // who knows what its disk says
            continue;
        }
        const raft::Configuration& own = each.raft->configuration();
        if (!raft::is_quorum(own, stays)) return false;
        // … or finish: what comes out of a joint one has fewer voters.
        raft::Configuration after = own;
        after.outgoing.clear();
        after.outgoing_seats = 0;
        if (!raft::is_quorum(after, stays)) return false;
    }
    return true;
}

}  // namespace quorate::sim::core
