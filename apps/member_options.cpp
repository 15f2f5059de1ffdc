#include "member_options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "command_line.h"

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

struct Values {
    const po::variables_map& map;

    bool has(const std::string& option) const { return map.count(option) > 0; }
    std::string text(const std::string& option) const { return map[option].as<std::string>(); }
};

/// Thrown inside of this file alone, to leave the middle of the checks.
struct Unusable {
    std::string sentence;
};

[[noreturn]] void refuse(const std::string& option, const std::string& what) {
    throw Unusable{"--" + option + " " + what};
}

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

std::optional<std::uint64_t> parse_number(const std::string& text) {
    std::uint64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::uint64_t number_in(const Values& values, const std::string& option, std::uint64_t low,
                        std::uint64_t high) {
    const std::string text = values.text(option);
    const auto number = parse_number(text);
    if (!number || *number < low || *number > high) {
        refuse(option, "takes a whole number from " + std::to_string(low) + " to " +
                           std::to_string(high) + ", not " + quoted(text));
    }
    return *number;
}

constexpr std::uint64_t longest_ms = std::uint64_t{365} * 24 * 3600 * 1000;

Duration milliseconds_in(const Values& values, const std::string& option) {
    return std::chrono::milliseconds(number_in(values, option, 1, longest_ms));
}

po::options_description describe() {
    po::options_description all("Options");
    const auto text = [](const char* shown) {
        return po::value<std::string>()->default_value(shown);
    };
    const auto none = [] { return po::value<std::string>(); };
    // clang-format off
    all.add_options()
        ("help,h", "print this")
        ("group", none(), "the group, as TYPE.INSTANCE (required)")
        ("name", none(), "the component's name, shown to the others (default: host name and process id)")
        ("kind", text("coordinated"), "coordinated: with a leader; default: not in this version")
        ("size", text("3"), "how many members the group is deployed with, 1 to 1000")
        ("max-voters", text("7"), "seats: the most Raft voters, 1 to 15, odd")
        ("role", text("member"), "member, observer (no part in founding, no seat) or witness (a seat, no data)")
        ("listen", text("tcp://127.0.0.1:0"), "where to accept peers; port 0 picks one")
        ("advertise", none(), "what the others are told to connect to (default: what was bound)")
        ("seed", po::value<std::vector<std::string>>(), "a member to ask first; may be given many times")
        ("beacon", text("127.255.255.255:17670"), "UDP broadcast or multicast address to meet on, or off")
        ("heartbeat-ms", text("50"), "between the leader's signs of life")
        ("election-min-ms", text("150"), "shortest silence before an election")
        ("election-max-ms", text("300"), "longest silence before an election")
        ("peer-timeout-ms", text("1000"), "silence before a member is evicted")
        ("data-dir", none(), "durable members: not in this version")
        ("replay-from", none(), "durable members: not in this version")
        ("clock", text("realtime"), "the clock of timed actions: realtime, tai, or monotonic on one host")
        ("clock-error-us", none(), "that clock's error bound, instead of asking the kernel")
        ("refound-after-ms", text("10000"), "how long to stay in an incarnation without a quorum, or never")
        ("vote", text("ask"), "answer every vote request with yes or no, or only when told: ask")
        ("key", none(), "CURVE: not in this version")
        ("authorized-keys", none(), "CURVE: not in this version")
        ("metrics", text("off"), "HOST:PORT for Prometheus to ask at, /metrics; port 0 picks one; or off")
        ("log", text("off"), "to standard error: off, error, warning, info, debug, trace, or MODULE=LEVEL,...")
        ("config", none(), "any of the above as name = value lines; the command line wins")
        ("json", po::bool_switch(), "events and replies as one JSON object per line")
        ("hold", po::bool_switch(), "stay when standard input closes");
    // clang-format on
    return all;
}

/// All of a file that is no directory and ends before long; /dev/zero is a file too.
std::string content_of(const std::string& file) {
    constexpr std::size_t most = 1 << 20;
    std::ifstream stream(file, std::ios::binary);
    std::string content(most + 1, '\0');
    if (!stream || std::filesystem::is_directory(file)) {
        refuse("config", quoted(file) + " can't be read");
    }
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > most) refuse("config", quoted(file) + " is longer than 1 MiB");
    return content;
}

void read_config(const po::options_description& described, po::variables_map& map) {
    const std::string file = map["config"].as<std::string>();
    std::istringstream lines(content_of(file));
    if (holds_placeholder(lines.str())) {
        refuse("config", quoted(file) + ": " + placeholder_sentence);
    }
    try {
        po::store(po::parse_config_file(lines, described), map);
    } catch (const po::error& error) {
        refuse("config", quoted(file) + ": " + error.what());
    }
}

void refuse_what_comes_later(const Values& values) {
    for (const char* option : {"data-dir", "replay-from"}) {
        if (values.has(option)) refuse(option, "durable members are not in this version");
    }
    for (const char* option : {"key", "authorized-keys"}) {
        if (values.has(option)) refuse(option, "CURVE is not in this version");
    }
}

/// One of `now`; for one of `later`, a sentence that it is not in this version.
std::string choice_in(const Values& values, const std::string& option,
                      const std::vector<std::string>& now, const std::vector<std::string>& later) {
    const std::string text = values.text(option);
    if (std::find(now.begin(), now.end(), text) != now.end()) return text;
    if (std::find(later.begin(), later.end(), text) != later.end()) {
        refuse(option, quoted(text) + " is not in this version");
    }
    std::string choices;
    for (const std::string& choice : now) choices += (choices.empty() ? "" : ", ") + choice;
    refuse(option, "takes " + choices + ", not " + quoted(text));
}

