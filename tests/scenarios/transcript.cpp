#include "tests/scenarios/transcript.h"

#include <sstream>

namespace quorate::scenarios {

namespace {

constexpr std::string_view prompt = "> ";
constexpr std::string_view indentation = "    ";

std::string without_indentation(const std::string& line) {
    return line.starts_with(indentation) ? line.substr(indentation.size()) : line;
}

}  // namespace

std::vector<Piece> parse(std::string_view text) {
    std::vector<Piece> pieces;
    std::istringstream in{std::string(text)};
    std::string line;
    bool under_command = false;
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        if (line.starts_with(prompt)) {
            pieces.push_back({true, line.substr(prompt.size()), {}, number});
            under_command = true;
        } else if (under_command && !line.empty()) {
            pieces.back().expected.push_back(without_indentation(line));
        } else {
            pieces.push_back({false, line, {}, number});
            under_command = false;
        }
    }
    return pieces;
}

std::string print(const std::vector<Piece>& pieces) {
    std::string out;
    for (const Piece& piece : pieces) {
        if (piece.is_command) out += prompt;
        out += piece.text + "\n";
        for (const std::string& line : piece.expected) {
            out.append(indentation).append(line).append("\n");
        }
    }
    return out;
}

}  // namespace quorate::scenarios
