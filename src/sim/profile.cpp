#include "sim/profile.h"

#include <algorithm>

namespace quorate::sim {

using namespace std::chrono_literals;

namespace {

std::uint32_t draw_size(base::Random& random) {
    static constexpr std::array<std::uint32_t, 20> sizes = {3, 3, 3, 3, 3, 3, 3, 4, 4, 4,
                                                            4, 5, 5, 5, 5, 5, 1, 2, 6, 7};
    return sizes[random.below(sizes.size())];
}

Timing draw_timing(base::Random& random) {
    switch (random.below(6)) {
        case 0:
            return {.heartbeat = 10ms,
                    .election_min = 30ms,
                    .election_max = 60ms,
                    .peer_timeout = 200ms};
        case 1:
            return {.heartbeat = 20ms,
                    .election_min = 150ms,
                    .election_max = 200ms,
                    .peer_timeout = 450ms};
        case 2:
            return {
                .heartbeat = 100ms, .election_min = 500ms, .election_max = 1s, .peer_timeout = 3s};
        default:
            return {};
    }
}

void draw_spec(base::Random& random, Profile& profile) {
    GroupSpec& spec = profile.spec;
    spec.size = draw_size(random);
    spec.timing = draw_timing(random);
    profile.machines = spec.size;
    if (random.one_in(12)) ++profile.machines;
    // Standbys: more members than seats.
    if (random.one_in(25) && spec.size > 3) spec.max_voters = 3;
    if (random.one_in(4)) spec.refound_after = spec.timing.election_max;
    if (random.one_in(4)) spec.refound_after = 2s;
    spec.refound_after = std::max(*spec.refound_after, spec.timing.election_max);
}

void draw_member(base::Random& random, Profile& profile) {
    MemberOptions& member = profile.member;
    member.trust_refusals = !random.one_in(6);
    if (random.one_in(8)) member.clock_drift = 0.1;
    if (random.one_in(8)) member.clock_drift = 0;
    if (random.one_in(6)) member.mailbox_events = 16 + random.below(48);
    if (random.one_in(6)) member.link_messages = 16 + random.below(64);
    if (random.one_in(10)) member.message_bytes = 256;
    profile.beacon = !random.one_in(3);
    profile.anchors = 1 + static_cast<std::uint32_t>(random.below(profile.spec.size));
    profile.wall_clock_spread = random.one_in(6) ? Nanos(1h) : Nanos(20ms);
}

void draw_weather(base::Random& random, Profile& profile) {
    Weather& weather = profile.weather;
    const Nanos election_min = profile.spec.timing.election_min;
    weather.delay_max = random.between(200us, election_min / 8);
    weather.delay_min = std::min(weather.delay_max / 2, random.between(20us, 500us));
    if (random.one_in(2)) {
        weather.spike_one_in = 50 + random.below(2000);
        weather.spike_max = random.between(election_min / 4, 3 * election_min);
    }
    if (random.one_in(2)) weather.loss_one_in = 20 + random.below(2000);
    if (random.one_in(2)) weather.duplicate_one_in = 20 + random.below(2000);
    weather.hold_when_cut = random.one_in(2);
    weather.stale_one_in = 1 + random.below(8);
    weather.reconnect = random.between(1ms, 100ms);
    weather.beacon_loss_one_in = random.below(10);
}

/// As far as a group can grow at once (the new seat floor is within its voters) or get smaller (the
/// old one is within those that stay).
void draw_resizing(base::Random& random, Profile& profile) {
    const std::uint32_t size = profile.spec.size;
    if (size < 2 || profile.machines != size || profile.spec.max_voters < 7) return;
    const std::uint32_t least = profile.spec.seat_floor();
    if (random.one_in(3) && least < size) {
        profile.resize_to = size - 1 - static_cast<std::uint32_t>(random.below(size - least));
        profile.witnesses = 0;
        profile.anchors = std::min(profile.anchors, profile.resize_to);
        return;
    }
    const std::uint32_t most = std::min(size <= 3 ? 2 * size - 1 : 7, 7u);
    if (most <= size) return;
    profile.resize_to = size + 1 + static_cast<std::uint32_t>(random.below(most - size));
    profile.machines = profile.resize_to;
}

void draw_faults(base::Random& random, Profile& profile) {
    const Timing& timing = profile.spec.timing;
    profile.chaos = 60s;
    static constexpr std::array<Nanos, 5> gaps = {300ms, 700ms, 1500ms, 3s, 8s};
    profile.fault_gap = gaps[random.below(gaps.size())];
    profile.fault_length = random.between(timing.election_min, 4 * timing.peer_timeout);
    for (std::uint32_t& weight : profile.weights) {
        weight = random.one_in(3) ? 0 : 1 + static_cast<std::uint32_t>(random.below(8));
    }
    // One seed in four is about one kind of fault above all.
    if (random.one_in(4)) profile.weights[random.below(fault_kinds)] += 30;
    profile.weights[static_cast<std::size_t>(Fault::crash)] += 1;  // never none at all
    profile.request_gap = random.between(60ms, 1500ms);
    profile.silent_voter_one_in = 2 + random.below(20);
    if (random.one_in(3)) {
        profile.forged_gap = random.between(5ms, 300ms);
        profile.replays = random.one_in(2);
    }
}

}  // namespace

Profile draw_profile(std::uint64_t seed) {
    base::Random random(seed * 0x9e3779b97f4a7c15ULL + 1);
    Profile profile;
    draw_spec(random, profile);
    draw_member(random, profile);
    draw_weather(random, profile);
    draw_faults(random, profile);
    if (random.one_in(3)) {
        // A short log: who was away for a moment needs the state.
        profile.compaction.after_entries = 1 + random.below(60);
        profile.compaction.keep_entries = 5 + random.below(20);
        profile.compaction.keep_entries_needed = 1000;
        profile.compaction.chunk_bytes = 100 + random.below(2000);
        // A transfer that takes many round trips.
        if (random.one_in(2)) profile.compaction.chunk_bytes = 16 + random.below(48);
    }
    profile.preferences = random.one_in(4);
    if (random.one_in(4)) profile.witnesses = profile.spec.size / 2;
    if (random.one_in(4)) profile.observers = 1 + static_cast<std::uint32_t>(random.below(2));
    // One seed in seven is about an operator who changes the size of the group.
    if (seed % 7 == 4) draw_resizing(random, profile);
    profile.machines += profile.observers;
    // One seed in five is of members that behave as in a crowd.
    if (seed % 5 == 3) profile.crowd = 1 + seed % 3;
    // One seed in thirteen is of leaders that are busy whatever they commit.
    if (seed % 13 == 9) profile.busy_rate = 1;
    // One seed in sixteen is about votes that take nearly as long as the promise with them lasts,
    // for candidates that nobody hears from then on.
    if (seed % 16 == 5) {
        const Nanos promise = profile.spec.timing.election_min;
        profile.weather.spike_one_in = 5 + random.below(15);
        profile.weather.spike_max = random.between(promise / 2, promise);
        profile.mutes_candidates = true;
    }
    return profile;
}

Profile draw_default_profile(std::uint64_t seed) {
    Profile profile = draw_profile(seed);
    profile.spec.kind = Kind::default_kind;
    if (profile.resize_to > profile.spec.size) {
        profile.machines -= profile.resize_to - profile.spec.size;
    }
    profile.resize_to = 0;
    profile.witnesses = 0;
    profile.mutes_candidates = false;
    for (const Fault fault : {Fault::strand, Fault::interrupt_state, Fault::shuttle}) {
        profile.weights[static_cast<std::size_t>(fault)] = 0;
    }
    return profile;
}

std::string Profile::describe() const {
    const auto ms = [](Duration time) { return std::to_string(time.count() / 1'000'000) + " ms"; };
    return "size " + std::to_string(spec.size) +
           (resize_to > 0 ? ", then " + std::to_string(resize_to) : "") + ", " +
           std::to_string(machines) + " machines, " + std::to_string(witnesses) + " witnesses, " +
           std::to_string(observers) + " observers, " + std::to_string(spec.seats()) +
           " seats, heartbeat " + ms(spec.timing.heartbeat) + ", election " +
           ms(spec.timing.election_min) + " to " + ms(spec.timing.election_max) +
           ", peer timeout " + ms(spec.timing.peer_timeout) + ", refound after " +
           ms(*spec.refound_after) + ", " + (beacon ? "beacon, " : "no beacon, ") +
           std::to_string(anchors) + " anchors, " +
           (member.trust_refusals ? "refusals trusted" : "refusals not trusted") + ", drift " +
           std::to_string(member.clock_drift) + ", delay up to " + ms(weather.delay_max) +
           ", a fault every " + ms(fault_gap) + ", log cut after " +
           std::to_string(compaction.after_entries) + " entries";
}

}  // namespace quorate::sim
