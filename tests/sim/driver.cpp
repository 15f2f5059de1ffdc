#include "tests/sim/driver.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <new>

#include "sim/seed_run.h"

namespace quorate::sim {

namespace {

/// What a worker leaves behind even when it crashes. In memory that all workers share.
struct Report {
    std::atomic<std::uint64_t> current{0};  ///< the seed it is at; 0: done
    Counters counters;
};

void work(Report& report, std::uint64_t from, const Range& range) {
    for (std::uint64_t seed = from; seed < range.first + range.count; seed += range.jobs) {
        report.current = seed;
        const Verdict verdict = run_seed(seed, {});
        report.counters.add(verdict.counters);
        if (!verdict.ok()) {
            std::printf("%s\n  replay: script/sim --seed %llu --trace\n",
                        verdict.describe().c_str(), static_cast<unsigned long long>(seed));
            std::fflush(stdout);
        }
    }
    report.current = 0;
}

pid_t spawn(Report& report, std::uint64_t from, const Range& range) {
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        work(report, from, range);
        std::fflush(stdout);
        _exit(0);
    }
    return child;
}

}  // namespace

Counters run_range(const Range& range) {
    void* memory = mmap(nullptr, sizeof(Report) * range.jobs, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        std::perror("mmap");
        std::exit(70);
    }
    auto* reports = static_cast<Report*>(memory);
    std::map<pid_t, unsigned> workers;
    for (unsigned job = 0; job < range.jobs; ++job) {
        new (&reports[job]) Report;
        if (range.first + job < range.first + range.count) {
            workers[spawn(reports[job], range.first + job, range)] = job;
        }
    }
    while (!workers.empty()) {
        int status = 0;
        const pid_t ended = wait(&status);
        const auto found = workers.find(ended);
        if (found == workers.end()) continue;
        Report& report = reports[found->second];
        const unsigned job = found->second;
        workers.erase(found);
        const std::uint64_t seed = report.current;
        if (seed == 0) continue;
        std::printf("seed %llu crashes the simulator (wait status %d)\n",
                    static_cast<unsigned long long>(seed), status);
        ++report.counters.seeds;
        ++report.counters.failed;
        if (seed + range.jobs < range.first + range.count) {
            workers[spawn(report, seed + range.jobs, range)] = job;
        }
    }
    Counters total;
    for (unsigned job = 0; job < range.jobs; ++job) total.add(reports[job].counters);
    munmap(memory, sizeof(Report) * range.jobs);
    return total;
}

}  // namespace quorate::sim
