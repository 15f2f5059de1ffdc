// quorate doctor: the options of `quorate member`, and whether this machine lets a member live by
// them.
#include <iostream>
#include <nlohmann/json.hpp>

#include "member_options.h"
#include "subcommand.h"

namespace quorate::apps {

namespace {

void print_json(const Finding& finding) {
    nlohmann::ordered_json line{
        {"check", finding.check}, {"verdict", to_string(finding.verdict)}, {"what", finding.what}};
    if (!finding.why.empty()) line["why"] = finding.why;
    if (!finding.advice.empty()) line["advice"] = finding.advice;
    std::cout << line.dump() << '\n';
}

void print_text(const Finding& finding) {
    std::cout << to_string(finding.verdict) << "  " << finding.check << ": " << finding.what
              << '\n';
    if (!finding.why.empty()) std::cout << "        " << finding.why << '\n';
    if (!finding.advice.empty()) std::cout << "        " << finding.advice << '\n';
}

}  // namespace

int doctor_command(const Arguments& arguments) {
    const auto parsed = parse_doctor_options(arguments);
    if (const auto* bad = std::get_if<BadUsage>(&parsed)) {
        complain("doctor", bad->sentence);
        return exit_usage;
    }
    const auto* options = std::get_if<DoctorCommandOptions>(&parsed);
    if (options == nullptr) {
        std::cout << doctor_help();
        return exit_ok;
    }
    bool well = true;
    for (const Finding& finding : examine(options->examination)) {
        if (options->json) {
            print_json(finding);
        } else {
            print_text(finding);
        }
        well &= finding.verdict != Verdict::failed;
    }
    return well ? exit_ok : exit_not_seen;
}

}  // namespace quorate::apps
