#include "net/inbox.h"

#include <net/if.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/recycling.h"
#include "net/address.h"
#include "net/resolver.h"

namespace quorate::net {

namespace {

/// Shorter frames are copied: libzmq cuts them out of a receive buffer of 8 KiB, which the smallest
/// of them would keep from being freed, for as long as an entry of it stays in the log.
constexpr std::size_t keep_from = 4096;
constexpr int monitor_events_per_turn = 256;

struct HeldMessage {
    zmq_msg_t message;
    ~HeldMessage() { zmq_msg_close(&message); }
};

/// The bytes of a message as a Payload; leaves the message empty or closed-over.
Payload take(zmq_msg_t& message) {
    const char* data = static_cast<const char*>(zmq_msg_data(&message));
    const std::size_t size = zmq_msg_size(&message);
    if (size < keep_from) {
        auto bytes =
            std::allocate_shared_for_overwrite<char[]>(base::RecyclingAllocator<char>{}, size);
        if (size > 0) std::memcpy(bytes.get(), data, size);
        const std::string_view view(bytes.get(), size);
        return Payload(view, std::move(bytes));
    }
    auto held = std::make_shared<HeldMessage>();
    zmq_msg_init(&held->message);
    zmq_msg_move(&held->message, &message);
    const std::string_view view(static_cast<const char*>(zmq_msg_data(&held->message)), size);
    return Payload(view, std::move(held));
}

Error cannot_bind(const std::string& listen, const char* why) {
    return {ErrorCode::cannot_bind, "can't listen on " + listen + ": " + why +
                                        "; choose another address or port with listen"};
}

/// libzmq binds to digits, to an interface by its name, and to all of them (*), but looks no host
/// up. Nothing: the host can't be resolved.
std::optional<HostPort> find_address(const HostPort& where) {
    const bool known_to_libzmq =
        where.host == "*" || numeric_address(where) || if_nametoindex(where.host.c_str()) != 0;
    if (known_to_libzmq) return where;
    const auto found = resolve_blocking(where.host);
    if (!found) return std::nullopt;
    return HostPort{found->host(), where.port};
}

}  // namespace

Result<> Inbox::open(void* context, const std::string& listen, const InboxLimits& limits,
                     const Curve* curve) {
    const auto where = base::parse_endpoint(listen);
    if (!where) {
        return Error{ErrorCode::bad_argument, "listen must be tcp://HOST:PORT, not " + listen};
    }
    const auto address = find_address(*where);
    if (!address) return cannot_bind(listen, "there is no such host or interface");
    frames_ = ZmqSocket(context, ZMQ_PULL);
    if (!frames_) return cannot_bind(listen, zmq_strerror(errno));
    frames_.set(ZMQ_RCVHWM, limits.waiting_frames);
    frames_.set(ZMQ_MAXMSGSIZE, static_cast<std::int64_t>(limits.frame_bytes));
    frames_.set(ZMQ_BACKLOG, 1024);
    // Whoever connects and says nothing, or vanishes without a word, does not stay for ever.
    frames_.set(ZMQ_HANDSHAKE_IVL, 5000);
    frames_.set(ZMQ_TCP_KEEPALIVE, 1);
    frames_.set(ZMQ_TCP_KEEPALIVE_IDLE, 30);
    frames_.set(ZMQ_TCP_KEEPALIVE_INTVL, 10);
    frames_.set(ZMQ_TCP_KEEPALIVE_CNT, 3);
    // Naming a domain makes libzmq turn away the old protocol versions, in which any bytes at all
    // are frames. In clear nobody answers in this domain, and without ZMQ_ZAP_ENFORCE_DOMAIN nobody
    // has to.
    frames_.set(ZMQ_ZAP_DOMAIN, std::string(Curve::zap_domain));
    if (curve != nullptr) {
        gate_.emplace(*curve);
        if (!curve->make_server(frames_)) return cannot_bind(listen, zmq_strerror(errno));
    }
    if (address->ipv6()) frames_.set(ZMQ_IPV6, 1);
    if (!watch(context)) return cannot_bind(listen, zmq_strerror(errno));
    return bind(listen, address->endpoint());
}

Result<> Inbox::bind(const std::string& listen, const std::string& address) {
    if (zmq_bind(frames_.get(), address.c_str()) != 0)
        return cannot_bind(listen, zmq_strerror(errno));
    char bound[256] = {};
    std::size_t size = sizeof bound;
    if (zmq_getsockopt(frames_.get(), ZMQ_LAST_ENDPOINT, bound, &size) != 0) {
        return cannot_bind(listen, zmq_strerror(errno));
    }
    bound_endpoint_ = bound;
    const auto where = base::parse_endpoint(bound_endpoint_);
    if (gate_ && where) gate_->listens_on(where->port);
    frames_fd_ = get_option(frames_.get(), ZMQ_FD, -1);
    monitor_fd_ = get_option(monitor_.get(), ZMQ_FD, -1);
    return Done{};
}

bool Inbox::watch(void* context) {
    static std::atomic<std::uint64_t> count{0};
    const std::string name = "inproc://quorate-monitor-" + std::to_string(++count);
    int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED;
    if (gate_) events |= ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    if (zmq_socket_monitor(frames_.get(), name.c_str(), events) != 0) return false;
    monitor_ = ZmqSocket(context, ZMQ_PAIR);
    // Without a bound, because at the bound libzmq would block its I/O thread until this one reads.
    // Two short events for each connection is all there is.
    monitor_.set(ZMQ_RCVHWM, 0);
    return monitor_ && zmq_connect(monitor_.get(), name.c_str()) == 0;
}

// The monitor ends before its reader goes: without one, libzmq's I/O thread would wait in sending
// the next event.
Inbox::~Inbox() {
    if (frames_) zmq_socket_monitor(frames_.get(), nullptr, 0);
    monitor_.close();
    frames_.close();
}

void Inbox::collect(bool frames_readable, bool monitor_readable, std::size_t max,
                    std::vector<io::TransportEvent>& out) {
    if (gate_) gate_->apply_changes();
    if (monitor_readable || monitor_waiting_) read_monitor(out);
    if (frames_readable || frames_waiting_ || connections_.closing()) read_frames(max, out);
    connections_.tell_closed(!frames_waiting_, out);
}

/// Each event is two parts: a number of 16 bits and a value of 32, then the address.
void Inbox::read_monitor(std::vector<io::TransportEvent>& out) {
    monitor_waiting_ = true;
    for (int count = 0; count < monitor_events_per_turn; ++count) {
        unsigned char event[6];
        char address[256];
        if (zmq_recv(monitor_.get(), event, sizeof event, ZMQ_DONTWAIT) < 0) {
            monitor_waiting_ = errno == EINTR;
            return;
        }
        zmq_recv(monitor_.get(), address, sizeof address, ZMQ_DONTWAIT);
        std::uint16_t kind = 0;
        std::int32_t value = -1;
        std::memcpy(&kind, event, sizeof kind);
        std::memcpy(&value, event + sizeof kind, sizeof value);
        take_monitor_event(kind, value, out);
    }
}

void Inbox::take_monitor_event(int kind, int value, std::vector<io::TransportEvent>& out) {
    if (kind == ZMQ_EVENT_ACCEPTED) {
        connections_.accepted(value);
    } else if (kind == ZMQ_EVENT_DISCONNECTED) {
        connections_.closed(value);
        if (gate_) gate_->closed(value);
    } else if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
        // Who dials with a wrong key is still looking for the right one; that is told by nobody.
        out.push_back(
            io::SecurityNotice{"refuses a connection in clear: start that process with --key too, "
                               "or this one without"});
    }
}

