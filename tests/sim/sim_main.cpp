// The simulator's command line:
//   quorate_sim [--world WORLD] [--seeds N] [--first S] [--jobs J]
//       N seeds, from S on
//   quorate_sim [--world WORLD] --seed S [--trace]
//       one seed; with its story
// Worlds: groups are GroupLoops on a simulated network, default those of default groups, core are
// Raft cores with simulated disks; all by default.
// --require-coverage: a branch of the core's world that was never reached is a failure.
// Exit status: 0 every rule held, 1 a seed failed, 64 bad usage.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "sim/core/seed_run.h"
#include "sim/seed_run.h"
#include "tests/sim/driver.h"

namespace {

namespace sim = quorate::sim;

struct Arguments {
    sim::Range range;
    std::optional<std::uint64_t> seed;
    bool trace = false;
    bool groups = true;
    bool defaults = true;
    bool core = true;
    bool require_coverage = false;
};

[[noreturn]] void usage(const std::string& problem) {
    std::fprintf(
        stderr,
        "quorate_sim: %s\n"
        "usage: quorate_sim [--world groups|default|core|all] [--seeds N] [--first S] [--jobs J]\n"
        "                   [--require-coverage] | --seed S [--trace]\n",
        problem.c_str());
    std::exit(64);
}

std::uint64_t number(const std::string& option, const char* text) {
    char* end = nullptr;
    if (text == nullptr || *text < '0' || *text > '9') usage(option + " wants a number");
    const std::uint64_t value = std::strtoull(text, &end, 10);
    if (*end != '\0') usage(option + " wants a number, not " + text);
    return value;
}

void choose_world(Arguments& arguments, const char* text) {
    const std::string world = text == nullptr ? "" : text;
    const bool all = world == "all";
    arguments.groups = all || world == "groups";
    arguments.defaults = all || world == "default";
    arguments.core = all || world == "core";
    if (!arguments.groups && !arguments.defaults && !arguments.core) {
        usage("--world is groups, default, core or all");
    }
}

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--trace") {
            arguments.trace = true;
            continue;
        }
        if (option == "--require-coverage") {
            arguments.require_coverage = true;
            continue;
        }
        const char* text = i + 1 < argc ? argv[++i] : nullptr;
        if (option == "--seeds") {
            arguments.range.count = number(option, text);
        } else if (option == "--first") {
            arguments.range.first = number(option, text);
        } else if (option == "--seed") {
            arguments.seed = number(option, text);
        } else if (option == "--jobs") {
            arguments.range.jobs = static_cast<unsigned>(number(option, text));
        } else if (option == "--world") {
            choose_world(arguments, text);
        } else {
            usage("unknown option " + option);
        }
    }
    if (arguments.range.jobs < 1 || arguments.range.jobs > 256) usage("--jobs is 1 to 256");
    if (arguments.range.count < 1) usage("--seeds is at least 1");
    if (arguments.trace && !arguments.seed) usage("--trace goes with --seed");
    return arguments;
}

template <class Tally>
bool summarize(const char* world, const Tally& total, std::chrono::steady_clock::time_point begin) {
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("simulation of %s: %llu of %llu seeds passed in %.0f s: %s\n", world,
                static_cast<unsigned long long>(total.seeds - total.failed),
                static_cast<unsigned long long>(total.seeds), took.count(),
                total.summary().c_str());
    std::fflush(stdout);
    return total.failed == 0;
}

/// A world of groups, coordinated or not.
bool run_groups(const Arguments& arguments, const char* world,
                sim::Counters (*run_all)(const sim::Range&),
                sim::Verdict (*run_one)(std::uint64_t, const sim::RunOptions&)) {
    const auto begin = std::chrono::steady_clock::now();
    if (!arguments.seed) return summarize(world, run_all(arguments.range), begin);
    const auto verdict = run_one(*arguments.seed, {.trace = arguments.trace});
    if (!verdict.ok()) std::printf("%s\n", verdict.describe().c_str());
    return summarize(world, verdict.counters, begin);
}

bool run_core(const Arguments& arguments) {
    const auto begin = std::chrono::steady_clock::now();
    if (arguments.seed) {
        const auto verdict = sim::core::run_seed(*arguments.seed, {.trace = arguments.trace});
        if (!verdict.ok()) std::printf("%s\n", verdict.describe().c_str());
        return summarize("core", verdict.totals, begin);
    }
    const sim::core::Totals total = sim::run_core(arguments.range);
    std::printf("%s", total.coverage.table().c_str());
    const bool passed = summarize("core", total, begin);
    return passed && (!arguments.require_coverage || total.coverage.never_reached().empty());
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    bool passed = true;
    if (arguments.groups) {
        passed = run_groups(arguments, "groups", sim::run_groups, sim::run_seed) && passed;
    }
    if (arguments.defaults) {
        passed = run_groups(arguments, "default groups", sim::run_default, sim::run_default_seed) &&
                 passed;
    }
    if (arguments.core) passed = run_core(arguments) && passed;
    return passed ? 0 : 1;
}
