// The simulator's command line:
//   quorate_sim [--seeds N] [--first S] [--jobs J]     N seeds from S on
//   quorate_sim --seed S [--trace]                     one seed; with its story
// Exit status: 0 every rule held, 1 a seed failed, 64 bad usage.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>

#include "sim/seed_run.h"
#include "tests/sim/driver.h"

namespace {

using quorate::sim::Counters;

struct Arguments {
    quorate::sim::Range range;
    std::optional<std::uint64_t> seed;
    bool trace = false;
};

[[noreturn]] void usage(const std::string& problem) {
    std::fprintf(stderr,
                 "quorate_sim: %s\n"
                 "usage: quorate_sim [--seeds N] [--first S] [--jobs J] | --seed S [--trace]\n",
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

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        if (option == "--trace") {
            arguments.trace = true;
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
        } else {
            usage("unknown option " + option);
        }
    }
    if (arguments.range.jobs < 1 || arguments.range.jobs > 256) usage("--jobs is 1 to 256");
    if (arguments.range.count < 1) usage("--seeds is at least 1");
    if (arguments.trace && !arguments.seed) usage("--trace goes with --seed");
    return arguments;
}

int summarize(const Counters& total, double real_seconds) {
    std::printf("simulation: %llu of %llu seeds passed in %.0f s: %s\n",
                static_cast<unsigned long long>(total.seeds - total.failed),
                static_cast<unsigned long long>(total.seeds), real_seconds,
                total.summary().c_str());
    return total.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    const auto begin = std::chrono::steady_clock::now();
    Counters total;
    if (arguments.seed) {
        const auto verdict = quorate::sim::run_seed(*arguments.seed, {.trace = arguments.trace});
        total = verdict.counters;
        if (!verdict.ok()) std::printf("%s\n", verdict.describe().c_str());
    } else {
        total = quorate::sim::run_range(arguments.range);
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return summarize(total, took.count());
}
