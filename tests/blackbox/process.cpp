#include "process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>

namespace quorate::blackbox {

namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
    int reading = -1;
    int writing = -1;
};

Pipe make_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe to be had");
    return {ends[0], ends[1]};
}

void close_once(int& fd) {
    if (fd >= 0) close(fd);
    fd = -1;
}

int left_until(Clock::time_point deadline) {
    const auto left = std::chrono::ceil<Duration>(deadline - Clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

/// The leak sanitizer looks at a process's threads as it ends, and remarks on one that ended first.
/// Nothing is wrong then, and the program said nothing.
std::string without_remarks_of_the_sanitizer(const std::string& text) {
    static const std::regex remark("==[0-9]+==Unable to get registers from thread [0-9]+\\.\n");
    return std::regex_replace(text, remark, "");
}

}  // namespace

Process::Process(const Arguments& arguments, const std::string& network)
    : Process(Program{.path = QUORATE_EXECUTABLE, .arguments = arguments}, network) {}

Process::Process(const Program& program, const std::string& network) {
    signal(SIGPIPE, SIG_IGN);  // writing to one that has ended is no matter
    const Pipe input = make_pipe();
    const Pipe output = make_pipe();
    const Pipe errors = make_pipe();
    std::vector<char*> argv{const_cast<char*>(program.path.c_str())};
    for (const std::string& argument : program.arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
        if (!network.empty()) {
            const int space = open(("/var/run/netns/" + network).c_str(), O_RDONLY | O_CLOEXEC);
            if (space < 0 || setns(space, CLONE_NEWNET) != 0) _exit(126);
        }
        dup2(input.reading, STDIN_FILENO);
        dup2(output.writing, STDOUT_FILENO);
        dup2(errors.writing, STDERR_FILENO);
        execv(program.path.c_str(), argv.data());
        _exit(127);
    }
    close(input.reading);
    close(output.writing);
    close(errors.writing);
    input_ = input.writing;
    output_ = output.reading;
    errors_ = errors.reading;
}

Process::~Process() {
    kill();
    close_input();
    close_once(output_);
    close_once(errors_);
}

void Process::write(const std::string& bytes) {
    std::size_t written = 0;
    while (written < bytes.size()) {
        const ssize_t taken = ::write(input_, bytes.data() + written, bytes.size() - written);
        if (taken < 0) return;
        written += static_cast<std::size_t>(taken);
    }
}

bool Process::write_until_full(const std::string& bytes, Duration limit) {
    const auto deadline = Clock::now() + limit;
    std::size_t written = 0;
    while (written < bytes.size()) {
        pollfd fd{input_, POLLOUT, 0};
        if (poll(&fd, 1, left_until(deadline)) <= 0) return true;
        const std::size_t piece = std::min<std::size_t>(bytes.size() - written, PIPE_BUF);
        const ssize_t taken = ::write(input_, bytes.data() + written, piece);
        if (taken < 0) return false;
        written += static_cast<std::size_t>(taken);
    }
    return false;
}

void Process::widen_input(int bytes) {
    EXPECT_GE(fcntl(input_, F_SETPIPE_SZ, bytes), bytes);
}

void Process::close_input() {
    close_once(input_);
}

std::size_t Process::descriptors() const {
    const std::filesystem::directory_iterator open("/proc/" + std::to_string(pid_) + "/fd");
    return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

std::vector<pid_t> Process::threads(const std::string& name) const {
    std::vector<pid_t> found;
    const std::filesystem::directory_iterator tasks("/proc/" + std::to_string(pid_) + "/task");
    for (const auto& task : tasks) {
        std::string comm;
        std::getline(std::ifstream(task.path() / "comm"), comm);
        if (comm == name) found.push_back(std::stoi(task.path().filename()));
    }
    return found;
}

void Process::send_signal(int signal) {
    ::kill(pid_, signal);
    if (signal != SIGSTOP) return;
    // Until then its threads may go on for a moment; what it has become stays there to be asked for.
    siginfo_t stopped;
    waitid(P_PID, static_cast<id_t>(pid_), &stopped, WSTOPPED | WEXITED | WNOWAIT);
}

std::optional<int> Process::await_exit(Duration limit) {
    return await_end(limit, output_);
}

std::optional<int> Process::await_exit_unread(Duration limit) {
    return await_end(limit, -1);
}

std::optional<int> Process::await_end(Duration limit, int reading) {
    const auto deadline = Clock::now() + limit;
    const int ended = status_ ? -1 : static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    while (!status_) {
        pollfd fds[] = {{ended, POLLIN, 0}, {output_ended_ ? -1 : reading, POLLIN, 0}};
        if (poll(fds, 2, left_until(deadline)) <= 0) break;
        if (fds[1].revents != 0) read_more(Duration(0));
        if (fds[0].revents == 0) continue;
        int status = 0;
        waitpid(pid_, &status, 0);
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (ended >= 0) close(ended);
    return status_;
}

void Process::kill() {
    if (status_) return;
    send_signal(SIGKILL);
    await_exit();
}

bool Process::read_more(Duration limit) {
    pollfd fd{output_, POLLIN, 0};
    if (output_ended_ || poll(&fd, 1, static_cast<int>(limit.count())) <= 0) return false;
    char bytes[16 * 1024];
    const ssize_t size = read(output_, bytes, sizeof bytes);
    if (size <= 0) output_ended_ = true;
    if (size > 0) buffer_.append(bytes, static_cast<std::size_t>(size));
    return size > 0;
}

std::optional<std::string> Process::next_line() {
    const std::size_t end = buffer_.find('\n', taken_);
    if (end == std::string::npos) {
        buffer_.erase(0, taken_);
        taken_ = 0;
        return std::nullopt;
    }
    std::string line = buffer_.substr(taken_, end - taken_);
    taken_ = end + 1;
    return line;
}

std::optional<std::string> Process::await_line(
    const std::function<bool(const std::string&)>& wanted, Duration limit) {
    const auto deadline = Clock::now() + limit;
    while (true) {
        while (auto line = next_line()) {
            if (wanted(*line)) return line;
        }
        const int left = left_until(deadline);
        if (!read_more(Duration(left)) && (left == 0 || output_ended_)) return std::nullopt;
    }
}

Json Process::await(const std::function<bool(const Json&)>& wanted, Duration limit) {
    Json found;
    await_line(
        [&](const std::string& line) {
            Json json = Json::parse(line, nullptr, false);
            EXPECT_TRUE(json.is_object()) << "not a JSON object: " << line;
            if (!json.is_object() || !wanted(json)) return false;
            found = std::move(json);
            return true;
        },
        limit);
    return found;
}

Json Process::await_event(const std::string& event, Duration limit) {
    return await([&](const Json& json) { return json["event"] == event; }, limit);
}

std::vector<Json> Process::remaining_events() {
    std::vector<Json> events;
    await(
        [&](const Json& json) {
            events.push_back(json);
            return false;
        },
        patience);
    return events;
}

bool Process::read_errors() {
    char bytes[4096];
    const ssize_t size = read(errors_, bytes, sizeof bytes);
    if (size > 0) error_text_.append(bytes, static_cast<std::size_t>(size));
    return size > 0;
}

std::string Process::errors() {
    while (read_errors()) {
    }
    return without_remarks_of_the_sanitizer(error_text_);
}

bool Process::await_error(const std::string& part, Duration limit) {
    const auto deadline = Clock::now() + limit;
    while (error_text_.find(part) == std::string::npos) {
        pollfd fd{errors_, POLLIN, 0};
        if (poll(&fd, 1, left_until(deadline)) <= 0 || !read_errors()) return false;
    }
    return true;
}

Ended run(const Arguments& arguments, const std::string& input) {
    Process process(arguments);
    process.write(input);
    process.close_input();
    Ended ended;
    process.await_line([&](const std::string& line) {
        ended.output += line + "\n";
        return false;
    });
    ended.status = process.await_exit().value_or(-1);
    ended.errors = process.errors();
    return ended;
}

}  // namespace quorate::blackbox
