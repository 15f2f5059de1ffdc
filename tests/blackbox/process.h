// A child process that a test talks to by lines: give it commands, await its events, end it in any
// way.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace quorate::blackbox {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;
using Duration = std::chrono::milliseconds;

/// Generous: a test that passes never waits for it.
inline constexpr Duration patience{20'000};
/// For a story of many steps.
inline constexpr Duration long_patience{40'000};

class Process {
public:
    /// Runs the quorate executable.
    /// `network`: the namespace to run it in, by the name that iproute2 knows it by.
    explicit Process(const Arguments& arguments, const std::string& network = "");
    /// Runs another program, by its path.
    struct Program {
        std::string path;
        Arguments arguments;
    };
    explicit Process(const Program& program) : Process(program, "") {}
    /// Kills it if it still runs.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void write_line(const std::string& line) { write(line + "\n"); }
    void write(const std::string& bytes);
    /// True if the process stopped taking: not all of it in `limit`.
    bool write_until_full(const std::string& bytes, Duration limit);
    /// So that so many bytes may wait to be read, all at once.
    void widen_input(int bytes);
    void close_input();
    /// SIGSTOP: returns when it stands still.
    void send_signal(int signal);
    /// How many descriptors it has open.
    std::size_t descriptors() const;
    /// Its threads of that name, by number.
    std::vector<pid_t> threads(const std::string& name) const;
    /// The exit status; 128 + the signal's number if one ended it; nothing if it still runs.
    std::optional<int> await_exit(Duration limit = patience);
    /// As await_exit(), without reading its output meanwhile.
    std::optional<int> await_exit_unread(Duration limit);
    /// SIGKILL, and its end.
    void kill();

    /// The next line of standard output that satisfies `wanted`, skipping others; null without one
    /// in time. Lines are looked at once: later calls start after it.
    Json await(const std::function<bool(const Json&)>& wanted, Duration limit = patience);
    Json await_event(const std::string& event, Duration limit = patience);
    /// As await(), for lines that are not JSON.
    std::optional<std::string> await_line(const std::function<bool(const std::string&)>& wanted,
                                          Duration limit = patience);
    /// Whatever came until it closed its output, that no await() looked at. Call after
    /// await_exit().
    std::vector<Json> remaining_events();
    /// Waits for standard error to say `part`; what it said stays for errors().
    bool await_error(const std::string& part, Duration limit = patience);
    /// All of standard error; waits for its end.
    std::string errors();

private:
    Process(const Program& program, const std::string& network);
    std::optional<int> await_end(Duration limit, int reading);
    bool read_more(Duration limit);
    bool read_errors();
    std::optional<std::string> next_line();

    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    int errors_ = -1;
    std::string buffer_;
    std::size_t taken_ = 0;  ///< of buffer_
    std::string error_text_;
    bool output_ended_ = false;
    std::optional<int> status_;
};

/// How a process that was only to be started and to end did.
struct Ended {
    int status = -1;
    std::string output;
    std::string errors;
};
Ended run(const Arguments& arguments, const std::string& input = "");

}  // namespace quorate::blackbox
