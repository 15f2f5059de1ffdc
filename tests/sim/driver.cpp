#include "tests/sim/driver.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>

#include "sim/core/seed_run.h"
#include "sim/seed_run.h"

namespace quorate::sim {

namespace {

/// Whole groups: GroupLoops.
struct Groups {
    using Tally = Counters;
    static constexpr const char* name = "groups";
    static Verdict run(std::uint64_t seed) { return run_seed(seed, {}); }
    static const Tally& tally(const Verdict& verdict) { return verdict.counters; }
};

/// Default groups.
struct Defaults {
    using Tally = Counters;
    static constexpr const char* name = "default";
    static Verdict run(std::uint64_t seed) { return run_default_seed(seed, {}); }
    static const Tally& tally(const Verdict& verdict) { return verdict.counters; }
};

/// Raft cores with disks.
struct Cores {
    using Tally = core::Totals;
    static constexpr const char* name = "core";
    static core::Verdict run(std::uint64_t seed) { return core::run_seed(seed, {}); }
    static const Tally& tally(const core::Verdict& verdict) { return verdict.totals; }
};

/// What a worker leaves behind even when it crashes. In memory that all workers share.
template <class World>
struct Report {
    std::atomic<std::uint64_t> current{0};  ///< the seed it is at; 0: done
    typename World::Tally tally;
};

template <class World>
void work(Report<World>& report, std::uint64_t from, const Range& range) {
    for (std::uint64_t seed = from; seed < range.first + range.count; seed += range.jobs) {
        report.current = seed;
        const auto verdict = World::run(seed);
        report.tally.add(World::tally(verdict));
        if (!verdict.ok()) {
            std::printf("%s\n  replay: script/sim --world %s --seed %llu --trace\n",
                        verdict.describe().c_str(), World::name,
                        static_cast<unsigned long long>(seed));
            std::fflush(stdout);
        }
    }
    report.current = 0;
}

template <class World>
pid_t spawn(Report<World>& report, std::uint64_t from, const Range& range) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        work(report, from, range);
        std::fflush(stdout);
        _exit(0);
    }
    return child;
}

template <class World>
typename World::Tally run_range(const Range& range) {
    void* memory = mmap(nullptr, sizeof(Report<World>) * range.jobs, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("mmap");
        std::exit(70);
    }
    auto* reports = static_cast<Report<World>*>(memory);
    std::map<pid_t, unsigned> workers;
    for (unsigned job = 0; job < range.jobs; ++job) {
        new (&reports[job]) Report<World>;
        if (range.first + job < range.first + range.count) {
            workers[spawn(reports[job], range.first + job, range)] = job;
        }
    }
    while (!workers.empty()) {
        int status = 0;
        const pid_t ended = wait(&status);
        const auto found = workers.find(ended);
        if (found == workers.end()) continue;
        Report<World>& report = reports[found->second];
        const unsigned job = found->second;
        workers.erase(found);
        const std::uint64_t seed = report.current;
        if (seed == 0) continue;
        std::printf("seed %llu crashes the simulator of %s (wait status %d)\n",
                    static_cast<unsigned long long>(seed), World::name, status);
        ++report.tally.seeds;
        ++report.tally.failed;
        if (seed + range.jobs < range.first + range.count) {
            workers[spawn(report, seed + range.jobs, range)] = job;
        }
    }
    typename World::Tally total;
    for (unsigned job = 0; job < range.jobs; ++job) total.add(reports[job].tally);
    munmap(memory, sizeof(Report<World>) * range.jobs);
    return total;
}

}  // namespace

Counters run_groups(const Range& range) {
    return run_range<Groups>(range);
}

Counters run_default(const Range& range) {
    return run_range<Defaults>(range);
}

core::Totals run_core(const Range& range) {
    return run_range<Cores>(range);
}

}  // namespace quorate::sim
