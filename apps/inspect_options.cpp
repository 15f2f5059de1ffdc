#include "inspect_options.h"

#include <boost/program_options.hpp>
#include <charconv>
#include <sstream>

#include "command_line.h"
#include "encoding.h"
#include "security_options.h"

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

constexpr std::int64_t longest_timeout_ms = 600'000;

po::options_description describe(const std::string& name) {
    po::options_description all("Options");
    const auto text = [](const char* shown) {
        return po::value<std::string>()->default_value(shown);
    };
    // clang-format off
    all.add_options()
        ("help,h", "print this")
        ("connect", po::value<std::string>(), "the member's endpoint, tcp://HOST:PORT (required)")
        ("group", po::value<std::string>(), "the group that it has to be in, as TYPE.INSTANCE (default: any)")
        ("listen", po::value<std::string>(), "where to hear the answer; the member must reach it\n(default: this machine's address towards the member)")
        ("timeout-ms", text("2000"), "how long to wait for an answer, 1 to 600000")
        ("json", po::bool_switch(), "JSON objects, one a line");
    // clang-format on
    add_security_options(all);
    if (name == "watch") {
        all.add_options()("interval-ms", text("200"), "between two looks, 50 to 600000");
    }
    return all;
}

Duration milliseconds_in(const po::variables_map& map, const std::string& option,
                         std::int64_t least) {
    const std::string text = map[option].as<std::string>();
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size() || number < least ||
        number > longest_timeout_ms) {
        throw Unusable{"--" + option + " takes a whole number from " + std::to_string(least) +
                       " to " + std::to_string(longest_timeout_ms) + ", not " + quoted(text)};
    }
    return std::chrono::milliseconds(number);
}

InspectCommandOptions check(const po::variables_map& map) {
    InspectCommandOptions options;
    if (map.count("connect") == 0) {
        throw Unusable{"--connect is required: the endpoint of a running member, tcp://HOST:PORT"};
    }
    options.inspector.endpoint = map["connect"].as<std::string>();
    if (map.count("listen") > 0) options.inspector.listen = map["listen"].as<std::string>();
    if (map.count("group") > 0) options.group = map["group"].as<std::string>();
    options.inspector.timeout = milliseconds_in(map, "timeout-ms", 1);
    if (map.count("interval-ms") > 0) options.interval = milliseconds_in(map, "interval-ms", 50);
    options.json = map["json"].as<bool>();
    if (auto problem = load_security(map, options.inspector.security)) throw Unusable{*problem};
    return options;
}

}  // namespace

std::variant<InspectCommandOptions, HelpWanted, BadUsage> parse_inspect_options(
    const std::string& name, const Arguments& arguments) {
    return parse_options<InspectCommandOptions>(arguments, describe(name), check);
}

std::string inspect_help(const std::string& name) {
    std::ostringstream help;
    help << "usage: quorate " << name << " --connect tcp://HOST:PORT [OPTION...]\n\n"
         << "Asks a running member, through its ordinary port, what it knows. Exit status: 0\n"
         << "answered; 64 bad usage; 69 no answer in time, or of another group.\n\n"
         << describe(name);
    return help.str();
}

}  // namespace quorate::apps
