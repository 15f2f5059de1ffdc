#include "bench/bare/socket.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/bench.h"

namespace quorate::bench::bare {

namespace {

[[noreturn]] void fail(const char* what) {
    throw Failed(std::string("bare libzmq can't ") + what + ": " + zmq_strerror(errno));
}

}  // namespace

Socket::Socket(Context& context, int type, int bound) : socket_(zmq_socket(context.get(), type)) {
    if (socket_ == nullptr) fail("open a socket");
    const int none = 0;
    const int reconnect_ms = 10;
    zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
    zmq_setsockopt(socket_, ZMQ_SNDHWM, &bound, sizeof bound);
    zmq_setsockopt(socket_, ZMQ_RCVHWM, &bound, sizeof bound);
    zmq_setsockopt(socket_, ZMQ_RECONNECT_IVL, &reconnect_ms, sizeof reconnect_ms);
}

Socket::~Socket() {
    if (socket_ != nullptr) zmq_close(socket_);
}

Socket::Socket(Socket&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}

void Socket::bind(const std::string& endpoint) {
    if (zmq_bind(socket_, endpoint.c_str()) != 0) fail("bind");
}

void Socket::connect(const std::string& endpoint) {
    if (zmq_connect(socket_, endpoint.c_str()) != 0) fail("connect");
}

void Socket::send(Message& message) {
    while (zmq_msg_send(message.raw(), socket_, 0) < 0) {
        if (errno != EINTR) fail("send");
    }
}

void Socket::send_byte(char byte) {
    Message message(1);
    message.data()[0] = byte;
    send(message);
}

void Socket::send_number(std::uint64_t number) {
    Message message(sizeof number);
    std::memcpy(message.data(), &number, sizeof number);
    send(message);
}

void Socket::receive(Message& into) {
    while (zmq_msg_recv(into.raw(), socket_, 0) < 0) {
        if (errno != EINTR) fail("receive");
    }
}

bool Socket::try_receive(Message& into) {
    while (zmq_msg_recv(into.raw(), socket_, ZMQ_DONTWAIT) < 0) {
        if (errno == EAGAIN) return false;
        if (errno != EINTR) fail("receive");
    }
    return true;
}

std::uint64_t number_in(Message& message) {
    std::uint64_t number = 0;
    if (message.size() < sizeof number) throw Failed("a baseline got a message too short");
    std::memcpy(&number, message.data(), sizeof number);
    return number;
}

void wait_for(std::initializer_list<const Socket*> sockets, int timeout_ms) {
    zmq_pollitem_t items[4] = {};
    int count = 0;
    for (const Socket* socket : sockets) items[count++] = {socket->get(), 0, ZMQ_POLLIN, 0};
    zmq_poll(items, count, timeout_ms);
}

}  // namespace quorate::bench::bare
