// The options of `quorate status`, `members`, `watch` and `elections`.
#pragma once

#include <string>
#include <variant>

#include "quorate/inspector.h"
#include "subcommand.h"

namespace quorate::apps {

struct InspectCommandOptions {
    InspectorOptions inspector;
    std::string group;    ///< empty: whichever it is
    Duration interval{};  ///< watch: between two looks
    bool json = false;
};

/// `name`: the subcommand's.
std::variant<InspectCommandOptions, HelpWanted, BadUsage> parse_inspect_options(
    const std::string& name, const Arguments& arguments);
/// What --help prints.
std::string inspect_help(const std::string& name);

}  // namespace quorate::apps
