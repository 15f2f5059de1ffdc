// A libzmq socket with one owner. The plain C interface, because it answers with values: nothing
// here throws. Included by the rooms of src/net alone.
#pragma once

#include <zmq.h>

#include <string>
#include <utility>

namespace quorate::net {

class ZmqSocket {
public:
    ZmqSocket() = default;
    /// Empty (false) when libzmq has none left to give; errno says why.
    ZmqSocket(void* context, int type) : socket_(zmq_socket(context, type)) { set(ZMQ_LINGER, 0); }
    ZmqSocket(ZmqSocket&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
    ZmqSocket& operator=(ZmqSocket&& other) noexcept {
        std::swap(socket_, other.socket_);
        return *this;
    }
    ZmqSocket(const ZmqSocket&) = delete;
    ZmqSocket& operator=(const ZmqSocket&) = delete;
    ~ZmqSocket() { close(); }

    explicit operator bool() const { return socket_ != nullptr; }
    void* get() const { return socket_; }

    void close() {
        if (socket_ != nullptr) zmq_close(socket_);
        socket_ = nullptr;
    }
    bool set(int option, int value) {
        return socket_ != nullptr && zmq_setsockopt(socket_, option, &value, sizeof value) == 0;
    }
    bool set(int option, std::int64_t value) {
        return socket_ != nullptr && zmq_setsockopt(socket_, option, &value, sizeof value) == 0;
    }
    bool set(int option, const std::string& value) {
        return socket_ != nullptr &&
               zmq_setsockopt(socket_, option, value.data(), value.size()) == 0;
    }

private:
    void* socket_ = nullptr;
};

/// An int option of any socket; `otherwise` if it can't be read (the context is being terminated).
inline int get_option(void* socket, int option, int otherwise) {
    int value = otherwise;
    std::size_t size = sizeof value;
    return zmq_getsockopt(socket, option, &value, &size) == 0 ? value : otherwise;
}

}  // namespace quorate::net
