#include "net/links.h"

#include <sys/epoll.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "io/monotonic_clock.h"

namespace quorate::net {

namespace {

/// From here on handing over the owner is cheaper than copying the bytes.
constexpr std::size_t share_from = 1024;
/// A link that took nothing for so long is made anew.
constexpr base::Nanos stuck_after = std::chrono::seconds(5);
/// … but not more often than this.
constexpr base::Nanos revive_pause = std::chrono::milliseconds(100);
/// How long a dial on a network for real-time control may take.
constexpr base::Nanos answered_within = std::chrono::milliseconds(100);
/// How often the resolver is asked whether a name has moved.
constexpr base::Nanos ask_again_after = std::chrono::seconds(1);

/// How long what was said last may still be on its way.
constexpr int close_linger_ms = 1000;

void release_owner(void*, void* hint) {
    delete static_cast<std::shared_ptr<const void>*>(hint);
}

}  // namespace

bool Links::fill(zmq_msg_t& message, const Payload& frame) const {
    const std::string_view bytes = frame.view();
    if (curve_ != nullptr) {
        // Encrypting copies the bytes anyway, so that sharing them would save little.
        const DeploymentProof& proof = curve_->own_proof();
        if (zmq_msg_init_size(&message, bytes.size() + proof.size()) != 0) return false;
        char* data = static_cast<char*>(zmq_msg_data(&message));
        if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
        std::memcpy(data + bytes.size(), proof.data(), proof.size());
        return true;
    }
    if (bytes.size() >= share_from && frame.owner() != nullptr) {
        auto holder = std::make_unique<std::shared_ptr<const void>>(frame.owner());
        // libzmq only reads what it is given to send.
        void* data = const_cast<char*>(bytes.data());
        if (zmq_msg_init_data(&message, data, bytes.size(), release_owner, holder.get()) != 0) {
            return false;
        }
        holder.release();
        return true;
    }
    if (zmq_msg_init_size(&message, bytes.size()) != 0) return false;
    if (!bytes.empty()) std::memcpy(zmq_msg_data(&message), bytes.data(), bytes.size());
    return true;
}

Links::Links(void* context, const LinkLimits& limits, Resolver& resolver, const Curve* curve)
    : context_(context), limits_(limits), resolver_(resolver), curve_(curve) {
    handshakes_ = Fd(epoll_create1(EPOLL_CLOEXEC));
    if (curve_ == nullptr) return;
    generation_ = curve_->ring().generation();
    keys_ = curve_->ring().keys();
}

bool Links::send(const std::string& endpoint, const Payload& frame) {
    if (frame.size() > limits_.frame_bytes) return false;
    Link* link = find_or_open(endpoint);
    if (link == nullptr) return false;
    const base::Nanos now = io::read_monotonic();
    if (link->by_name && now >= link->follow_name_at) follow_name(*link, now);
    if (!link->open) return hold(*link, frame);
    Pushed pushed = push(*link, frame, now);
    if (pushed == Pushed::full && is_dead(*link, now)) {
        if (!connect(*link, SocketAddress(link->connected_to), now)) return false;
        if (!link->open) return hold(*link, frame);
        pushed = push(*link, frame, now);
    }
    return pushed == Pushed::yes;
}

bool Links::hold(Link& link, const Payload& frame) const {
    if (link.waiting.size() >= limits_.link_messages) return false;
    link.waiting.push_back(frame);
    return true;
}

void Links::flush(Link& link, base::Nanos now) {
    while (!link.waiting.empty() && push(link, link.waiting.front(), now) == Pushed::yes) {
        link.waiting.pop_front();
    }
}

Links::Link* Links::find_or_open(const std::string& endpoint) {
    const auto found = links_.find(endpoint);
    if (found != links_.end()) return &found->second;
    const auto where = base::parse_endpoint(endpoint);
    if (!where || where->port == 0 || links_.size() >= limits_.links) return nullptr;

    Link link;
    link.where = *where;
    link.by_name = !numeric_address(*where).has_value();
    const auto told = told_keys_.find(endpoint);
    if (told != told_keys_.end()) link.search.hint(told->second);
    if (!link.by_name && !connect(link, *numeric_address(*where), io::read_monotonic())) {
        return nullptr;
    }
    return &links_.emplace(endpoint, std::move(link)).first->second;
}

/// True also where there is no key to dial with at the moment: frames wait for one.
bool Links::connect(Link& link, const SocketAddress& address, base::Nanos now) {
    link.connected_to = address;
    ZmqSocket socket(context_, ZMQ_PUSH);
    if (!socket) return false;
    set_dialling(socket);
    std::unique_ptr<LinkMonitor> monitor;
    if (curve_ != nullptr && !secure(link, socket, monitor, now)) return true;
    if (curve_ == nullptr) {
        monitor = std::make_unique<LinkMonitor>(context_, socket, handshakes_.get());
    }
    HostPort digits{address.host(), link.where.port};
    if (digits.ipv6()) socket.set(ZMQ_IPV6, 1);
    if (zmq_connect(socket.get(), digits.endpoint().c_str()) != 0) return false;

    hang_up(link);
    link.monitor = std::move(monitor);
    link.socket = std::move(socket);
    link.open = curve_ == nullptr;
    link.accepted = 0;
    link.opened = link.last_accepted = now;
    link.dial_anew_at = base::never;
    if (link.open) flush(link, now);
    return true;
}

void Links::set_dialling(ZmqSocket& socket) const {
    socket.set(ZMQ_SNDHWM, static_cast<int>(limits_.link_messages));
    // Soon at first, for members that start together; calm towards those that stay away.
    socket.set(ZMQ_RECONNECT_IVL, 10);
    socket.set(ZMQ_RECONNECT_IVL_MAX, 250);
    socket.set(ZMQ_CONNECT_TIMEOUT, 1000);
    socket.set(ZMQ_HANDSHAKE_IVL, 5000);
    // After a cut TCP would wait twice as long before each new try; dialing anew heals sooner.
    socket.set(ZMQ_TCP_MAXRT, 2000);
}

void Links::hang_up(Link& link) {
    link.open = false;
    link.monitor.reset();
    link.socket.close();
}

/// Opens the link once its name is resolved, and anew when the name has moved to another address.
void Links::follow_name(Link& link, base::Nanos now) {
    link.follow_name_at = now + ask_again_after;
    const auto address = resolver_.look_up(link.where);
    if (!address) return;
    if (!link.socket || !(link.connected_to == *address)) connect(link, *address, now);
}

void Links::names_resolved() {
    const base::Nanos now = io::read_monotonic();
    for (auto& [endpoint, link] : links_) {
        if (link.by_name) follow_name(link, now);
    }
}

Links::Pushed Links::push(Link& link, const Payload& frame, base::Nanos now) const {
    zmq_msg_t message;
    if (!fill(message, frame)) return Pushed::failed;
    if (zmq_msg_send(&message, link.socket.get(), ZMQ_DONTWAIT) < 0) {
        const bool full = errno == EAGAIN;
        zmq_msg_close(&message);
        return full ? Pushed::full : Pushed::failed;
    }
    ++link.accepted;
    link.last_accepted = now;
    return Pushed::yes;
}

/// libzmq gives a connection up for good when the other side broke the protocol: a stranger that
/// was on the port for a while, or TCP's connecting to itself where nobody listens. Its socket then
/// mostly refuses frames just as a full one does (else: take_in_clear). One that took fewer frames
/// than it has room for can't be full; of any other, what waits on it is by now too old to matter.
bool Links::is_dead(const Link& link, base::Nanos now) const {
    if (now - link.opened < revive_pause) return false;
    return link.accepted < limits_.link_messages || now - link.last_accepted >= stuck_after;
}

/// What waits on it is sent in the background for up to `linger`, and ending the context waits for
/// that; but not where nobody has answered for so long.
void Links::let_go(Link& link, int linger_ms, base::Nanos now) const {
    if (!link.socket) return;
    const bool unheard = curve_ != nullptr ? !link.open : link.monitor != nullptr;
    const bool nobody = unheard && link.opened + answered_within <= now;
    link.socket.set(ZMQ_LINGER, nobody ? 0 : linger_ms);
}

void Links::close(const std::string& endpoint) {
    const auto found = links_.find(endpoint);
    if (found == links_.end()) return;
    let_go(found->second, close_linger_ms, io::read_monotonic());
    links_.erase(found);
}

void Links::close_others(const std::function<bool(const std::string&)>& keeps) {
    const base::Nanos now = io::read_monotonic();
    for (auto at = links_.begin(); at != links_.end();) {
        const bool keep = keeps(at->first);
        if (!keep) let_go(at->second, close_linger_ms, now);
        at = keep ? std::next(at) : links_.erase(at);
    }
}

void Links::close_all(std::chrono::milliseconds linger) {
    const base::Nanos now = io::read_monotonic();
    for (auto& [endpoint, link] : links_) let_go(link, static_cast<int>(linger.count()), now);
    links_.clear();
}

}  // namespace quorate::net
