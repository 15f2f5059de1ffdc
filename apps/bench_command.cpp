// quorate bench: which measurement, under which timing, and how its figures are written.
#include <boost/program_options.hpp>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/bench.h"
#include "command_line.h"
#include "encoding.h"
#include "subcommand.h"

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

po::options_description bench_options() {
    po::options_description options("Options");
    options.add_options()("help,h", "print this")("list", "name the measurements")(
        "profile", po::value<std::string>()->default_value("lan"), "timing: rt, lan, wan or riaps")(
        "json", po::bool_switch(), "one JSON object per line");
    return options;
}

template <class Named>
std::string names_of(std::span<const Named> all) {
    std::string text;
    for (const Named& each : all) text += (text.empty() ? "" : ", ") + std::string(each.name);
    return text;
}

void print_list() {
    for (const bench::Measurement& each : bench::measurements()) {
        std::cout << std::left << std::setw(20) << each.name << each.summary << '\n';
    }
}

void print_help() {
    std::cout << "usage: quorate bench NAME [--profile rt|lan|wan|riaps] [--json]\n"
                 "       quorate bench --list\n\n"
                 "Takes one measurement beside its own baseline in the same run.\n\n"
              << bench_options();
}

double rounded(double value) {
    return std::round(value * 1000) / 1000;
}

void print_json(const bench::Figure& figure) {
    nlohmann::ordered_json line;
    line["name"] = figure.name;
    line["samples"] = figure.samples;
    const auto add = [&](const char* field, std::optional<double> value) {
        if (value) line[field] = rounded(*value);
    };
    add("p50_us", figure.p50_us);
    add("p99_us", figure.p99_us);
    add("max_us", figure.max_us);
    add("per_second", figure.per_second);
    add("resident_kib", figure.resident_kib);
    add("step_ns", figure.step_ns);
    add("allocations_per_entry", figure.allocations_per_entry);
    add("payload_allocations_per_entry", figure.payload_allocations_per_entry);
    add("baseline_allocations_per_entry", figure.baseline_allocations_per_entry);
    add("evicted", figure.evicted);
    add("by_state", figure.by_state);
    add("baseline_p50_us", figure.baseline_p50_us);
    add("baseline_per_second", figure.baseline_per_second);
    add("baseline_resident_kib", figure.baseline_resident_kib);
    add("ratio", figure.ratio());
    std::cout << line.dump() << std::endl;
}

void print_row(const bench::Figure& figure) {
    std::ostringstream row;
    row << std::fixed << figure.name << " (" << figure.samples << " samples)\n";
    const auto add = [&](const char* label, std::optional<double> value, int digits) {
        if (value) {
            row << "  " << label << ' ' << std::setw(11) << std::setprecision(digits) << *value;
        }
    };
    add("p50 us", figure.p50_us, 1);
    add("p99 us", figure.p99_us, 1);
    add("max us", figure.max_us, 1);
    add("per second", figure.per_second, 0);
    add("KiB", figure.resident_kib, 0);
    add("evicted", figure.evicted, 0);
    add("by state", figure.by_state, 0);
    add("ns a step", figure.step_ns, 1);
    add("allocations an entry", figure.allocations_per_entry, 3);
    add("and of its payload", figure.payload_allocations_per_entry, 3);
    row << '\n';
    add("p50 us", figure.baseline_p50_us, 1);
    add("per second", figure.baseline_per_second, 0);
    add("KiB", figure.baseline_resident_kib, 0);
    add("allocations an entry", figure.baseline_allocations_per_entry, 3);
    row << "   baseline: " << figure.baseline << '\n';
    add("ratio ", figure.ratio(), 2);
    std::cout << row.str() << std::endl;
}

int measure(const po::variables_map& map) {
    const std::string name = map.count("name") > 0 ? map["name"].as<std::string>() : "";
    const bench::Measurement* measurement = bench::find_measurement(name);
    if (measurement == nullptr) {
        complain("bench", "NAME must be one of " + names_of(bench::measurements()) + ", not " +
                              quoted(name));
        return exit_usage;
    }
    const std::string timing = map["profile"].as<std::string>();
    const bench::Profile* profile = bench::find_profile(timing);
    if (profile == nullptr) {
        complain("bench", "--profile takes one of " + names_of(bench::profiles()) + ", not " +
                              quoted(timing));
        return exit_usage;
    }
    try {
        measurement->run(*profile, map["json"].as<bool>() ? print_json : print_row);
    } catch (const bench::Failed& failed) {
        complain("bench", name + " could not be measured: " + failed.what());
        return exit_internal;
    }
    return exit_ok;
}

}  // namespace

int bench_command(const Arguments& arguments) {
    // Not for people: what the measurements start of this executable.
    if (!arguments.empty() && arguments.front() == "--worker") {
        return bench::run_worker({arguments.begin() + 1, arguments.end()});
    }
    po::options_description all = bench_options();
    all.add_options()("name", po::value<std::string>(), "");
    po::positional_options_description place;
    place.add("name", 1);
    po::variables_map map;
    try {
        map = read_command_line(arguments, all, place);
    } catch (const po::error& error) {
        complain("bench", error.what());
        return exit_usage;
    }
    if (map.count("help") > 0) {
        print_help();
        return exit_ok;
    }
    if (map.count("list") > 0) {
        print_list();
        return exit_ok;
    }
    return measure(map);
}

}  // namespace quorate::apps
