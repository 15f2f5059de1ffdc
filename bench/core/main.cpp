// quorate_bench_core: what `quorate bench raft-core` starts. A program of its own, because it
// replaces operator new, which `quorate` must not.
//
// Commands on its standard input, each answered by
//   burst ENTRIES PROCESSOR_NS STEPS ALLOCATIONS PAYLOAD_ALLOCATIONS
//
//   batched MS      three cores; 64 entries an Append
//   singly MS       three cores; one entry an Append, 64 behind one another
//   queues MS       the baseline
#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "base/recycling.h"
#include "bench/bench.h"
#include "bench/core/queues.h"
#include "bench/core/trio.h"
#include "bench/worker_lines.h"

namespace quorate::bench::core {

namespace {

/// There and back with one entry a turn: so long that the bound is reached.
constexpr std::uint64_t lag_of_singles = max_outstanding / 2;

void say(const Burst& burst) {
    std::string line = "burst";
    for (const std::uint64_t number : {burst.entries, burst.processor_ns, burst.steps,
                                       burst.allocations, burst.payload_allocations}) {
        line += ' ' + std::to_string(number);
    }
    WorkerLines::say(line);
}

void serve() {
    base::keep_many_blocks();  // as a group's thread does
    Trio batched(0);
    Trio singly(lag_of_singles);
    Queues queues;
    WorkerLines lines;
    while (true) {
        const auto command = lines.next_command(-1);
        if (!command) continue;
        const auto duration_ns = static_cast<std::uint64_t>(number_at(*command, 1)) * 1'000'000;
        const std::string& word = command->at(0);
        if (word == "batched") {
            say(batched.run(duration_ns));
        } else if (word == "singly") {
            say(singly.run(duration_ns));
        } else if (word == "queues") {
            say(queues.run(duration_ns));
        } else {
            throw Failed("there is no command \"" + word + "\"");
        }
    }
}

}  // namespace

}  // namespace quorate::bench::core

int main() {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    try {
        quorate::bench::core::serve();
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "quorate_bench_core: %s\n", problem.what());
        return EXIT_FAILURE;
    }
}
