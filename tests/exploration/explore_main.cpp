// The exploration's command line:
//   quorate_explore [--states N] [--depth D] [--minutes M] [--only SETTING]
// Goes through every setting with an equal share of what is left of the limits; one line for each,
// and one that sums up. Exit status: 0 every rule held, 1 one was broken (its story is told), 64
// bad usage.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/exploration/explorer.h"
#include "tests/exploration/opening.h"

namespace {

using namespace quorate::exploration;
using Clock = std::chrono::steady_clock;

struct Arguments {
    std::uint64_t states = 10'000'000;
    std::uint32_t depth = 1000;
    std::uint64_t minutes = 0;  ///< 0: as long as it takes
    std::string only;
};

[[noreturn]] void usage(const std::string& problem) {
    std::fprintf(stderr,
                 "quorate_explore: %s\n"
                 "usage: quorate_explore [--states N] [--depth D] [--minutes M] [--only SETTING]\n"
                 "settings:\n",
                 problem.c_str());
    for (const Setting& setting : settings()) {
        std::fprintf(stderr, "  %-12s %s\n", setting.name.c_str(), setting.about.c_str());
    }
    std::exit(64);
}

std::uint64_t number(const std::string& option, const char* text, std::uint64_t greatest) {
    char* end = nullptr;
    if (text == nullptr || *text < '0' || *text > '9') usage(option + " wants a number");
    const std::uint64_t value = std::strtoull(text, &end, 10);
    if (*end != '\0') usage(option + " wants a number, not " + text);
    if (value < 1 || value > greatest) usage(option + " is 1 to " + std::to_string(greatest));
    return value;
}

Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        const std::string option = argv[i];
        const char* text = i + 1 < argc ? argv[++i] : nullptr;
        if (option == "--states") {
            arguments.states = number(option, text, 30'000'000'000);
        } else if (option == "--depth") {
            arguments.depth = static_cast<std::uint32_t>(number(option, text, 1'000'000));
        } else if (option == "--minutes") {
            arguments.minutes = number(option, text, 100'000);
        } else if (option == "--only") {
            if (text == nullptr) usage("--only wants the name of a setting");
            arguments.only = text;
        } else {
            usage("unknown option " + option);
        }
    }
    return arguments;
}

using Count = unsigned long long;

void print(const char* name, const Report& report) {
    const Counts& counts = report.counts;
    std::printf("%-12s %11llu states, %12llu steps, depth %2u%s, %.0f s\n", name,
                static_cast<Count>(counts.states), static_cast<Count>(counts.transitions),
                report.depth, report.exhausted ? " (all there are)" : "", report.seconds);
    std::fflush(stdout);
}

void print_rare(const Counts& counts) {
    std::printf(
        "steps: %llu leaders elected, %llu deposed, %llu commits, %llu logs cut back, %llu changes "
        "of voters done, %llu crashes, %llu restarts, %llu leaderships handed on, %llu states "
        "taken "
        "instead of the log, %llu messages crowded out\n"
        "states: %llu with a lease, %llu joint, %llu with a node down\n"
        "core: %llu different inputs in different inner states; %llu twins compared\n",
        static_cast<Count>(counts.leaders), static_cast<Count>(counts.deposed),
        static_cast<Count>(counts.commits), static_cast<Count>(counts.truncations),
        static_cast<Count>(counts.changes_done), static_cast<Count>(counts.crashes),
        static_cast<Count>(counts.restarts), static_cast<Count>(counts.transfers),
        static_cast<Count>(counts.states_taken), static_cast<Count>(counts.crowded),
        static_cast<Count>(counts.leases), static_cast<Count>(counts.joint),
        static_cast<Count>(counts.down), static_cast<Count>(counts.core_steps),
        static_cast<Count>(counts.twins));
}

}  // namespace

int main(int argc, char** argv) {
    const Arguments arguments = parse(argc, argv);
    std::vector<Setting> chosen;
    for (const Setting& setting : settings()) {
        if (arguments.only.empty() || arguments.only == setting.name) chosen.push_back(setting);
    }
    if (chosen.empty()) usage("no setting is called " + arguments.only);
    const Clock::time_point begin = Clock::now();
    const Clock::time_point end = begin + std::chrono::minutes(arguments.minutes);
    Counts total;
    double seconds = 0;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const std::uint64_t shares = chosen.size() - i;
        Limits limits;
        const std::uint64_t left = arguments.states - std::min(arguments.states, total.states);
        limits.states = std::min<std::uint64_t>(left / shares, 0xFFFFFFFE);
        limits.depth = arguments.depth;
        if (arguments.minutes > 0) {
            limits.until = Clock::now() + (end - Clock::now()) / static_cast<int>(shares);
        }
        const Report report = explore(chosen[i], limits);
        print(chosen[i].name.c_str(), report);
        if (report.violation) {
            std::printf("%s\nexploration: BROKEN in %s: %s: %s\n", report.story.c_str(),
                        chosen[i].name.c_str(), report.violation->rule.c_str(),
                        report.violation->details.c_str());
            return 1;
        }
        total.add(report.counts);
        seconds += report.seconds;
    }
    print_rare(total);
    std::printf(
        "exploration: every rule held in %llu states (%llu steps) in %.0f s: %.0f states/s\n",
        static_cast<Count>(total.states), static_cast<Count>(total.transitions), seconds,
        static_cast<double>(total.states) / seconds);
    return 0;
}
