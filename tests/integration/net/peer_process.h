// A member's transport in a process of its own, which a test may stop and kill.
#pragma once

#include <sys/types.h>

#include <string>

namespace quorate::net::test {

/// Make it before any socket of the test's own: it forks, and only this thread goes along.
class PeerProcess {
public:
    PeerProcess();
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;
    ~PeerProcess();

    const std::string& endpoint() const { return endpoint_; }
    void greet(const std::string& whom);  ///< once: sends "hello" there, from its own process
    void stop_it();                       ///< SIGSTOP; returns when it stands still
    void kill_it();                       ///< SIGKILL; returns when it is gone

private:
    pid_t pid_ = -1;
    int to_child_ = -1;
    std::string endpoint_;
};

}  // namespace quorate::net::test
