#include "net/address.h"

#include <netdb.h>
#include <unistd.h>

#include <cstring>
#include <utility>

namespace quorate::net {

std::string SocketAddress::host() const {
    char text[NI_MAXHOST] = {};
    if (getnameinfo(get(), length, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) return {};
    return text;
}

bool SocketAddress::operator==(const SocketAddress& other) const {
    if (family() != other.family()) return false;
    if (family() == AF_INET) {
        return v4().sin_port == other.v4().sin_port &&
               v4().sin_addr.s_addr == other.v4().sin_addr.s_addr;
    }
    return v6().sin6_port == other.v6().sin6_port &&
           std::memcmp(&v6().sin6_addr, &other.v6().sin6_addr, sizeof(in6_addr)) == 0;
}

std::optional<SocketAddress> numeric_address(const HostPort& where) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const std::string port = std::to_string(where.port);
    if (getaddrinfo(where.host.c_str(), port.c_str(), &hints, &found) != 0) return std::nullopt;
    SocketAddress result;
    std::memcpy(&result.storage, found->ai_addr, found->ai_addrlen);
    result.length = found->ai_addrlen;
    freeaddrinfo(found);
    return result;
}

namespace {

template <class Ask>
std::optional<SocketAddress> ask_for_address(Ask ask, int socket) {
    SocketAddress told;
    told.length = sizeof told.storage;
    if (ask(socket, reinterpret_cast<sockaddr*>(&told.storage), &told.length) != 0) {
        return std::nullopt;
    }
    return told;
}

}  // namespace

std::optional<SocketAddress> local_address(int socket) {
    return ask_for_address(getsockname, socket);
}

std::optional<SocketAddress> remote_address(int socket) {
    return ask_for_address(getpeername, socket);
}

Fd& Fd::operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Fd::~Fd() {
    if (fd_ >= 0) ::close(fd_);
}

}  // namespace quorate::net
