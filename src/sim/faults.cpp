#include "sim/faults.h"

#include <algorithm>
#include <numeric>

namespace quorate::sim {

using namespace std::chrono_literals;

void Faults::begin() {
    strike_later();
    if (world_.profile().mutes_candidates) watch_for_candidates();
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

Node Faults::leader_or_any() {
    return world_.leader().value_or(any());
}

Nanos Faults::length() {
    const Timing& timing = world_.profile().spec.timing;
    if (random_.one_in(8)) return random_.between(timing.peer_timeout, 8 * timing.peer_timeout);
    // Around an election timeout is where it is decided who may do what.
    if (random_.one_in(2)) return random_.between(timing.election_min / 2, 3 * timing.election_min);
    return random_.between(timing.heartbeat, world_.profile().fault_length);
}

void Faults::tell(const std::string& what) const {
    if (world_.story().on()) world_.story().tell(world_.scheduler().now(), "*", what);
}

void Faults::strike() {
    switch (draw()) {
        case Fault::cut_pair:
            return cut_pair(true);
        case Fault::cut_one_way:
            return cut_pair(false);
        case Fault::isolate:
            return isolate();
        case Fault::split_in_two:
            return split(true);
        case Fault::split_one_way:
            return split(false);
        case Fault::pause:
            return pause(any());
        case Fault::pause_leader:
            return pause(leader_or_any());
        case Fault::strand:
            return strand();
        case Fault::interrupt_state:
            return interrupt_state();
        case Fault::shuttle:
            return shuttle();
        case Fault::crash:
            return crash(any(), random_.between(10ms, 5s));
        case Fault::crash_leader:
            return crash(leader_or_any(), random_.between(10ms, 3s));
        case Fault::crash_and_return:
            return crash(any(), random_.between(100us, 3ms));
        case Fault::crash_many:
            return crash_many();
        case Fault::power_off:
            return crash(any(), random_.between(100ms, 5s), true);
        case Fault::break_connections:
            return break_connections();
        case Fault::suspend:
            return suspend(any());
        case Fault::storm:
            return storm();
        case Fault::leave:
            return leave(any());
        case Fault::deaf_component:
            return deafen(any());
        case Fault::step_wall_clock:
            return step_wall_clock(any());
        case Fault::count:
            return;
    }
}

void Faults::cut(Ways ways, const std::string& what) {
    ++world_.counters().cuts;
    const Nanos time = length();
    tell(what + " for " + std::to_string(time.count() / 1'000'000) + " ms");
    for (const auto& [from, to] : ways) world_.network().cut(from, to);
    world_.scheduler().after(time, [this, ways = std::move(ways)] {
        if (over_) return;
        for (const auto& [from, to] : ways) world_.network().mend(from, to);
        if (random_.one_in(4)) break_connections();
    });
}

void Faults::cut_pair(bool both) {
    const Node from = any();
    const Node to = any();
    if (from == to) return;
    Ways ways{{from, to}};
    if (both) ways.push_back({to, from});
    cut(std::move(ways),
        "cut n" + std::to_string(from) + (both ? " | n" : " > n") + std::to_string(to));
}

void Faults::isolate() {
    const Node alone = random_.one_in(2) ? leader_or_any() : any();
    const std::uint64_t direction = random_.below(3);  // 0: both ways, 1: out, 2: in
    Ways ways;
    for (Node other = 0; other < world_.machines(); ++other) {
        if (other == alone) continue;
        if (direction != 2) ways.push_back({alone, other});
        if (direction != 1) ways.push_back({other, alone});
    }
    static constexpr const char* words[] = {"isolate n", "nothing leaves n", "nothing reaches n"};
    cut(std::move(ways), words[direction] + std::to_string(alone));
}

void Faults::split(bool both) {
    std::string sides[2];
    std::vector<bool> left;
    for (Node node = 0; node < world_.machines(); ++node) {
        left.push_back(random_.one_in(2));
        sides[left.back() ? 0 : 1] += " n" + std::to_string(node);
    }
    Ways ways;
    for (Node from = 0; from < world_.machines(); ++from) {
        for (Node to = 0; to < world_.machines(); ++to) {
            if (left[from] != left[to] && (both || left[from])) ways.push_back({from, to});
        }
    }
    if (ways.empty()) return;
    cut(std::move(ways), "cut" + sides[0] + (both ? " |" : " >") + sides[1]);
}

void Faults::pause(Node node) {
    pause(node, length());
}

void Faults::pause(Node node, Nanos time) {
    if (!world_.runs(node)) return;
    ++world_.counters().pauses;
    tell("n" + std::to_string(node) + " stops for " + std::to_string(time.count() / 1'000'000) +
         " ms");
    world_.pause(node);
    const Life life = world_.process(node)->life;
    world_.scheduler().after(time, [this, node, life] {
        if (world_.find(life) == nullptr) return;
        tell("n" + std::to_string(node) + " goes on");
        world_.resume(node);
    });
}

void Faults::suspend(Node node) {
    if (!world_.runs(node)) return;
    ++world_.counters().suspends;
    const Nanos time = length();
    tell("n" + std::to_string(node) + " is suspended for " +
         std::to_string(time.count() / 1'000'000) + " ms");
    world_.suspend(node);
    const Life life = world_.process(node)->life;
    world_.scheduler().after(time, [this, node, life] {
        if (world_.find(life) == nullptr) return;
        tell("n" + std::to_string(node) + " wakes up");
        world_.wake(node);
    });
}

void Faults::crash(Node node, Nanos down, bool silently) {
    if (world_.process(node) == nullptr) return;
    ++world_.counters().crashes;
    if (silently) {
        world_.power_off(node);
    } else {
        world_.kill(node);
    }
    world_.scheduler().after(down, [this, node] {
        if (over_ || world_.process(node) != nullptr) return;
        ++world_.counters().restarts;
        world_.start(node, random_.one_in(3));
    });
}

void Faults::crash_many() {
    tell("several are killed at once");
    const bool quick = random_.one_in(2);
    const bool all = random_.one_in(3);
    for (Node node = 0; node < world_.machines(); ++node) {
        if (!all && random_.one_in(3)) continue;
        crash(node, quick ? random_.between(100us, 3ms) : random_.between(100ms, 4s));
    }
}

void Faults::break_connections() {
    const std::uint64_t count = 1 + random_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (world_.network().break_a_connection()) ++world_.counters().breaks;
    }
    tell("connections break");
}

void Faults::storm() {
    Weather& weather = world_.network().weather;
    const Nanos election_min = world_.profile().spec.timing.election_min;
    weather.loss_one_in = 2 + random_.below(12);
    weather.duplicate_one_in = 2 + random_.below(12);
    weather.spike_one_in = 2 + random_.below(12);
    weather.spike_max = random_.between(election_min / 4, 2 * election_min);
    const Nanos time = length();
    tell("a storm for " + std::to_string(time.count() / 1'000'000) + " ms");
    world_.scheduler().after(time, [this] {
        if (!over_) world_.network().weather = world_.profile().weather;
    });
}

void Faults::leave(Node node) {
    Process* process = world_.process(node);
    if (process == nullptr || process->leaving) return;
    ++world_.counters().leaves;
    tell("n" + std::to_string(node) + " is asked to leave");
    process->leaving = true;
    world_.submit(*process, io::LeaveGroup{});
}

void Faults::exited(Node node) {
    world_.scheduler().after(random_.between(100us, 4s), [this, node] {
        if (over_ || world_.process(node) != nullptr) return;
        world_.start(node, random_.one_in(3));
    });
}

void Faults::deafen(Node node) {
    Process* process = world_.process(node);
    if (process == nullptr || !process->reading) return;
    tell("the component on n" + std::to_string(node) + " stops reading");
    world_.set_reading(*process, false);
    world_.scheduler().after(random_.between(100ms, 5s), [this, life = process->life] {
        Process* deaf = world_.find(life);
        if (deaf != nullptr && !deaf->reading) world_.set_reading(*deaf, true);
    });
}

void Faults::step_wall_clock(Node node) {
    tell("the wall clock of n" + std::to_string(node) + " is stepped");
    world_.clock(node).step_realtime(random_.between(-100s, 100s));
}

void Faults::end() {
    over_ = true;
    tell("all faults end");
    Weather calm = world_.profile().weather;
    calm.spike_one_in = calm.loss_one_in = calm.duplicate_one_in = calm.beacon_loss_one_in = 0;
    world_.network().weather = calm;
    world_.network().mend_all();
    // The one too many goes first; never one that others need to find each other.
    const Profile& profile = world_.profile();
    Node surplus = world_.machines();
    if (profile.deployed() > std::max(profile.spec.size, profile.resize_to)) {
        const Node kept = std::max(profile.beacon ? 0 : profile.anchors, profile.witnesses + 1);
        surplus = kept < profile.deployed()
                      ? kept + static_cast<Node>(random_.below(profile.deployed() - kept))
                      : profile.deployed() - 1;
    }
    if (surplus < world_.machines()) world_.kill(surplus);
    for (Node node = 0; node < world_.machines(); ++node) {
        if (node == surplus) continue;
        if (world_.clock(node).suspended()) world_.wake(node);
        if (world_.stopped(node) && world_.process(node) != nullptr) world_.resume(node);
        Process* process = world_.process(node);
        if (process == nullptr) {
            world_.start(node);
        } else if (!process->reading) {
            world_.set_reading(*process, true);
        }
    }
}

}  // namespace quorate::sim
