// raft-core: the Raft core alone, three of them in one thread of quorate_bench_core.
#include <sstream>

#include "bench/measurements.h"
#include "bench/process.h"
#include "bench/samples.h"

namespace quorate::bench {

namespace {

constexpr int bursts = 15;
constexpr std::chrono::seconds bound{60};

struct Rates {
    std::vector<double> entries_per_second;
    std::vector<double> step_ns;
    double entries = 0;
    double allocations = 0;
    double payload_allocations = 0;

    void add(const std::string& told) {
        std::istringstream words(told);
        double committed = 0;
        double elapsed_ns = 0;
        double steps = 0;
        double allocated = 0;
        double by_payloads = 0;
        if (!(words >> committed >> elapsed_ns >> steps >> allocated >> by_payloads)) {
            throw Failed("a burst can't be read");
        }
        entries_per_second.push_back(committed * 1e9 / elapsed_ns);
        step_ns.push_back(elapsed_ns / steps);
        entries += committed;
        allocations += allocated;
        payload_allocations += by_payloads;
    }
};

Figure describe(const std::string& name, const Rates& ours, const Rates& theirs) {
    Figure figure{.name = name,
                  .baseline = "the same entries as plain structs through queues, without Raft"};
    figure.samples = ours.entries_per_second.size();
    figure.per_second = median(ours.entries_per_second);
    figure.step_ns = median(ours.step_ns);
    figure.allocations_per_entry = ours.allocations / ours.entries;
    figure.payload_allocations_per_entry = ours.payload_allocations / ours.entries;
    figure.baseline_per_second = median(theirs.entries_per_second);
    figure.baseline_allocations_per_entry = theirs.allocations / theirs.entries;
    return figure;
}

}  // namespace

void measure_raft_core(const Profile&, const Report& report) {
    Process core({}, program_beside("quorate_bench_core"));
    Rates batched;
    Rates singly;
    Rates queues;
    const auto run = [&](const char* what, Rates& rates, bool counts) {
        core.say(std::string(what) + " 200");
        const std::string told = core.expect("burst", bound);
        if (counts) rates.add(told);
    };
    for (int i = 0; i <= bursts; ++i) {
        const bool warm = i > 0;
        run("batched", batched, warm);
        run("queues", queues, warm);
        run("singly", singly, warm);
    }
    report(describe("raft-core/batched", batched, queues));
    report(describe("raft-core/singly", singly, queues));
}

}  // namespace quorate::bench
