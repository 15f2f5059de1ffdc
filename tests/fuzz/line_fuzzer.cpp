// What `quorate member` reads from standard input: bytes cut into lines, lines into commands.
#include <algorithm>
#include <vector>

#include "line_io.h"
#include "member_commands.h"
#include "tests/fuzz/fuzz.h"

namespace quorate::fuzz {
namespace {

using namespace apps;

constexpr std::size_t longest = 100;

/// The lines of `text`, added `piece` bytes at a time.
std::vector<LineSplitter::Line> lines_of(std::string_view text, std::size_t piece) {
    LineSplitter splitter(longest);
    std::vector<LineSplitter::Line> lines;
    while (!text.empty()) {
        const std::string part(text.substr(0, piece));
        text.remove_prefix(part.size());
        splitter.add(part.data(), part.size());
        while (auto line = splitter.next()) lines.push_back(std::move(*line));
    }
    if (auto line = splitter.rest()) lines.push_back(std::move(*line));
    return lines;
}

/// A command as a line again; nothing for what is none.
struct Spelling {
    std::string operator()(const command::Send& c) const { return "send " + c.text; }
    std::string operator()(const command::SendOrdered& c) const { return "send-ordered " + c.text; }
    std::string operator()(const command::SendToLeader& c) const { return "send-leader " + c.text; }
    std::string operator()(const command::SendToMember& c) const {
        return "send-member " + (c.to ? c.to->hex() : "-") + " " + c.text;
    }
    static std::string spell(Voting kind) {
        return kind == Voting::majority ? "majority " : "consensus ";
    }
    static std::string spell(Duration time) {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(time);
        require(ms.count() >= 1 && ms.count() <= 86'400'000, "times are bounded");
        return std::to_string(ms.count()) + " ";
    }
    std::string operator()(const command::RequestVote& c) const {
        return "request-vote " + spell(c.kind) + spell(c.timeout) + c.topic;
    }
    std::string operator()(const command::RequestAction& c) const {
        require(c.in > c.timeout, "the moment comes after the vote");
        return "request-action " + spell(c.kind) + spell(c.timeout) + spell(c.in) + c.topic;
    }
    std::string operator()(const command::Cancel& c) const { return "cancel " + c.poll.hex(); }
    std::string operator()(const command::Vote& c) const {
        return "vote " + c.poll.hex() + (c.yes ? " yes" : " no");
    }
    std::string operator()(const command::Status&) const { return "status"; }
    std::string operator()(const command::Transfer& c) const { return "transfer " + c.to.hex(); }
    std::string operator()(const command::Resize& c) const {
        return "resize " + std::to_string(c.size);
    }
    std::string operator()(const command::Leave&) const { return "leave"; }
    std::string operator()(const command::Bad& c) const {
        require(c.sentence.size() > 10, "what is bad about a command is told");
        return {};
    }
};

void check_command(const std::string& line) {
    require(first_word(line).size() <= 64, "a word is short");
    const MemberCommand command = parse_command(line);
    const std::string again = std::visit(Spelling{}, command);
    if (again.empty()) return;
    const MemberCommand reread = parse_command(again);
    require(reread.index() == command.index() && std::visit(Spelling{}, reread) == again,
            "a command is spelt the same");
}

}  // namespace
}  // namespace quorate::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace quorate::fuzz;
    Input input(data, size);
    const std::size_t piece = 1 + input.byte();
    const std::string_view text = text_of(data, size).substr(std::min<std::size_t>(size, 1));
    const auto lines = lines_of(text, piece);
    const auto at_once = lines_of(text, std::max<std::size_t>(text.size(), 1));
    require(lines.size() == at_once.size(), "lines don't depend on how the bytes came");
    for (std::size_t i = 0; i < lines.size(); ++i) {
        require(lines[i].text == at_once[i].text && lines[i].cut == at_once[i].cut,
                "lines don't depend on how the bytes came");
        require(lines[i].text.size() <= longest, "lines are cut at the bound");
        require(lines[i].text.find('\n') == std::string::npos, "a line is one line");
        check_command(lines[i].text);
    }
    return 0;
}
