#include "sim/core/faults.h"

#include <algorithm>
#include <numeric>

namespace quorate::sim::core {

using namespace std::chrono_literals;

void Faults::begin() {
    strike_later();
}

void Faults::strike_later() {
    world_.scheduler().after(random_.between(1ms, 2 * world_.profile().fault_gap), [this] {
        if (over_) return;
        strike();
        strike_later();
    });
}

Fault Faults::draw() {
    const auto& weights = world_.profile().weights;
    std::uint64_t dice = random_.below(std::accumulate(weights.begin(), weights.end(), 0u));
    for (std::size_t kind = 0; kind < fault_kinds; ++kind) {
        if (dice < weights[kind]) return static_cast<Fault>(kind);
        dice -= weights[kind];
    }
    return Fault::crash;
}

Node& Faults::any() {
    auto& nodes = world_.nodes();
    // Half of the time somebody who counts.
    if (Node* leader = world_.leader(); leader != nullptr && random_.one_in(2)) {
        const std::vector<MemberId> voters = leader->raft->configuration().distinct_voters();
        return *world_.find(voters[random_.below(voters.size())]);
    }
    return *nodes[random_.below(nodes.size())];
}

Node& Faults::leader_or_any() {
    Node* leader = world_.leader();
    return leader != nullptr ? *leader : any();
}

Nanos Faults::length() {
    const Profile& profile = world_.profile();
    if (random_.one_in(8)) return random_.between(profile.election_max, 8 * profile.election_max);
    // Around an election timeout is where it is decided who may do what.
    if (random_.one_in(2)) {
        return random_.between(profile.election_min / 2, 3 * profile.election_min);
    }
    return random_.between(profile.heartbeat, profile.fault_length);
}

void Faults::strike() {
    switch (draw()) {
        case Fault::cut_pair:
            return cut_pair(true);
        case Fault::cut_one_way:
            return cut_pair(false);
        case Fault::isolate:
            return isolate();
        case Fault::split:
            return split();
        case Fault::pause:
            return pause(any());
        case Fault::pause_leader:
            return pause(leader_or_any());
        case Fault::crash:
            return crash(any());
        case Fault::crash_leader:
            return crash(leader_or_any());
        case Fault::crash_all:
            return crash_all();
        case Fault::forget:
            return forget();
        case Fault::suspend:
            return suspend(any());
        case Fault::storm:
            return storm();
        case Fault::stall_sync:
            return stall_sync(any());
        case Fault::slow_disk:
            return slow_disk(any());
        case Fault::fail_write:
            return fail_write(any());
        case Fault::count:
            return;
    }
}

void Faults::cut(Ways ways, const std::string& what) {
    ++world_.totals().cuts;
    const Nanos time = length();
    world_.tell("cut " + what + " for " + std::to_string(time.count() / 1'000'000) + " ms");
    for (const auto& [from, to] : ways) world_.network().cut(from, to);
    world_.scheduler().after(time, [this, ways = std::move(ways)] {
        if (over_) return;
        for (const auto& [from, to] : ways) world_.network().mend(from, to);
    });
}

void Faults::cut_pair(bool both) {
    const std::uint32_t from = any().number;
    const std::uint32_t to = any().number;
    if (from == to) return;
    Ways ways{{from, to}};
    if (both) ways.push_back({to, from});
    cut(std::move(ways),
        "n" + std::to_string(from) + (both ? " | n" : " > n") + std::to_string(to));
}

void Faults::isolate() {
    const std::uint32_t alone = random_.one_in(2) ? leader_or_any().number : any().number;
    const std::uint64_t direction = random_.below(3);  // 0: both ways, 1: out, 2: in
    Ways ways;
    for (const auto& other : world_.nodes()) {
        if (other->number == alone) continue;
        if (direction != 2) ways.push_back({alone, other->number});
        if (direction != 1) ways.push_back({other->number, alone});
    }
    static constexpr std::array<const char*, 3> names = {"off", "off outwards", "off inwards"};
    cut(std::move(ways), std::string(names[direction]) + " n" + std::to_string(alone));
}

void Faults::split() {
    std::vector<bool> left(world_.nodes().size());
    for (std::size_t i = 0; i < left.size(); ++i) left[i] = random_.one_in(2);
    const bool both = !random_.one_in(3);
    Ways ways;
    std::string who;
    for (std::uint32_t from = 0; from < left.size(); ++from) {
        if (left[from]) who += " n" + std::to_string(from);
        for (std::uint32_t to = 0; to < left.size(); ++to) {
            if (left[from] && !left[to]) ways.push_back({from, to});
            if (both && !left[from] && left[to]) ways.push_back({from, to});
        }
    }
    cut(std::move(ways), (both ? "off" : "off outwards") + who);
}

void Faults::pause(Node& node) {
    if (!node.awake()) return;
    ++world_.totals().pauses;
    const Nanos time = length();
    world_.tell(node, "stops for " + std::to_string(time.count() / 1'000'000) + " ms");
    world_.pause(node);
    world_.scheduler().after(time, [this, &node, life = node.life] {
        if (!over_ && node.life == life && node.running()) world_.resume(node);
    });
}

void Faults::come_back(Node& node, Nanos delay) {
    world_.scheduler().after(delay, [this, &node] {
        if (!over_) world_.restart(node, random_.one_in(3));
    });
}

void Faults::crash(Node& node) {
    if (!node.running() || !world_.may_crash(node)) return;
    world_.crash(node);
    const Nanos away = random_.one_in(3) ? random_.between(1ms, 20ms) : length();
    if (node.durable) {
        come_back(node, away);
    } else {
        world_.scheduler().after(away, [this] { world_.create(false); });
    }
    for (const auto& each : world_.nodes()) {
        if (each.get() == &node || random_.one_in(2)) continue;
        world_.scheduler().after(world_.network().delay(), [this, to = each.get(), id = node.id] {
            if (to->running()) world_.arrive(*to, Suspicion{id});
        });
    }
    if (!world_.profile().proofs) return;
    for (const auto& each : world_.nodes()) {
        if (each.get() != &node && !random_.one_in(3)) probe(*each, node);
    }
}

/// A connection is refused where nobody listens.
void Faults::probe(Node& node, Node& dead) {
    const Nanos when = random_.between(Nanos(0), world_.profile().election_min);
    world_.scheduler().after(when, [this, &node, &dead] {
        if (!node.awake()) return;
        const Nanos asked = node.clock->now().boottime;
        world_.scheduler().after(world_.network().delay(), [this, &node, &dead, asked] {
            const bool cut = world_.network().is_cut(node.number, dead.number) ||
                             world_.network().is_cut(dead.number, node.number);
            const bool refused = dead.state == Node::State::down || dead.state == Node::State::gone;
            if (cut || !refused) return;
            const Proof proof{dead.id, asked, dead.durable};
            world_.scheduler().after(world_.network().delay(),
                                     [this, &node, proof, life = node.life] {
                                         if (node.life == life) world_.arrive(node, proof);
                                     });
        });
    });
}

/// The power fails: all durable nodes at once.
void Faults::crash_all() {
    world_.tell("the power fails");
    world_.hit(Branch::all_crashed);
    for (const auto& each : world_.nodes()) {
        if (!each->running() || !each->durable) continue;
        world_.crash(*each);
        come_back(*each, random_.between(1ms, world_.profile().fault_length));
    }
}

/// Who is cut off from a leader asks for votes; who has just started could give one that it has
/// promised away, were it not for the wait after a start (rule 5).
void Faults::forget() {
    Node* leader = world_.leader();
    if (leader == nullptr) return;
    const raft::Configuration configuration = leader->raft->configuration();
    std::vector<MemberId> others = configuration.distinct_voters();
    std::erase(others, leader->id);
    if (others.size() < 2) return;
    const std::size_t first = random_.below(others.size());
    const std::uint32_t off = world_.find(others[first])->number;
    cut({{leader->number, off}, {off, leader->number}},
        "n" + std::to_string(leader->number) + " | n" + std::to_string(off));
    for (const MemberId& id : others) {
        Node& node = *world_.find(id);
        if (node.number == off || !node.durable || random_.one_in(4)) continue;
        const Nanos when =
            random_.between(world_.profile().election_min / 2, 2 * world_.profile().election_max);
        world_.scheduler().after(when, [this, &node] {
            if (over_ || !node.running()) return;
            world_.crash(node);
            come_back(node, random_.between(1ms, 5ms));
        });
    }
}

void Faults::suspend(Node& node) {
    if (!node.awake()) return;
    ++world_.totals().suspends;
    const Nanos time = length();
    world_.tell(node, "is suspended for " + std::to_string(time.count() / 1'000'000) + " ms");
    world_.suspend(node);
    world_.scheduler().after(time, [this, &node, life = node.life] {
        if (!over_ && node.life == life) world_.wake(node);
    });
}

void Faults::storm() {
    const Profile& profile = world_.profile();
    Weather& weather = world_.network().weather;
    weather.loss_one_in = 2 + random_.below(10);
    weather.double_one_in = 2 + random_.below(20);
    weather.spike_one_in = 2 + random_.below(20);
    weather.spike_max = random_.between(profile.election_min / 2, 4 * profile.election_max);
    const Nanos time = length();
    world_.tell("a storm for " + std::to_string(time.count() / 1'000'000) + " ms");
    world_.scheduler().after(time, [this] {
        if (!over_) world_.network().weather = world_.profile().weather;
    });
}

void Faults::end() {
    over_ = true;
    world_.tell("the faults end");
    const Profile& profile = world_.profile();
    world_.network().mend_all();
    Weather calm;
    calm.delay_min = profile.weather.delay_min;
    calm.delay_max = profile.weather.delay_max;
    world_.network().weather = calm;
    for (const auto& each : world_.nodes()) {
        each->slow = Nanos(0);
        if (each->state == Node::State::down || each->state == Node::State::halted) {
            world_.restart(*each, random_.one_in(3));
        } else if (each->running()) {
            world_.wake(*each);
            world_.resume(*each);
            world_.repair_disk(*each);
        }
    }
}

}  // namespace quorate::sim::core
