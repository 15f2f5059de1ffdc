// ordered-commit and ordered-throughput: a closed loop of ordered messages at the leader.
#include <optional>

#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"

namespace quorate::bench {

namespace {

constexpr const char* floor_of_messages =
    "bare libzmq: a leader sends what waits to 2 followers, commits at one acknowledgement";

struct Outcome {
    Samples samples;
    std::vector<double> rates;

    void add(const Outcome& other) {
        samples.add(other.samples);
        rates.insert(rates.end(), other.rates.begin(), other.rates.end());
    }
};

struct Loop {
    int outstanding;
    int burst_ms;
    int bursts;
};

/// Nothing if the leader lost its leadership meanwhile, as may happen where others keep the
/// processors.
std::optional<Outcome> run(Process& leader, const Loop& loop) {
    leader.say("ordered " + std::to_string(loop.outstanding) + ' ' + std::to_string(loop.burst_ms) +
               " 256");
    const std::string told = leader.expect("ordered", burst_bound);
    if (told == "none") return std::nullopt;
    // COUNT ELAPSED_NS NS…
    const Samples numbers = Samples::parse(told);
    Outcome outcome;
    outcome.rates.push_back(static_cast<double>(numbers.at(0)) * 1e9 /
                            static_cast<double>(numbers.at(1)));
    for (std::size_t place = 2; place < numbers.size(); ++place) {
        outcome.samples.add(numbers.at(place));
    }
    return outcome;
}

Outcome run_at_leader(Ensemble& members, const Loop& loop) {
    constexpr int tries = 5;
    for (int i = 0; i < tries; ++i) {
        members.await_settled();
        if (auto outcome = run(members.leading(), loop)) return *outcome;
    }
    throw Failed("the group keeps losing its leader: the machine is too busy");
}

struct Pair {
    Outcome ours;
    Outcome theirs;
};

Pair alternate(Ensemble& members, Process& floor, const Loop& loop) {
    Pair pair;
    for (int i = 0; i <= loop.bursts; ++i) {
        const Outcome with_library = run_at_leader(members, loop);
        const Outcome without = run(floor, loop).value();
        if (i == 0) continue;  // warming up
        pair.ours.add(with_library);
        pair.theirs.add(without);
    }
    return pair;
}

Figure describe(const std::string& name, const char* baseline, const Pair& pair) {
    Figure figure{.name = name, .baseline = baseline};
    pair.ours.samples.describe(figure);
    figure.baseline_p50_us = pair.theirs.samples.median_us();
    return figure;
}

}  // namespace

void measure_ordered_commit(const Profile& profile, const Report& report) {
    constexpr Loop one_by_one{.outstanding = 1, .burst_ms = 250, .bursts = 16};
    Ensemble members(3, profile.timing);
    std::vector<Process> floor = bare::start_floor(false);
    std::vector<Process> floor_with_hop = bare::start_floor(true);
    report(describe("ordered-commit", floor_of_messages,
                    alternate(members, floor.front(), one_by_one)));
    report(describe("ordered-commit/hop",
                    "the same, with requests and outcomes passing inproc between two threads",
                    alternate(members, floor_with_hop.front(), one_by_one)));
}

void measure_ordered_throughput(const Profile& profile, const Report& report) {
    Ensemble members(3, profile.timing);
    std::vector<Process> floor = bare::start_floor(false);
    for (const int outstanding : {16, 64, 1000}) {
        const Loop loop{.outstanding = outstanding, .burst_ms = 500, .bursts = 7};
        const Pair pair = alternate(members, floor.front(), loop);
        Figure figure =
            describe("ordered-throughput/" + std::to_string(outstanding), floor_of_messages, pair);
        figure.per_second = median(pair.ours.rates);
        figure.baseline_per_second = median(pair.theirs.rates);
        report(figure);
    }
}

}  // namespace quorate::bench
