#include "bench/ports.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/bench.h"

namespace quorate::bench {

namespace {

Port bind_any(int socket) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket, plain, size) != 0 || getsockname(socket, plain, &size) != 0) {
        throw Failed("no free TCP port");
    }
    return ntohs(address.sin_port);
}

}  // namespace

std::vector<Port> find_free_ports(std::size_t count) {
    std::vector<int> sockets;  // all open until the end, so that no port comes twice
    std::vector<Port> ports;
    for (std::size_t i = 0; i < count; ++i) {
        sockets.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        ports.push_back(bind_any(sockets.back()));
    }
    for (const int each : sockets) close(each);
    return ports;
}

std::string loopback_endpoint(Port port) {
    return "tcp://127.0.0.1:" + std::to_string(port);
}

}  // namespace quorate::bench
