// What becomes of handshakes: with CURVE, the search for keys.
#include "io/monotonic_clock.h"
#include "net/links.h"

namespace quorate::net {

namespace {

/// As libzmq waits at most between its own tries.
constexpr base::Nanos give_up_pause = std::chrono::milliseconds(250);
/// How long a knock may take: the dial, the handshake, the frame.
constexpr int knock_linger_ms = 1000;

}  // namespace

/// Prepares a socket for the next key to try. False: there is none to try now.
bool Links::secure(Link& link, ZmqSocket& socket, std::unique_ptr<LinkMonitor>& monitor,
                   base::Nanos now) {
    const auto key = link.search.next(*keys_, now);
    if (!key || !curve_->make_client(socket, *key)) return false;
    monitor = std::make_unique<LinkMonitor>(context_, socket, handshakes_.get());
    return monitor->ready();
}

void Links::learn_key(const std::string& endpoint, const PublicKey& key) {
    if (curve_ == nullptr || !key) return;
    if (told_keys_.size() >= limits_.links) told_keys_.clear();  // only hints
    told_keys_[endpoint] = key;
    const auto found = links_.find(endpoint);
    if (found != links_.end()) found->second.search.hint(key);
}

bool Links::knock(const std::string& endpoint, const PublicKey& key, const Payload& frame) {
    const base::Nanos now = io::read_monotonic();
    if (knocks_since_ + std::chrono::seconds(1) <= now) {
        knocks_since_ = now;
        knocks_ = 0;
    }
    const auto where = base::parse_endpoint(endpoint);
    if (!where || where->port == 0 || knocks_ >= knocks_a_second || !lets_in(key)) return false;
    ++knocks_;
    // A name that isn't known yet is looked up for the next knock.
    const auto address = resolver_.look_up(*where);
    if (!address) return false;
    const HostPort digits{address->host(), where->port};
    ZmqSocket socket(context_, ZMQ_PUSH);
    if (!socket) return false;
    set_dialling(socket);
    socket.set(ZMQ_RECONNECT_IVL, -1);  // once
    socket.set(ZMQ_LINGER, knock_linger_ms);
    if (digits.ipv6()) socket.set(ZMQ_IPV6, 1);
    if (curve_ != nullptr && !curve_->make_client(socket, key)) return false;
    zmq_msg_t message;
    if (zmq_connect(socket.get(), digits.endpoint().c_str()) != 0 || !fill(message, frame)) {
        return false;
    }
    const bool sent = zmq_msg_send(&message, socket.get(), ZMQ_DONTWAIT) >= 0;
    if (!sent) zmq_msg_close(&message);
    return sent;  // libzmq goes on in the background
}

void Links::apply_changes() {
    const std::uint64_t generation = curve_->ring().generation();
    if (generation == generation_) return;
    generation_ = generation;
    keys_ = curve_->ring().keys();
    for (auto& [endpoint, link] : links_) {
        const auto& key = link.search.trying();
        if (link.socket && (!key || !keys_->contains(*key))) hang_up(link);
    }
}

void Links::tend(bool readable, std::vector<io::TransportEvent>& out) {
    const base::Nanos now = io::read_monotonic();
    if (curve_ == nullptr && !readable && now < dial_anew_at_) return;
    if (curve_ != nullptr) apply_changes();
    for (auto& [endpoint, link] : links_) {
        if (readable && link.monitor) {
            for (const Handshake handshake : link.monitor->read()) {
                take(endpoint, link, handshake, now, out);
                if (!link.monitor) break;
            }
        }
        const bool resolved = !link.by_name || link.connected_to.length > 0;
        if (!link.socket && resolved && !link.search.waits(now)) {
            connect(link, SocketAddress(link.connected_to), now);
        }
    }
    if (now >= dial_anew_at_) dial_anew(now);
}

/// libzmq gives a connection up for good when the other side broke the protocol. Mostly its socket
/// refuses frames then (is_dead); but in some of a hundred cases version 4.3.4 goes on taking them,
/// and they go nowhere. So a link is watched until it was heard once.
void Links::take_in_clear(const std::string& endpoint, Link& link, Handshake handshake,
                          base::Nanos now, std::vector<io::TransportEvent>& out) {
    if (handshake == Handshake::done) {
        link.monitor.reset();
        return;
    }
    if (handshake == Handshake::broken_off) return;  // libzmq dials again, and keeps the frames
    link.dial_anew_at = now + give_up_pause;
    dial_anew_at_ = std::min(dial_anew_at_, link.dial_anew_at);
    if (handshake == Handshake::other_mechanism) {
        out.push_back(io::SecurityNotice{
            "the member at " + endpoint +
            " refuses connections in clear: start this one with --key too, or that one without"});
    }
}

void Links::dial_anew(base::Nanos now) {
    dial_anew_at_ = base::never;
    for (auto& [endpoint, link] : links_) {
        if (now >= link.dial_anew_at) {
            link.dial_anew_at = now + give_up_pause;  // should it fail
            connect(link, SocketAddress(link.connected_to), now);
        }
        dial_anew_at_ = std::min(dial_anew_at_, link.dial_anew_at);
    }
}

void Links::take(const std::string& endpoint, Link& link, Handshake handshake, base::Nanos now,
                 std::vector<io::TransportEvent>& out) {
    if (curve_ == nullptr) return take_in_clear(endpoint, link, handshake, now, out);
    switch (handshake) {
        case Handshake::done:
            link.search.fits();
            link.open = true;
            flush(link, now);
            return;
        case Handshake::wrong_key:
        case Handshake::broken_off:
            break;
        case Handshake::refused:
            link.search.refused(now);
            out.push_back(io::RefusedByPeer{
                endpoint, "the member at " + endpoint + " does not let this one in: its key " +
                              to_text(curve_->public_key()) +
                              " is not among the authorized keys there"});
            break;
        case Handshake::other_mechanism:
            link.search.wait(now);
            out.push_back(io::SecurityNotice{
                "the process at " + endpoint +
                " speaks in clear: start it with --key too, or this one without"});
            break;
    }
    hang_up(link);
}

}  // namespace quorate::net