void take_names(const Values& values, MemberCommandOptions& options) {
    if (!values.has("group")) refuse("group", "is required, as TYPE.INSTANCE");
    const std::string group = values.text("group");
    const std::size_t dot = group.find('.');
    options.type = group.substr(0, dot);
    options.instance = dot == std::string::npos ? "" : group.substr(dot + 1);
    if (find_problem_in_name(options.type) || find_problem_in_name(options.instance)) {
        refuse("group",
               "takes TYPE.INSTANCE, each 1 to 64 letters, digits, _ or -, not " + quoted(group));
    }
    if (values.has("name") && values.text("name").empty()) refuse("name", "must not be empty");
    if (values.has("name")) options.name = values.text("name");
}

/// What the library takes or refuses by itself, in sentences that name the options, is not checked
/// here.
template <class Checked>
void check_by_library(const Checked& checked) {
    if (const auto problem = find_problem(checked)) throw Unusable{problem->message};
}

void take_spec(const Values& values, GroupSpec& spec) {
    spec.size = static_cast<std::uint32_t>(number_in(values, "size", 1, 1000));
    spec.max_voters = static_cast<std::uint32_t>(number_in(values, "max-voters", 1, 15));
    spec.timing = {.heartbeat = milliseconds_in(values, "heartbeat-ms"),
                   .election_min = milliseconds_in(values, "election-min-ms"),
                   .election_max = milliseconds_in(values, "election-max-ms"),
                   .peer_timeout = milliseconds_in(values, "peer-timeout-ms")};
    spec.refound_after = std::nullopt;
    if (values.text("refound-after-ms") != "never") {
        spec.refound_after = milliseconds_in(values, "refound-after-ms");
    }
    check_by_library(spec);
}

void take_addresses(const Values& values, MemberOptions& member) {
    member.listen = values.text("listen");
    if (values.has("advertise")) member.advertise = values.text("advertise");
    if (values.has("seed")) member.seeds = values.map["seed"].as<std::vector<std::string>>();
    member.beacon = values.text("beacon");
    if (member.beacon.empty()) refuse("beacon", "takes HOST:PORT or off");
    if (member.beacon == "off") member.beacon.clear();
    check_by_library(member);
}

void take_clock(const Values& values, MemberOptions& member) {
    const std::string clock = choice_in(values, "clock", {"realtime", "tai", "monotonic"}, {});
    member.clock = clock == "tai"         ? ActionClock::tai
                   : clock == "monotonic" ? ActionClock::monotonic
                                          : ActionClock::realtime;
    if (values.has("clock-error-us")) {
        member.clock_error =
            std::chrono::microseconds(number_in(values, "clock-error-us", 0, 3'600'000'000));
    }
}

void take_observability(const Values& values, MemberCommandOptions& options) {
    options.metrics = values.text("metrics");
    if (options.metrics == "off") options.metrics.clear();
    const auto levels = parse_log_levels(values.text("log"));
    if (!levels) refuse("log", "is unusable: " + levels.error().message);
    options.member.log.levels = *levels;
}

MemberCommandOptions check(const Values& values) {
    MemberCommandOptions options;
    refuse_what_comes_later(values);
    choice_in(values, "kind", {"coordinated"}, {"default"});
    const std::string role = choice_in(values, "role", {"member", "observer", "witness"}, {});
    options.member.role = role == "observer"  ? Role::observer
                          : role == "witness" ? Role::witness
                                              : Role::member;
    take_clock(values, options.member);
    take_names(values, options);
    take_spec(values, options.spec);
    take_addresses(values, options.member);
    take_observability(values, options);
    const std::string vote = choice_in(values, "vote", {"yes", "no", "ask"}, {});
    if (vote != "ask") options.vote = vote == "yes";
    options.json = values.map["json"].as<bool>();
    options.hold = values.map["hold"].as<bool>();
    return options;
}

}  // namespace

std::variant<MemberCommandOptions, HelpWanted, BadUsage> parse_member_options(
    const Arguments& arguments) {
    const po::options_description described = describe();
    try {
        po::variables_map map = read_command_line(arguments, described);
        if (map.count("help") > 0) return HelpWanted{};
        if (map.count("config") > 0) read_config(described, map);
        return check(Values{map});
    } catch (const Unusable& unusable) {
        return BadUsage{unusable.sentence};
    } catch (const po::too_many_positional_options_error&) {
        return BadUsage{"all arguments are options of the form --name value; see --help"};
    } catch (const po::error& error) {
        return BadUsage{error.what()};
    }
}

std::string member_help() {
    std::ostringstream help;
    help << "usage: quorate member --group TYPE.INSTANCE [OPTION...]\n\n"
            "Joins one group as one member, and stays until told to leave, until standard input\n"
            "closes, or until SIGINT or SIGTERM.\n\n"
         << describe()
         << "\nCommands, one a line on standard input:\n"
            "  send TEXT                 to every member\n"
            "  send-ordered TEXT         to every member, in one order for all\n"
            "  send-leader TEXT          to the leader\n"
            "  send-member ID TEXT       to one member; ID - is the sender of the last direct "
            "message\n"
            "  request-vote majority|consensus TIMEOUT_MS TOPIC\n"
            "  request-action majority|consensus TIMEOUT_MS IN_MS TOPIC\n"
            "                            act together, IN_MS from now\n"
            "  cancel POLL               call an action off\n"
            "  vote POLL yes|no\n"
            "  status\n"
            "  transfer ID               hand leadership on\n"
            "  leave\n";
    return help.str();
}

}  // namespace quorate::apps
