// Outgoing links: one PUSH socket for each endpoint, opened by the first frame. libzmq dials, and
// dials again; frames wait in its queue meanwhile, up to the bound.
//
// With CURVE a link is dialled with one key after the other until one fits (key_search.h); frames
// wait here until then, and go to nobody whose key is not let in.
//
// One thread; no call blocks.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "io/transport.h"
#include "net/curve.h"
#include "net/key_search.h"
#include "net/link_monitor.h"
#include "net/resolver.h"
#include "net/zmq_socket.h"
#include "quorate/events.h"

namespace quorate::net {

struct LinkLimits {
    /// Above the largest group (1000 members) and its observers; endpoints come from the network,
    /// so their number has to end somewhere.
    std::size_t links = 2048;
    std::size_t link_messages = 16384;   ///< frames waiting on one link
    std::size_t frame_bytes = 64 << 20;  ///< longer ones are refused
};

class Links {
public:
    /// `resolver` and `curve` must outlive the links. `curve`: null for everything in clear.
    Links(void* context, const LinkLimits& limits, Resolver& resolver,
          const Curve* curve = nullptr);

    /// False: too long, unusable endpoint, the link's bound or that of links is reached, or no
    /// socket is to be had.
    bool send(const std::string& endpoint, const Payload& frame);
    /// Drops the link; libzmq goes on sending what waits for up to a second, in the background.
    void close(const std::string& endpoint);
    void close_others(const std::function<bool(const std::string&)>& keeps);
    /// Closes all; libzmq goes on sending what waits for up to `linger`, in the background.
    void close_all(std::chrono::milliseconds linger);
    /// The resolver has news: links that waited for an address are opened.
    void names_resolved();

    // ---- with CURVE ----
    /// Somebody says that the holder of `key` is at `endpoint`.
    void learn_key(const std::string& endpoint, const PublicKey& key);
    /// Whether the holder of `key` may be talked to; always in clear.
    bool lets_in(const PublicKey& key) const { return keys_ == nullptr || keys_->contains(key); }
    /// One frame over a connection of its own, dialled once.
    bool knock(const std::string& endpoint, const PublicKey& key, const Payload& frame);
    /// Readable when handshake events wait.
    int handshakes_fd() const { return handshakes_.get(); }
    /// Follows handshakes, tries further keys, and closes the links to those who are not let in any
    /// more. To be called often; `readable`: whether handshakes_fd() was.
    void tend(bool readable, std::vector<io::TransportEvent>& out);

    /// Sockets of libzmq that a link takes: its own, and its monitor's two ends.
    static constexpr std::size_t sockets_a_link = 3;
    /// Knocks at forged endpoints cost a connection each.
    static constexpr std::size_t knocks_a_second = 64;

private:
    struct Link {
        HostPort where;
        bool by_name = false;
        ZmqSocket socket;  ///< empty while the name isn't resolved, or there is no key to try
        std::unique_ptr<LinkMonitor>
            monitor;  ///< in clear until it is heard; goes before its socket
        KeySearch search;
        bool open = false;  ///< takes frames: in clear at once, with CURVE once the key fits
        base::Nanos dial_anew_at = base::never;  ///< in clear: libzmq has given it up
        SocketAddress connected_to;
        std::deque<Payload> waiting;  ///< for the name to be resolved, and the key to be found
        std::size_t accepted = 0;     ///< frames that this socket took
        base::Nanos opened{};
        base::Nanos last_accepted{};
        base::Nanos follow_name_at = base::long_ago;
    };
    enum class Pushed { yes, full, failed };

    Link* find_or_open(const std::string& endpoint);
    bool connect(Link& link, const SocketAddress& address, base::Nanos now);
    bool hold(Link& link, const Payload& frame) const;
    void flush(Link& link, base::Nanos now);
    void follow_name(Link& link, base::Nanos now);
    Pushed push(Link& link, const Payload& frame, base::Nanos now) const;
    bool is_dead(const Link& link, base::Nanos now) const;
    void set_dialling(ZmqSocket& socket) const;
    static void hang_up(Link& link);
    void let_go(Link& link, int linger_ms, base::Nanos now) const;
    // links_curve.cpp
    bool secure(Link& link, ZmqSocket& socket, std::unique_ptr<LinkMonitor>& monitor,
                base::Nanos now);
    void apply_changes();
    void take(const std::string& endpoint, Link& link, Handshake handshake, base::Nanos now,
              std::vector<io::TransportEvent>& out);
    void take_in_clear(const std::string& endpoint, Link& link, Handshake handshake,
                       base::Nanos now, std::vector<io::TransportEvent>& out);
    void dial_anew(base::Nanos now);
    bool fill(zmq_msg_t& message, const Payload& frame) const;

    void* context_;
    LinkLimits limits_;
    Resolver& resolver_;
    const Curve* curve_;
    std::uint64_t generation_ = 0;  ///< of the keys
    std::shared_ptr<const AuthorizedKeys> keys_;
    base::Nanos dial_anew_at_ = base::never;  ///< the first link's
    Fd handshakes_;                           ///< an epoll descriptor for the monitors of all links
    std::unordered_map<std::string, Link> links_;
    std::unordered_map<std::string, PublicKey> told_keys_;  ///< by endpoint
    base::Nanos knocks_since_ = base::long_ago;
    std::size_t knocks_ = 0;
};

}  // namespace quorate::net