void Inbox::read_frames(std::size_t max, std::vector<io::TransportEvent>& out) {
    frames_waiting_ = true;
    zmq_msg_t message;
    zmq_msg_init(&message);
    for (std::size_t count = 0; count < max; ++count) {
        if (zmq_msg_recv(&message, frames_.get(), ZMQ_DONTWAIT) < 0) {
            // ETERM too means that nothing comes any more.
            frames_waiting_ = errno == EINTR;
            break;
        }
        const bool more = zmq_msg_more(&message) != 0;
        if (more || inside_parts_) {
            if (!more) ++dropped_.several_parts;
            inside_parts_ = more;
            continue;
        }
        const int fd = zmq_msg_get(&message, ZMQ_SRCFD);
        const Gate::Sender* sender =
            gate_ ? gate_->identify(zmq_msg_gets(&message, "User-Id"), fd) : nullptr;
        if (gate_ && sender == nullptr) {
            ++dropped_.unknown_key;
            continue;
        }
        io::FrameArrived frame;
        frame.connection = connections_.of(fd);
        frame.bytes = take(message);
        if (gate_ && !Gate::take_proof(*sender, frame)) {
            ++dropped_.garbage;
            continue;
        }
        out.push_back(std::move(frame));
    }
    zmq_msg_close(&message);
}

}  // namespace quorate::net
