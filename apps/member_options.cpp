#include "member_options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "command_line.h"
#include "config_file.h"
#include "cpu_list.h"
#include "encoding.h"
#include "security_options.h"

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

struct Values {
    const po::variables_map& map;

    bool has(const std::string& option) const { return map.count(option) > 0; }
    std::string text(const std::string& option) const { return map[option].as<std::string>(); }
};

[[noreturn]] void refuse(const std::string& option, const std::string& what) {
    throw Unusable{"--" + option + " " + what};
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

po::options_description member_options() {
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
        ("kind", text("coordinated"), "coordinated: with a leader; default: membership and messages alone")
        ("size", text("3"), "how many members the group is deployed with, 1 to 1000")
        ("max-voters", text("7"), "seats: the most Raft voters, 1 to 15, odd")
        ("role", text("member"), "member, observer (no part in founding, no seat) or witness (a seat, no data)")
        ("listen", text("tcp://127.0.0.1:0"), "where to accept peers; port 0 picks one")
        ("advertise", none(), "what the others are told to connect to (default: what was bound)")
        ("seed", po::value<std::vector<std::string>>(), "a member to ask first; may be given many times")
        ("beacon", text("127.255.255.255:17670"), "UDP broadcast or multicast address to meet on, or off")
        ("beacon-interface", none(), "network interface of the beacon, by name (default: that of --listen)")
        ("profile", text("lan"), "timing: rt, lan, wan or riaps; the four options below win over it")
        ("heartbeat-ms", text("50"), "between the leader's signs of life")
        ("election-min-ms", text("150"), "shortest silence before an election")
        ("election-max-ms", text("300"), "longest silence before an election")
        ("peer-timeout-ms", text("1000"), "silence before a member is evicted")
        ("data-dir", none(), "durable members: not in this version")
        ("replay-from", none(), "durable members: not in this version")
        ("clock", text("realtime"), "the clock of timed actions: realtime, tai, or monotonic on one host")
        ("clock-error-us", none(), "that clock's error bound, instead of asking the kernel")
        ("refound-after-ms", text("10000"), "how long to stay in an incarnation without a quorum, or never")
        ("rt-policy", none(), "scheduling of the group's threads: other, fifo, rr (default: as started)")
        ("rt-priority", none(), "their real-time priority, 1 to 99; fifo unless --rt-policy says rr")
        ("cpus", none(), "processors they run on, as 0,2-3")
        ("lock-memory", po::bool_switch(), "keep the whole process in memory")
        ("vote", text("ask"), "answer every vote request with yes or no, or only when told: ask")
        ("metrics", text("off"), "HOST:PORT for Prometheus to ask at, /metrics; port 0 picks one; or off")
        ("log", text("off"), "to standard error: off, error, warning, info, debug, trace, or MODULE=LEVEL,...")
        ("config", none(), "any of the above as name = value lines, # before comments; the command line wins")
        ("json", po::bool_switch(), "events and replies as one JSON object per line")
        ("hold", po::bool_switch(), "stay when standard input closes");
    // clang-format on
    add_security_options(all);
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
    const std::string content = content_of(file);
    if (holds_placeholder(content)) {
        refuse("config", quoted(file) + ": " + placeholder_sentence);
    }
    try {
        po::store(parse_config(content, described), map);
    } catch (const po::error& error) {
        refuse("config", quoted(file) + ": " + error.what());
    }
}

void refuse_what_comes_later(const Values& values) {
    for (const char* option : {"data-dir", "replay-from"}) {
        if (values.has(option)) refuse(option, "durable members are not in this version");
    }
}

/// One of `now`; for one of `later`, a sentence that it is not in this version.
std::string choice_in(const Values& values, const std::string& option,
                      const std::vector<std::string>& all) {
    const std::string text = values.text(option);
    if (std::find(all.begin(), all.end(), text) != all.end()) return text;
    std::string choices;
    for (const std::string& choice : all) choices += (choices.empty() ? "" : ", ") + choice;
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

void take_timing(const Values& values, Timing& timing) {
    timing = *find_timing(choice_in(values, "profile", {"rt", "lan", "wan", "riaps"}));
    const auto take = [&](const std::string& option, Duration& time) {
        if (!values.map[option].defaulted()) time = milliseconds_in(values, option);
    };
    take("heartbeat-ms", timing.heartbeat);
    take("election-min-ms", timing.election_min);
    take("election-max-ms", timing.election_max);
    take("peer-timeout-ms", timing.peer_timeout);
}

void take_spec(const Values& values, GroupSpec& spec) {
    spec.size = static_cast<std::uint32_t>(number_in(values, "size", 1, 1000));
    spec.max_voters = static_cast<std::uint32_t>(number_in(values, "max-voters", 1, 15));
    const bool leaderless = choice_in(values, "kind", {"coordinated", "default"}) == "default";
    spec.kind = leaderless ? Kind::default_kind : Kind::coordinated;
    take_timing(values, spec.timing);
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
    if (values.has("beacon-interface")) member.beacon_interface = values.text("beacon-interface");
    check_by_library(member);
}

void take_security(const Values& values, Security& security) {
    if (const auto problem = load_security(values.map, security)) throw Unusable{*problem};
}

void take_clock(const Values& values, MemberOptions& member) {
    const std::string clock = choice_in(values, "clock", {"realtime", "tai", "monotonic"});
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

/// The same for all threads of the group.
void take_real_time(const Values& values, MemberOptions& member) {
    ThreadOptions threads;
    if (values.has("rt-priority")) {
        threads.policy = Scheduling::fifo;
        threads.priority = static_cast<int>(number_in(values, "rt-priority", 1, 99));
    }
    if (values.has("rt-policy")) {
        const std::string policy = choice_in(values, "rt-policy", {"other", "fifo", "rr"});
        threads.policy = policy == "rr"     ? Scheduling::rr
                         : policy == "fifo" ? Scheduling::fifo
                                            : Scheduling::other;
    }
    if (values.has("cpus")) {
        const auto cpus = parse_cpu_list(values.text("cpus"));
        if (!cpus) {
            refuse("cpus",
                   "takes processors by number, as 0,2-3, not " + quoted(values.text("cpus")));
        }
        threads.cpus = *cpus;
    }
    member.real_time = {.group = threads,
                        .io = threads,
                        .action = threads,
                        .lock_memory = values.map["lock-memory"].as<bool>()};
    check_by_library(member);
}

MemberCommandOptions check(const Values& values, bool group_required = true) {
    MemberCommandOptions options;
    refuse_what_comes_later(values);
    const std::string role = choice_in(values, "role", {"member", "observer", "witness"});
    options.member.role = role == "observer"  ? Role::observer
                          : role == "witness" ? Role::witness
                                              : Role::member;
    take_clock(values, options.member);
    if (group_required || values.has("group")) take_names(values, options);
    take_spec(values, options.spec);
    take_addresses(values, options.member);
    take_security(values, options.member.security);
    take_real_time(values, options.member);
    take_observability(values, options);
    const std::string vote = choice_in(values, "vote", {"yes", "no", "ask"});
    if (vote != "ask") options.vote = vote == "yes";
    options.json = values.map["json"].as<bool>();
    options.hold = values.map["hold"].as<bool>();
    return options;
}

/// Reads the command line and the file that it names, and lets `take` make of them what it will.
template <class Options, class Take>
std::variant<Options, HelpWanted, BadUsage> parse(const Arguments& arguments,
                                                  const po::options_description& described,
                                                  const Take& take) {
    return parse_options<Options>(arguments, described, [&](po::variables_map& map) {
        if (map.count("config") > 0) read_config(described, map);
        return take(Values{map});
    });
}

po::options_description describe_doctor() {
    po::options_description all = member_options();
    all.add_options()("expect", po::value<std::string>()->default_value("0"),
                      "how many others must be heard on the beacon within 5 s, 0 to 1000");
    return all;
}

}  // namespace

std::variant<MemberCommandOptions, HelpWanted, BadUsage> parse_member_options(
    const Arguments& arguments) {
    return parse<MemberCommandOptions>(arguments, member_options(),
                                       [](const Values& values) { return check(values); });
}

std::variant<DoctorCommandOptions, HelpWanted, BadUsage> parse_doctor_options(
    const Arguments& arguments) {
    return parse<DoctorCommandOptions>(arguments, describe_doctor(), [](const Values& values) {
        const MemberCommandOptions member = check(values, false);
        DoctorCommandOptions options;
        options.examination = {.member = member.member,
                               .expect_others = number_in(values, "expect", 0, 1000)};
        options.json = member.json;
        return options;
    });
}

std::string doctor_help() {
    std::ostringstream help;
    help << "usage: quorate doctor [OPTION...]\n\n"
            "Looks whether this machine and its network let a member live by these options, which\n"
            "are those of quorate member. Ends with exit code 1 if something is not well.\n\n"
         << describe_doctor();
    return help.str();
}

std::string member_help() {
    std::ostringstream help;
    help << "usage: quorate member --group TYPE.INSTANCE [OPTION...]\n\n"
            "Joins one group as one member, and stays until told to leave, until standard input\n"
            "closes, or until SIGINT or SIGTERM.\n\n"
         << member_options()
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
            "  resize N                  the group is deployed with N members from now on\n"
            "  leave\n";
    return help.str();
}

}  // namespace quorate::apps
