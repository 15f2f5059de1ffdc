// Socket addresses, and file descriptors with an owner. Any thread; never blocks.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/endpoint.h"

namespace quorate::net {

using base::HostPort;

/// A socket address with its length.
struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    int family() const { return storage.ss_family; }
    const sockaddr_in& v4() const { return reinterpret_cast<const sockaddr_in&>(storage); }
    const sockaddr_in6& v6() const { return reinterpret_cast<const sockaddr_in6&>(storage); }
    /// The host in digits, without brackets.
    std::string host() const;
    std::uint16_t port() const {
        return ntohs(family() == AF_INET6 ? v6().sin6_port : v4().sin_port);
    }
    /// IPv6: the interface, by index, that a link-local address is to be taken on.
    void set_scope(unsigned interface) {
        reinterpret_cast<sockaddr_in6&>(storage).sin6_scope_id = interface;
    }
    bool operator==(const SocketAddress& other) const;
};

/// Digits only, so that nothing is asked of a name server; nothing for names.
std::optional<SocketAddress> numeric_address(const HostPort& where);

/// Of the socket's own end, and of the one it is connected to; nothing where there is none.
std::optional<SocketAddress> local_address(int socket);
std::optional<SocketAddress> remote_address(int socket);

/// A file descriptor with one owner.
class Fd {
public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Fd& operator=(Fd&& other) noexcept;
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    ~Fd();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

}  // namespace quorate::net
