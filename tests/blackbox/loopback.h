// Sockets of the test itself on the loopback interface.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace quorate::blackbox {

inline sockaddr_in loopback_address(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

/// A socket of `type` at a port (0: any that is free), listening if it is a stream; with one owner.
class Loopback {
public:
    explicit Loopback(int type, std::uint16_t port = 0, in_addr_t host = INADDR_LOOPBACK)
        : fd_(socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        const int one = 1;
        setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        setsockopt(fd_, SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
        sockaddr_in address = loopback_address(port);
        address.sin_addr.s_addr = htonl(host);
        bound_ = bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        if (type == SOCK_STREAM) bound_ = bound_ && listen(fd_, 64) == 0;
    }
    Loopback(const Loopback&) = delete;
    Loopback& operator=(const Loopback&) = delete;
    ~Loopback() { close(fd_); }

    int fd() const { return fd_; }
    bool bound() const { return bound_; }
    std::uint16_t port() const {
        sockaddr_in address{};
        socklen_t size = sizeof address;
        getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
        return ntohs(address.sin_port);
    }
    bool readable(int limit_ms) const {
        pollfd fd{fd_, POLLIN, 0};
        return poll(&fd, 1, limit_ms) > 0;
    }

private:
    int fd_;
    bool bound_ = false;
};

/// A port that nobody uses at the moment.
inline std::uint16_t free_port(int type) {
    return Loopback(type).port();
}

inline std::string endpoint_at(std::uint16_t port) {
    return "tcp://127.0.0.1:" + std::to_string(port);
}

}  // namespace quorate::blackbox
