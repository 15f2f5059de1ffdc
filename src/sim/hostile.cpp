#include "sim/hostile.h"

#include "wire/codec.h"

namespace quorate::sim {

namespace {
constexpr std::size_t memory = 200;
}

Hostile::Hostile(World& world, std::uint64_t seed) : world_(world), random_(seed) {}

void Hostile::begin() {
    if (world_.profile().forged_gap == Nanos(0)) return;
    world_.network().tap = [this](Life, const std::string& endpoint, const Payload& bytes) {
        record(endpoint, bytes);
    };
    strike_later();
}

void Hostile::record(const std::string& endpoint, const Payload& bytes) {
    ++seen_;
    if (recorded_.size() < memory) {
        recorded_.push_back({endpoint, bytes});
    } else if (random_.one_in(20)) {
        recorded_[random_.below(memory)] = {endpoint, bytes};
    }
}

void Hostile::strike_later() {
    const Nanos gap = random_.between(Nanos(1000), 2 * world_.profile().forged_gap);
    world_.scheduler().after(gap, [this] {
        if (stopped_) return;
        strike();
        strike_later();
    });
}

void Hostile::strike() {
    const Node node = static_cast<Node>(random_.below(world_.machines()));
    Process* victim = world_.process(node);
    if (victim == nullptr || recorded_.empty()) return;
    const Recorded& old = recorded_[random_.below(recorded_.size())];
    ++world_.counters().forged;
    switch (random_.below(5)) {
        case 0:
            return world_.network().inject(victim->life, garbage());
        case 1:
            return world_.network().inject(victim->life, torn(old.bytes));
        case 2:
            return world_.network().inject(victim->life, of_another_group(old.bytes));
        default:
            // To another than it was sent to; or, where old frames may come again, to anyone.
            if (old.endpoint == victim->endpoint && !world_.profile().replays) return;
            return world_.network().inject(victim->life, old.bytes);
    }
}

Payload Hostile::garbage() {
    std::string bytes(random_.below(400), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_.below(256));
    return Payload(std::move(bytes));
}

Payload Hostile::torn(const Payload& bytes) {
    return Payload(std::string(bytes.view().substr(0, random_.below(bytes.size()))));
}

Payload Hostile::of_another_group(const Payload& bytes) {
    auto decoded = wire::decode(bytes, world_.group());
    auto* frame = std::get_if<wire::Frame>(&decoded);
    if (frame == nullptr) return garbage();
    frame->header.group = "feeder.B";
    return wire::encode(*frame);
}

}  // namespace quorate::sim
