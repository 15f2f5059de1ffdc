#include "net/link_monitor.h"

#include <sys/epoll.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>

namespace quorate::net {

namespace {

constexpr int watched_events =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

std::optional<Handshake> meaning_of(std::uint16_t event, std::int32_t value) {
    switch (event) {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            return Handshake::done;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            return Handshake::refused;
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
            if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
                return Handshake::other_mechanism;
            return Handshake::wrong_key;
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
            // Who is too slow may still be the right one: libzmq dials again by itself.
            if (value == EPIPE || value == ECONNRESET) return Handshake::broken_off;
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace

LinkMonitor::LinkMonitor(void* context, ZmqSocket& socket, int readiness)
    : watched_(socket.get()), readiness_(readiness) {
    static std::atomic<std::uint64_t> count{0};
    const std::string name = "inproc://quorate-link-" + std::to_string(++count);
    if (zmq_socket_monitor(watched_, name.c_str(), watched_events) != 0) return;
    ZmqSocket events(context, ZMQ_PAIR);
    // Without a bound, as in Inbox: at the bound libzmq's I/O thread would wait for this one.
    if (!events || !events.set(ZMQ_RCVHWM, 0) || zmq_connect(events.get(), name.c_str()) != 0) {
        zmq_socket_monitor(watched_, nullptr, 0);
        return;
    }
    fd_ = get_option(events.get(), ZMQ_FD, -1);
    epoll_event interest{};
    interest.events = EPOLLIN;
    epoll_ctl(readiness_, EPOLL_CTL_ADD, fd_, &interest);
    events_ = std::move(events);
    // A descriptor of libzmq tells of what comes after its socket was found empty.
    read();
}

// The monitor ends before its reader goes, as in Inbox. libzmq closes the descriptor later, by
// itself, when the number may long mean something else.
LinkMonitor::~LinkMonitor() {
    if (!events_) return;
    epoll_ctl(readiness_, EPOLL_CTL_DEL, fd_, nullptr);
    zmq_socket_monitor(watched_, nullptr, 0);
}

std::vector<Handshake> LinkMonitor::read() {
    std::vector<Handshake> happened;
    unsigned char event[6];
    char address[256];
    // Each event is two parts: a number of 16 bits and a value of 32, then the address.
    while (zmq_recv(events_.get(), event, sizeof event, ZMQ_DONTWAIT) >= 0) {
        zmq_recv(events_.get(), address, sizeof address, ZMQ_DONTWAIT);
        std::uint16_t kind = 0;
        std::int32_t value = 0;
        std::memcpy(&kind, event, sizeof kind);
        std::memcpy(&value, event + sizeof kind, sizeof value);
        if (const auto meaning = meaning_of(kind, value)) happened.push_back(*meaning);
    }
    return happened;
}

}  // namespace quorate::net
