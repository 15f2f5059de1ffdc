// The options of `quorate member`, from the command line and a configuration file, checked.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "quorate/quorate.h"
#include "subcommand.h"

namespace quorate::apps {

struct MemberCommandOptions {
    std::string type;
    std::string instance;
    std::string name;  ///< empty: the library's default
    GroupSpec spec;
    MemberOptions member;
    std::optional<bool> vote;  ///< nothing: ask
    std::string metrics;       ///< HOST:PORT; empty: off
    bool json = false;
    bool hold = false;
};

std::variant<MemberCommandOptions, HelpWanted, BadUsage> parse_member_options(
    const Arguments& arguments);

/// What --help prints.
std::string member_help();

/// `quorate doctor` takes what `quorate member` takes, --group not required, and what it has to
/// hear.
struct DoctorCommandOptions {
    ExaminationOptions examination;
    bool json = false;
};
std::variant<DoctorCommandOptions, HelpWanted, BadUsage> parse_doctor_options(
    const Arguments& arguments);
std::string doctor_help();

}  // namespace quorate::apps
