#include "sim/core/profile.h"

#include <algorithm>

#include "base/random.h"

namespace quorate::sim::core {

using namespace std::chrono_literals;

namespace {

void draw_group(base::Random& random, Profile& profile) {
    static constexpr std::array<std::uint32_t, 12> sizes = {3, 3, 3, 3, 3, 5, 5, 4, 4, 5, 2, 7};
    profile.size = sizes[random.below(sizes.size())];
    profile.voters = profile.size;
    if (random.one_in(4)) {
        profile.voters = profile.size / 2 + 1 +
                         static_cast<std::uint32_t>(random.below(profile.size - profile.size / 2));
    }
    profile.learners = random.one_in(3) ? 1 : 0;
    profile.spares = static_cast<std::uint32_t>(random.below(3));
    profile.spares = std::max(profile.spares, profile.size - profile.voters);
    const std::uint64_t kind = random.below(8);
    profile.volatile_of_4 = kind < 5 ? 0 : kind == 5 ? 4 : 1 + kind % 2;
    struct Timing {
        Nanos heartbeat, election_min, election_max;
    };
    static constexpr std::array<Timing, 6> timings = {{{50ms, 200ms, 400ms},
                                                       {100ms, 500ms, 1s},
                                                       {100ms, 300ms, 450ms},
                                                       {200ms, 1s, 2s},
                                                       {200ms, 600ms, 1200ms},
                                                       {150ms, 400ms, 600ms}}};
    const Timing& timing = timings[random.below(timings.size())];
    profile.heartbeat = timing.heartbeat;
    profile.election_min = timing.election_min;
    profile.election_max = timing.election_max;
    if (random.one_in(6)) profile.clock_drift = 0.1;
    if (random.one_in(8)) profile.clock_drift = 0;
    if (random.one_in(3)) profile.max_append_entries = 1 + random.below(8);
    if (random.one_in(4)) profile.max_append_bytes = 1 + random.below(200);
    if (random.one_in(3)) profile.max_in_flight = 1 + random.below(4);
    if (random.one_in(4)) profile.max_in_flight_bytes = 1 + random.below(300);
    if (random.one_in(5)) profile.max_uncommitted_bytes = 400 + random.below(2000);
    if (random.one_in(2)) profile.snapshot_chunk_bytes = 8 + random.below(64);
    if (random.one_in(3)) profile.max_snapshot_in_flight_bytes = 1 + random.below(200);
    // A witness keeps no data, so that a volatile member that is gone may have been the last one
    // that held it.
    profile.witness = profile.volatile_of_4 == 0 && profile.voters >= 3 && random.one_in(3);
    profile.priorities = random.one_in(4);
}

void draw_driver(base::Random& random, Profile& profile) {
    const auto gap = [&](Nanos low, Nanos high) {
        return random.one_in(4) ? Nanos(0) : random.between(low, high);
    };
    profile.change_gap = gap(300ms, 10s);
    if (random.one_in(6)) profile.change_gap = random.between(50ms, 500ms);
    profile.transfer_gap = gap(1s, 20s);
    profile.compact_gap = gap(200ms, 10s);
    profile.keep_entries = random.below(12);
    profile.proofs = !random.one_in(4);
    profile.sync_min = random.between(50us, 2ms);
    profile.sync_max = profile.sync_min + random.between(100us, profile.election_min / 8);
    profile.stall_max = random.between(profile.election_max, 5s + profile.election_max);
    profile.turn_delay = random.one_in(2) ? Nanos(0) : random.between(10us, 2ms);
}

void draw_weather(base::Random& random, Profile& profile) {
    Weather& weather = profile.weather;
    weather.delay_max = random.between(200us, profile.election_min / 8);
    weather.delay_min = std::min(weather.delay_max / 2, random.between(20us, 500us));
    if (random.one_in(8)) {  // answers take longer than the gap between heartbeats
        weather.delay_max = random.between(profile.election_min / 5, profile.election_min / 4);
        weather.delay_min = weather.delay_max * 3 / 4;
    }
    if (random.one_in(2)) {
        weather.spike_one_in = 20 + random.below(1000);
        weather.spike_max = random.between(profile.election_min / 4, 3 * profile.election_min);
    }
    if (random.one_in(2)) weather.loss_one_in = 10 + random.below(500);
    if (random.one_in(2)) weather.double_one_in = 10 + random.below(500);
    weather.hold_when_cut = random.one_in(3);
}

void draw_faults(base::Random& random, Profile& profile) {
    profile.chaos = 60s;
    static constexpr std::array<Nanos, 5> gaps = {500ms, 1s, 2s, 4s, 8s};
    profile.fault_gap = gaps[random.below(gaps.size())];
    profile.fault_length = random.between(profile.election_min, 6 * profile.election_max);
    for (std::uint32_t& weight : profile.weights) {
        weight = random.one_in(3) ? 0 : 1 + static_cast<std::uint32_t>(random.below(8));
    }
    // One seed in four is about one kind of fault above all.
    if (random.one_in(4)) profile.weights[random.below(fault_kinds)] += 30;
    profile.weights[static_cast<std::size_t>(Fault::crash)] += 1;  // never none at all
}

void draw_clients(base::Random& random, Profile& profile) {
    profile.clients = 1 + static_cast<std::uint32_t>(random.below(5));
    profile.keys = 1 + static_cast<std::uint32_t>(random.below(3));
    profile.think = random.between(50ms, 1s);
    profile.reads_of_8 = static_cast<std::uint32_t>(random.below(8));
    profile.patience = random.between(profile.election_min / 2, 2 * profile.election_max);
    profile.abandons = random.one_in(3);
}

}  // namespace

Profile draw_profile(std::uint64_t seed) {
    base::Random random(seed * 0x9e3779b97f4a7c15ULL + 2);
    Profile profile;
    draw_group(random, profile);
    draw_driver(random, profile);
    draw_weather(random, profile);
    draw_faults(random, profile);
    draw_clients(random, profile);
    // One seed in six is of leaders that are busy whatever they commit.
    if (seed % 6 == 3) profile.busy_rate = 1;
    return profile;
}

std::string Profile::describe() const {
    const auto ms = [](Nanos time) { return std::to_string(time.count() / 1'000'000) + " ms"; };
    std::string text = "size " + std::to_string(size) + ", " + std::to_string(voters) +
                       " voters, " + std::to_string(learners) + " learners, " +
                       std::to_string(spares) + " spares, " + std::to_string(volatile_of_4) +
                       " in 4 volatile, heartbeat " + ms(heartbeat) + ", election " +
                       ms(election_min) + " to " + ms(election_max) + ", delay to " +
                       ms(weather.delay_max) + ", sync to " + ms(sync_max);
    if (witness) text += ", one witness";
    if (priorities) text += ", priorities";
    if (busy_rate == 1) text += ", busy leaders";
    if (change_gap > Nanos(0)) text += ", a change every " + ms(change_gap);
    if (transfer_gap > Nanos(0)) text += ", a transfer every " + ms(transfer_gap);
    if (compact_gap > Nanos(0)) text += ", a compaction every " + ms(compact_gap);
    text += ", a fault every " + ms(fault_gap) + ", " + std::to_string(clients) + " clients";
    return text;
}

}  // namespace quorate::sim::core
