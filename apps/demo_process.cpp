#include "demo_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace quorate::apps {

namespace {

struct Pipe {
    int read_end = -1;
    int write_end = -1;
};

Pipe open_pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        throw std::system_error(errno, std::generic_category(), "no pipe");
    }
    return {ends[0], ends[1]};
}

constexpr int cannot_run = 127;

/// In the child, between fork and exec.
[[noreturn]] void become_member(char* const* argv, const Pipe& input, const Pipe& output,
                                pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(cannot_run);  // it ended before the line above
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    if (dup2(input.read_end, STDIN_FILENO) < 0 || dup2(output.write_end, STDOUT_FILENO) < 0) {
        _exit(cannot_run);
    }
    execv("/proc/self/exe", argv);
    _exit(cannot_run);
}

}  // namespace

DemoProcess::DemoProcess(const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {"quorate"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);

    const Pipe input = open_pipe();
    const Pipe output = open_pipe();
    input_ = input.write_end;
    output_ = output.read_end;
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ == 0) become_member(argv.data(), input, output, parent);
    close(input.read_end);
    close(output.write_end);
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "no process");
}

DemoProcess::~DemoProcess() {
    kill();
    wait();
    close(input_);
    close(output_);
}

void DemoProcess::write_line(const std::string& line) {
    const std::string text = line + '\n';
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t taken = write(input_, text.data() + written, text.size() - written);
        if (taken < 0 && errno != EINTR) return;  // it has ended, which its output tells
        if (taken > 0) written += static_cast<std::size_t>(taken);
    }
}

void DemoProcess::kill() {
    if (end_.empty()) ::kill(pid_, SIGKILL);
}

std::string DemoProcess::wait() {
    if (!end_.empty()) return end_;
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0) {
        if (errno != EINTR) return end_ = "an unknown end";
    }
    end_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                               : "exit code " + std::to_string(WEXITSTATUS(status));
    return end_;
}

}  // namespace quorate::apps
