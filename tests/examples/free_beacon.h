// A place to meet of a test's own, so that tests that run side by side never do.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace quorate::blackbox {

/// The loopback's broadcast address with a port that the system says is free.
inline std::string free_beacon() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bind(fd, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    close(fd);
    return "127.255.255.255:" + std::to_string(ntohs(address.sin_port));
}

}  // namespace quorate::blackbox
