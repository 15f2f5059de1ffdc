// quorate demo: options, signals, and the story.
#include <signal.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <charconv>
#include <iostream>
#include <optional>

#include "command_line.h"
#include "demo_story.h"
#include "encoding.h"
#include "ending_signals.h"
#include "subcommand.h"

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

po::options_description demo_options() {
    po::options_description all("Options");
    all.add_options()("help,h", "print this")(
        "members", po::value<std::string>()->default_value("5"), "how many members, 3 to 25")(
        "json", po::bool_switch(),
        "instead of the story, the events of all members as one JSON object per line");
    return all;
}

/// The number of members, if it is one that the story works with.
std::optional<std::size_t> parse_members(const std::string& text) {
    std::size_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (number < DemoStory::min_size || number > DemoStory::max_size) return std::nullopt;
    return number;
}

int play(std::size_t members, bool raw) {
    // What ends the demo ends its members first.
    const int signals = take_over_signals({SIGINT, SIGTERM, SIGHUP});
    std::string problem;
    {
        Stage stage(signals, raw);
        try {
            DemoStory story(stage, members,
                            raw ? DemoStory::Tell::raw_events : DemoStory::Tell::story);
            story.play();
        } catch (const NotSeen& not_seen) {
            problem = not_seen.sentence;
        }
        stage.flush();
    }
    close(signals);
    if (problem.empty()) return exit_ok;
    complain("demo", problem);
    return exit_not_seen;
}

}  // namespace

int demo_command(const Arguments& arguments) {
    const po::options_description described = demo_options();
    po::variables_map map;
    try {
        map = read_command_line(arguments, described);
    } catch (const po::too_many_positional_options_error&) {
        complain("demo", "all arguments are options of the form --name value; see --help");
        return exit_usage;
    } catch (const po::error& error) {
        complain("demo", error.what());
        return exit_usage;
    }
    if (map.count("help") > 0) {
        std::cout << "usage: quorate demo [OPTION...]\n\n"
                     "Starts members of a group as processes on this machine, and tells what they "
                     "do, up to\nthe leader's violent end and beyond. Exit code 0 only if every "
                     "step was seen to happen.\n\n"
                  << described;
        return exit_ok;
    }
    const std::string asked = map["members"].as<std::string>();
    const auto members = parse_members(asked);
    if (!members) {
        complain("demo", "--members takes a whole number from 3 to 25, not " + quoted(asked));
        return exit_usage;
    }
    return play(*members, map["json"].as<bool>());
}

}  // namespace quorate::apps
