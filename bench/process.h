// A process of this very executable, or of a program beside it, spoken with by lines.
//
//   Process node({"bench", "--worker", "bouncer", "4711"});
//   node.say("ping 100");
//   const std::string samples = node.expect("samples", 10s);   // what follows that word
//
// One thread. Waiting functions block up to their bound, and throw Failed when it passes or the
// process ends. The process is killed when its Process is destroyed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quorate::bench {

/// The path of that program in this executable's folder; throws Failed if there is none.
std::string program_beside(const std::string& name);

class Process {
public:
    explicit Process(const std::vector<std::string>& arguments,
                     const std::string& program = "/proc/self/exe");
    ~Process();
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void say(const std::string& line);
    /// Waits for a line that begins with `word`, takes it out of what was heard, and returns what
    /// follows the word.
    std::string expect(std::string_view word, std::chrono::nanoseconds within);
    /// Waits for the next line, whatever it says.
    std::string next_line(std::chrono::nanoseconds within);
    /// Forgets what it said until now.
    void forget();
    void signal(int number);
    pid_t pid() const { return pid_; }

private:
    std::optional<std::string> take_line(std::string_view word);
    /// Reads what has come, waiting for some until the deadline. False: the deadline passed.
    bool read_more(std::int64_t deadline_ns);
    void end();

    pid_t pid_ = -1;
    int input_ = -1;   ///< the process's standard input
    int output_ = -1;  ///< its standard output
    std::string partial_;
    std::deque<std::string> lines_;
};

}  // namespace quorate::bench
