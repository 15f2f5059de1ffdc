// Plain TCP on the loopback interface, for tests: strangers that speak no ZMTP, and free ports.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>

#include <string>

#include "net/address.h"

namespace quorate::net::test {

inline Fd plain_listener(std::uint16_t port = 0) {
    Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const int one = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    const auto address = *numeric_address({"127.0.0.1", port});
    if (bind(fd.get(), address.get(), address.length) != 0) return Fd();
    if (listen(fd.get(), 16) != 0) return Fd();
    return fd;
}

inline std::uint16_t port_of(const Fd& fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

/// A port on which nobody listens at the moment.
inline std::uint16_t free_port() {
    return port_of(plain_listener());
}

inline std::string endpoint_at(std::uint16_t port) {
    return HostPort{"127.0.0.1", port}.endpoint();
}

inline Fd plain_client(const std::string& endpoint) {
    const auto address = *numeric_address(*base::parse_endpoint(endpoint));
    Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(fd.get(), address.get(), address.length) != 0) return Fd();
    return fd;
}

inline bool write_all(const Fd& fd, const std::string& bytes) {
    return ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
}

}  // namespace quorate::net::test
