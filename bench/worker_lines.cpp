#include "bench/worker_lines.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <sstream>

#include "bench/bench.h"

namespace quorate::bench {

std::int64_t number_at(const Words& words, std::size_t place) {
    std::int64_t number = 0;
    if (place >= words.size()) throw Failed("a number is missing in a command");
    const std::string& word = words[place];
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (problem != std::errc() || end != word.data() + word.size()) {
        throw Failed("a command has \"" + word + "\" where a number belongs");
    }
    return number;
}

std::int64_t number_at(const Words& words, std::size_t place, std::int64_t otherwise) {
    return place < words.size() ? number_at(words, place) : otherwise;
}

std::optional<Words> WorkerLines::take_line() {
    const std::size_t end = buffer_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::istringstream line(buffer_.substr(0, end));
    buffer_.erase(0, end + 1);
    Words words;
    for (std::string word; line >> word;) words.push_back(word);
    return words;
}

std::optional<Words> WorkerLines::next_command(int timeout_ms) {
    if (auto line = take_line()) return line;
    pollfd readable{STDIN_FILENO, POLLIN, 0};
    if (poll(&readable, 1, timeout_ms) <= 0) return std::nullopt;
    char bytes[4096];
    const ssize_t size = read(STDIN_FILENO, bytes, sizeof bytes);
    if (size == 0 || (size < 0 && errno != EINTR)) _exit(EXIT_SUCCESS);
    if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
    return take_line();
}

void WorkerLines::say(const std::string& line) {
    const std::string whole = line + '\n';
    std::size_t written = 0;
    while (written < whole.size()) {
        const ssize_t taken = write(STDOUT_FILENO, whole.data() + written, whole.size() - written);
        if (taken < 0 && errno != EINTR) _exit(EXIT_SUCCESS);
        if (taken > 0) written += static_cast<std::size_t>(taken);
    }
}

}  // namespace quorate::bench
