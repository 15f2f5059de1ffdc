// The worker's end of the lines that Process speaks: commands from standard input, answers to
// standard output.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quorate::bench {

/// A command: its words.
using Words = std::vector<std::string>;
/// Throws Failed when there is no such word, or it is no number.
std::int64_t number_at(const Words& words, std::size_t place);

/// The same, or `otherwise` where there is no such word.
std::int64_t number_at(const Words& words, std::size_t place, std::int64_t otherwise);

class WorkerLines {
public:
    /// The next command, if one comes within `timeout_ms` (0: has come; -1: waits for ever). Ends
    /// the process when standard input has closed: nobody wants anything of it any more.
    std::optional<Words> next_command(int timeout_ms);
    /// One write a line: a reader never waits for the rest of it.
    static void say(const std::string& line);

private:
    std::optional<Words> take_line();
    std::string buffer_;
};

}  // namespace quorate::bench
