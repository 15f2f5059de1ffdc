// A child process of this very executable, driven through pipes. It can't outlive its parent: the
// kernel kills it when the parent ends, however the parent ends.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace quorate::apps {

class DemoProcess {
public:
    /// Starts `quorate ARGUMENTS`. Throws std::system_error where the system refuses. Call it from
    /// the main thread: the kernel ties the child's life to the calling thread's.
    explicit DemoProcess(const std::vector<std::string>& arguments);
    /// Kills it if it still runs.
    ~DemoProcess();
    DemoProcess(const DemoProcess&) = delete;
    DemoProcess& operator=(const DemoProcess&) = delete;

    pid_t pid() const { return pid_; }
    /// What it writes to standard output; read it, until its end.
    int output() const { return output_; }
    /// Writes one line to its standard input; a process that has ended takes none.
    void write_line(const std::string& line);
    /// SIGKILL. Its output ends a moment later.
    void kill();
    /// Waits for its end and says how it went: "exit code 0", "signal 9". Call it once its output
    /// has ended.
    std::string wait();

private:
    pid_t pid_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string end_;  ///< empty until it was waited for
};

}  // namespace quorate::apps
