#include "tests/integration/net/peer_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/integration/net/node.h"

namespace quorate::net::test {

namespace {

std::string read_line(int fd) {
    std::string line;
    char letter = 0;
    while (read(fd, &letter, 1) == 1 && letter != '\n') line += letter;
    return line;
}

bool write_line(int fd, const std::string& line) {
    const std::string whole = line + "\n";
    return write(fd, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
}

[[noreturn]] void live(int from_test, int to_test) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    Context context;
    Node node(context);
    if (!write_line(to_test, node.endpoint())) _exit(1);
    node.send(read_line(from_test), "hello");
    while (true) node.turn(base::never);
}

}  // namespace

PeerProcess::PeerProcess() {
    int down[2];
    int up[2];
    if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("fork");
    if (pid_ == 0) live(down[0], up[1]);
    ::close(down[0]);
    ::close(up[1]);
    to_child_ = down[1];
    endpoint_ = read_line(up[0]);
    ::close(up[0]);
}

PeerProcess::~PeerProcess() {
    kill_it();
    ::close(to_child_);
}

void PeerProcess::greet(const std::string& whom) {
    if (!write_line(to_child_, whom)) throw std::runtime_error("the peer process is gone");
}

void PeerProcess::stop_it() {
    kill(pid_, SIGSTOP);
    waitpid(pid_, nullptr, WUNTRACED);
}

void PeerProcess::kill_it() {
    if (pid_ < 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

}  // namespace quorate::net::test
