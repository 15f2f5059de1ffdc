#include "tests/scenarios/commands.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace quorate::scenarios {

namespace {

using Ids = std::vector<MemberId>;

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// "A", "A,B", "*" (empty: everyone).
Ids parse_side(std::string_view text) {
    Ids ids;
    if (text == "*") return ids;
    std::istringstream in{std::string(text)};
    for (std::string name; std::getline(in, name, ',');) {
        const auto id = member_of(name);
        if (!id) throw ScriptError("no member can be called " + name);
        ids.push_back(*id);
    }
    return ids;
}

bool on(const Ids& side, MemberId id) {
    return side.empty() || std::find(side.begin(), side.end(), id) != side.end();
}

std::optional<Selects> parse_route(std::string_view word) {
    std::size_t arrow = word.find("->");
    if (arrow == std::string_view::npos) return std::nullopt;
    const bool both = arrow > 0 && word[arrow - 1] == '<';
    const Ids from = parse_side(word.substr(0, both ? arrow - 1 : arrow));
    const Ids to = parse_side(word.substr(arrow + 2));
    return [=](const Letter& letter) {
        return (on(from, letter.from) && on(to, letter.to)) ||
               (both && on(to, letter.from) && on(from, letter.to));
    };
}

bool is_kind(std::string_view word) {
    const std::vector<std::string_view> kinds{
        "append",         "append-reply", "vote",           "vote-reply",  "pre-vote",
        "pre-vote-reply", "snapshot",     "snapshot-reply", "timeout-now", "other"};
    return std::find(kinds.begin(), kinds.end(), word) != kinds.end();
}

Detail take_detail(Arguments& arguments, Detail otherwise) {
    if (arguments.accept("silent")) return Detail::silent;
    if (arguments.accept("brief")) return Detail::brief;
    if (arguments.accept("full")) return Detail::full;
    return otherwise;
}

}  // namespace

std::string Arguments::word(std::string_view what) {
    if (empty()) throw ScriptError(std::string(what) + " is missing");
    return words_[next_++];
}

bool Arguments::accept(std::string_view word) {
    if (empty() || words_[next_] != word) return false;
    ++next_;
    return true;
}

std::optional<MemberId> Arguments::accept_member() {
    const auto id = empty() ? std::nullopt : member_of(words_[next_]);
    if (id) ++next_;
    return id;
}

MemberId Arguments::member() {
    const auto id = accept_member();
    if (!id) throw ScriptError("the name of a member is missing");
    return *id;
}

std::vector<MemberId> Arguments::members() {
    return members_or({});
}

std::vector<MemberId> Arguments::members_or(std::vector<MemberId> otherwise) {
    Ids ids;
    while (const auto id = accept_member()) ids.push_back(*id);
    return ids.empty() ? otherwise : ids;
}

std::optional<std::uint64_t> Arguments::accept_number() {
    const auto number = empty() ? std::nullopt : parse_number<std::uint64_t>(words_[next_]);
    if (number) ++next_;
    return number;
}

std::uint64_t Arguments::number() {
    const auto number = accept_number();
    if (!number) throw ScriptError("a number is missing");
    return *number;
}

double Arguments::fraction() {
    const auto number = parse_number<double>(word("a number"));
    if (!number) throw ScriptError("that is no number");
    return *number;
}

Nanos Arguments::milliseconds() {
    return Nanos(static_cast<Nanos::rep>(number() * 1'000'000));
}

Selects Arguments::selection() {
    std::vector<std::string> kinds;
    std::vector<Selects> tests;
    for (; !empty(); ++next_) {
        const std::string& word = words_[next_];
        if (const auto route = parse_route(word)) {
            tests.push_back(*route);
        } else if (is_kind(word)) {
            kinds.push_back(word);
        } else if (const auto number = word.starts_with('#')
                                           ? parse_number<std::uint64_t>(word.substr(1))
                                           : std::nullopt) {
            tests.push_back([=](const Letter& letter) { return letter.number == *number; });
        } else {
            break;
        }
    }
    return [=](const Letter& letter) {
        const bool of_kind = kinds.empty() || std::find(kinds.begin(), kinds.end(),
                                                        kind_of(letter.message)) != kinds.end();
        return of_kind && std::all_of(tests.begin(), tests.end(),
                                      [&](const Selects& test) { return test(letter); });
    };
}

void Arguments::end() const {
    if (!empty()) throw ScriptError("nobody knows what to do with " + words_[next_]);
}

const std::vector<Command>& all_commands() {
    static const std::vector<Command> all = [] {
        std::vector<Command> commands;
        for (const auto& room :
             {member_commands(), leader_commands(), network_commands(), look_commands()}) {
            commands.insert(commands.end(), room.begin(), room.end());
        }
        return commands;
    }();
    return all;
}

Lines run_command(World& world, const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    Arguments arguments(std::move(words));
    world.story.detail = take_detail(arguments, Detail::full);
    world.tell_sends = true;
    const std::string name = arguments.word("the command");
    const auto& commands = all_commands();
    const auto command = std::find_if(commands.begin(), commands.end(),
                                      [&](const Command& known) { return known.name == name; });
    if (command == commands.end()) throw ScriptError("there is no command " + name);
    command->run(world, arguments);
    arguments.end();
    return world.story.take();
}

}  // namespace quorate::scenarios
