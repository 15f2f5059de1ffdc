#include "member_commands.h"

#include <charconv>
#include <map>

namespace quorate::apps {

namespace {

constexpr std::size_t longest_word = 64;
constexpr std::string_view blanks = " \t\r";

/// What is left of a line, taken off word by word.
class Words {
public:
    explicit Words(std::string_view text) : text_(text) {}

    std::string_view next() {
        skip_blanks();
        const std::size_t end = std::min(text_.find_first_of(blanks), text_.size());
        const std::string_view word = text_.substr(0, end);
        text_.remove_prefix(end);
        return word;
    }
    /// All that follows the one blank after the last word, as it is: messages may hold blanks.
    std::string remaining_text() const {
        return std::string(text_.empty() ? text_ : text_.substr(1));
    }
    bool at_end() {
        skip_blanks();
        return text_.empty();
    }

private:
    void skip_blanks() {
        text_.remove_prefix(std::min(text_.find_first_not_of(blanks), text_.size()));
    }
    std::string_view text_;
};

template <class Sent>
MemberCommand parse_send(Words words) {
    std::string text = words.remaining_text();
    if (text.empty()) return command::Bad{"takes a text"};
    return Sent{std::move(text)};
}

MemberCommand parse_send_member(Words words) {
    const std::string_view to = words.next();
    const auto id = MemberId::from_hex(to);
    if (!id && to != "-") {
        return command::Bad{"takes a member's id of 32 hexadecimal digits, or -, and a text"};
    }
    std::string text = words.remaining_text();
    if (text.empty()) return command::Bad{"takes a text after the id"};
    return command::SendToMember{id, std::move(text)};
}

std::optional<Voting> read_kind(std::string_view word) {
    if (word == "majority") return Voting::majority;
    if (word == "consensus") return Voting::consensus;
    return std::nullopt;
}

/// 1 to `most`, and nothing behind it.
std::optional<std::int64_t> read_number(std::string_view word, std::int64_t most) {
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (problem != std::errc() || end != word.data() + word.size()) return std::nullopt;
    if (number < 1 || number > most) return std::nullopt;
    return number;
}

/// 1 ms to a day.
std::optional<Duration> read_milliseconds(std::string_view word) {
    const auto number = read_number(word, 86'400'000);
    if (!number) return std::nullopt;
    return std::chrono::milliseconds(*number);
}

MemberCommand parse_request_vote(Words words) {
    const auto kind = read_kind(words.next());
    const auto timeout = read_milliseconds(words.next());
    std::string topic = words.remaining_text();
    if (!kind || !timeout || topic.empty()) {
        return command::Bad{
            "takes majority or consensus, a timeout in milliseconds (1 to "
            "86400000), and a topic"};
    }
    return command::RequestVote{*kind, *timeout, std::move(topic)};
}

MemberCommand parse_request_action(Words words) {
    const auto kind = read_kind(words.next());
    const auto timeout = read_milliseconds(words.next());
    const auto in = read_milliseconds(words.next());
    std::string topic = words.remaining_text();
    if (!kind || !timeout || !in || *in <= *timeout || topic.empty()) {
        return command::Bad{
            "takes majority or consensus, the vote's timeout in milliseconds, a greater number of "
            "milliseconds until the moment (up to 86400000), and a topic"};
    }
    return command::RequestAction{*kind, *timeout, *in, std::move(topic)};
}

MemberCommand parse_cancel(Words words) {
    const auto poll = PollId::from_hex(words.next());
    if (!poll || !words.at_end()) {
        return command::Bad{"takes the action's id of 32 hexadecimal digits"};
    }
    return command::Cancel{*poll};
}

MemberCommand parse_vote(Words words) {
    const auto poll = PollId::from_hex(words.next());
    const std::string_view choice = words.next();
    if (!poll || (choice != "yes" && choice != "no") || !words.at_end()) {
        return command::Bad{"takes a poll's id of 32 hexadecimal digits, and yes or no"};
    }
    return command::Vote{*poll, choice == "yes"};
}

MemberCommand parse_transfer(Words words) {
    const auto to = MemberId::from_hex(words.next());
    if (!to || !words.at_end()) {
        return command::Bad{"takes a member's id of 32 hexadecimal digits"};
    }
    return command::Transfer{*to};
}

MemberCommand parse_resize(Words words) {
    const auto size = read_number(words.next(), GroupSpec::max_size);
    if (!size || !words.at_end()) return command::Bad{"takes the group's new size, 1 to 1000"};
    return command::Resize{static_cast<std::uint32_t>(*size)};
}

template <class Plain>
MemberCommand parse_plain(Words words) {
    if (!words.at_end()) return command::Bad{"takes nothing after it"};
    return Plain{};
}

using Parser = MemberCommand (*)(Words);
const std::map<std::string_view, Parser>& parsers() {
    static const std::map<std::string_view, Parser> all = {
        {"send", parse_send<command::Send>},
        {"send-ordered", parse_send<command::SendOrdered>},
        {"send-leader", parse_send<command::SendToLeader>},
        {"send-member", parse_send_member},
        {"request-vote", parse_request_vote},
        {"vote", parse_vote},
        {"status", parse_plain<command::Status>},
        {"transfer", parse_transfer},
        {"leave", parse_plain<command::Leave>},
        {"request-action", parse_request_action},
        {"cancel", parse_cancel},
        {"resize", parse_resize},
    };
    return all;
}

}  // namespace

MemberCommand parse_command(const std::string& line) {
    Words words(line);
    const std::string_view word = words.next();
    const auto parser = parsers().find(word);
    if (parser == parsers().end()) {
        return command::Bad{
            "there is no such command; there are send, send-ordered, send-leader, send-member, "
            "request-vote, request-action, cancel, vote, status, transfer, resize and leave"};
    }
    MemberCommand parsed = parser->second(words);
    if (auto* bad = std::get_if<command::Bad>(&parsed)) {
        bad->sentence = std::string(word) + " " + bad->sentence;
    }
    return parsed;
}

std::string first_word(std::string_view line) {
    return std::string(Words(line).next().substr(0, longest_word));
}

bool carries_message(std::string_view word) {
    return word.starts_with("send");
}

}  // namespace quorate::apps
