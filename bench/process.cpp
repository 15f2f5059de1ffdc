#include "bench/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <utility>

#include "bench/bench.h"
#include "bench/stopwatch.h"

extern char** environ;

namespace quorate::bench {

namespace {

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Pipe open_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Failed("out of file descriptors");
    return {ends[0], ends[1]};
}

pid_t spawn(const std::string& program, const std::vector<std::string>& arguments, int input,
            int output) {
    std::vector<char*> argv;
    std::string name = "quorate";
    argv.push_back(name.data());
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    pid_t pid = -1;
    const int problem = posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0) throw Failed("no process can be started");
    return pid;
}

}  // namespace

std::string program_beside(const std::string& name) {
    const auto path = std::filesystem::read_symlink("/proc/self/exe").parent_path() / name;
    if (!std::filesystem::exists(path)) {
        throw Failed(path.string() + " is missing: build the target " + name);
    }
    return path.string();
}

Process::Process(const std::vector<std::string>& arguments, const std::string& program) {
    std::signal(SIGPIPE, SIG_IGN);
    const Pipe down = open_pipe();
    const Pipe up = open_pipe();
    input_ = down.write_end;
    output_ = up.read_end;
    pid_ = spawn(program, arguments, down.read_end, up.write_end);
    close(down.read_end);
    close(up.write_end);
}

Process::~Process() {
    end();
}

Process::Process(Process&& other) noexcept {
    *this = std::move(other);
}

Process& Process::operator=(Process&& other) noexcept {
    if (this == &other) return *this;
    end();
    pid_ = std::exchange(other.pid_, -1);
    input_ = std::exchange(other.input_, -1);
    output_ = std::exchange(other.output_, -1);
    partial_ = std::exchange(other.partial_, {});
    lines_ = std::exchange(other.lines_, {});
    return *this;
}

void Process::end() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    close(input_);
    close(output_);
    pid_ = -1;
}

void Process::signal(int number) {
    kill(pid_, number);
}

void Process::say(const std::string& line) {
    const std::string whole = line + '\n';
    if (write(input_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
        throw Failed("a process of the measurement has ended");
    }
}

std::string Process::expect(std::string_view word, std::chrono::nanoseconds within) {
    const std::int64_t deadline = monotonic_ns() + within.count();
    while (true) {
        if (auto line = take_line(word)) return *line;
        if (!read_more(deadline)) {
            throw Failed("a process of the measurement did not say \"" + std::string(word) +
                         "\" in time");
        }
    }
}

std::string Process::next_line(std::chrono::nanoseconds within) {
    const std::int64_t deadline = monotonic_ns() + within.count();
    while (lines_.empty()) {
        if (!read_more(deadline)) throw Failed("a process of the measurement said nothing in time");
    }
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    return line;
}

void Process::forget() {
    while (read_more(0)) {
    }
    lines_.clear();
}

std::optional<std::string> Process::take_line(std::string_view word) {
    const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const std::string& line) {
        return line.starts_with(word) && (line.size() == word.size() || line[word.size()] == ' ');
    });
    if (found == lines_.end()) return std::nullopt;
    std::string rest = found->substr(std::min(word.size() + 1, found->size()));
    lines_.erase(found);
    return rest;
}

bool Process::read_more(std::int64_t deadline_ns) {
    const std::int64_t left_ms = (deadline_ns - monotonic_ns() + 999'999) / 1'000'000;
    pollfd readable{output_, POLLIN, 0};
    const int ready = poll(&readable, 1, static_cast<int>(std::max<std::int64_t>(left_ms, 0)));
    if (ready < 0 && errno == EINTR) return true;
    if (ready <= 0) return false;
    char bytes[64 * 1024];
    const ssize_t size = read(output_, bytes, sizeof bytes);
    if (size <= 0) throw Failed("a process of the measurement has ended");
    const std::string_view read(bytes, static_cast<std::size_t>(size));
    std::size_t begin = 0;
    for (std::size_t end = read.find('\n'); end != read.npos; end = read.find('\n', begin)) {
        partial_ += read.substr(begin, end - begin);
        lines_.push_back(std::exchange(partial_, {}));
        begin = end + 1;
    }
    partial_ += read.substr(begin);
    return true;
}

}  // namespace quorate::bench
