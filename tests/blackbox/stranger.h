// A stranger at a member's port: plain TCP, and as much of ZeroMQ's protocol (ZMTP 3.0, section
// "The ZMTP Handshake") as it takes to have frames delivered.
#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <string>

namespace quorate::blackbox {

class Stranger {
public:
    /// Connects to tcp://127.0.0.1:PORT.
    explicit Stranger(const std::string& endpoint)
        : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int port = std::stoi(endpoint.substr(endpoint.rfind(':') + 1));
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    Stranger(Stranger&& other) noexcept : fd_(other.fd_), connected_(other.connected_) {
        other.fd_ = -1;
    }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;
    Stranger& operator=(Stranger&&) = delete;
    ~Stranger() {
        if (fd_ >= 0) close(fd_);
    }

    bool connected() const { return connected_; }
    /// As much as the member takes; it may hang up.
    void write(const std::string& bytes) {
        std::size_t written = 0;
        while (written < bytes.size()) {
            const ssize_t taken =
                send(fd_, bytes.data() + written, bytes.size() - written, MSG_NOSIGNAL);
            if (taken <= 0) return;
            written += static_cast<std::size_t>(taken);
        }
    }

    /// What the other side says until it hangs up.
    std::string read_to_end() {
        std::string all;
        char bytes[4096];
        ssize_t size = 0;
        while ((size = recv(fd_, bytes, sizeof bytes, 0)) > 0) {
            all.append(bytes, static_cast<std::size_t>(size));
        }
        return all;
    }

    /// Becomes a ZeroMQ PUSH socket, without authentication, as the members are. Returns whether
    /// the member agreed, so that what follows is delivered.
    bool greet() {
        std::string greeting("\xff\0\0\0\0\0\0\0\x01\x7f\x03\0NULL", 16);
        greeting.resize(64, '\0');
        const std::string socket_type("\x0bSocket-Type\0\0\0\x04PUSH", 20);
        const std::string ready = "\x05READY" + socket_type;
        write(greeting + '\x04' + static_cast<char>(ready.size()) + ready);
        std::string answer;
        char bytes[256];
        ssize_t size = 0;
        while (answer.find("READY") == std::string::npos &&
               (size = recv(fd_, bytes, sizeof bytes, 0)) > 0) {
            answer.append(bytes, static_cast<std::size_t>(size));
        }
        return size > 0;
    }
    void send_frame(const std::string& body) {
        std::string size;
        for (int shift = 56; shift >= 0; shift -= 8) {
            size += static_cast<char>(body.size() >> shift);
        }
        write('\x02' + size + body);  // a long frame, the last of its message
    }

private:
    int fd_;
    bool connected_ = false;
};

inline std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
}

}  // namespace quorate::blackbox
