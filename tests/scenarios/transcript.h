// A scenario file in pieces: prose, and commands with the lines that are expected under each.
//
//   The leader takes a command.          prose: anything that is not below
//
//   > propose A x                        a command: "> " at the start of a line
//       A  appends 2/t1 x                what it tells, indented by four, up to the next command
//                                        or an empty line
//
// Plain values; reads and writes nothing. Units: none. Errors: none, every text is a transcript.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::scenarios {

using Lines = std::vector<std::string>;

/// A command and what stands under it; or one line of prose (`is_command` false, `text` the line).
struct Piece {
    bool is_command = false;
    std::string text;  ///< without "> "
    Lines expected;    ///< without the indentation
    std::size_t line = 0;
};

std::vector<Piece> parse(std::string_view text);
/// The text again; parse and print are each other's inverse, up to the indentation of expectations.
std::string print(const std::vector<Piece>& pieces);

}  // namespace quorate::scenarios
