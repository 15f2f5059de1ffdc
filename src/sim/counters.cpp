#include "sim/counters.h"

#include <cstdio>
#include <utility>

namespace quorate::sim {

namespace {
using Field = std::pair<std::uint64_t Counters::*, const char*>;

constexpr std::array<Field, 23> told = {{
    {&Counters::elections, "elections"},
    {&Counters::cuts, "cuts"},
    {&Counters::pauses, "pauses"},
    {&Counters::crashes, "crashes"},
    {&Counters::restarts, "restarts"},
    {&Counters::suspends, "suspends"},
    {&Counters::breaks, "broken connections"},
    {&Counters::leaves, "leaves"},
    {&Counters::joint, "joint configurations"},
    {&Counters::foundings, "foundings"},
    {&Counters::resets, "resets"},
    {&Counters::splits, "splits"},
    {&Counters::evictions, "evictions"},
    {&Counters::resizes, "resizes"},
    {&Counters::transfers, "transfers"},
    {&Counters::polls, "polls"},
    {&Counters::actions, "actions done"},
    {&Counters::missed, "missed"},
    {&Counters::cancelled, "called off"},
    {&Counters::ordered, "ordered messages"},
    {&Counters::messages, "messages"},
    {&Counters::frames, "frames"},
    {&Counters::forged, "forged frames"},
}};
}  // namespace

void Counters::add(const Counters& other) {
    for (const Field& field : told) this->*field.first += other.*field.first;
    seeds += other.seeds;
    failed += other.failed;
    simulated_ms += other.simulated_ms;
    tokens_repeated += other.tokens_repeated;
}

std::string Counters::summary() const {
    char hours[48];
    std::snprintf(hours, sizeof hours, "%.1f simulated hours",
                  static_cast<double>(simulated_ms) / 3'600'000.0);
    std::string text = hours;
    for (const Field& field : told) {
        text += ", " + std::to_string(this->*field.first) + " " + field.second;
    }
    return text;
}

}  // namespace quorate::sim
