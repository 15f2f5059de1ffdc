// Outgoing links: one PUSH socket for each endpoint, opened by the first frame. libzmq dials, and
// dials again; frames wait in its queue meanwhile, up to the bound.
//
// One thread; no call blocks.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <unordered_map>

#include "net/resolver.h"
#include "net/zmq_socket.h"
#include "quorate/events.h"

namespace quorate::net {

struct LinkLimits {
    std::size_t link_messages = 16384;   ///< frames waiting on one link
    std::size_t frame_bytes = 64 << 20;  ///< longer ones are refused
};

class Links {
public:
    /// `resolver` must outlive the links.
    Links(void* context, const LinkLimits& limits, Resolver& resolver);

    /// False: too long, unusable endpoint, the link's bound is reached, or no socket is to be had.
    bool send(const std::string& endpoint, const Payload& frame);
    /// Drops the link; libzmq goes on sending what waits for up to a second, in the background.
    void close(const std::string& endpoint);
    void close_others(const std::function<bool(const std::string&)>& keeps);
    /// Closes all; libzmq goes on sending what waits for up to `linger`, in the background.
    void close_all(std::chrono::milliseconds linger);
    /// The resolver has news: links that waited for an address are opened.
    void names_resolved();

    /// Above the largest group (1000 members) and its observers; endpoints come from the network,
    /// so their number has to end somewhere.
    static constexpr std::size_t max_links = 2048;

private:
    struct Link {
        HostPort where;
        bool by_name = false;
        ZmqSocket socket;  ///< empty while the name isn't resolved
        SocketAddress connected_to;
        std::deque<Payload> waiting;  ///< for the name to be resolved
        std::size_t accepted = 0;     ///< frames that this socket took
        base::Nanos opened{};
        base::Nanos last_accepted{};
        base::Nanos follow_name_at = base::long_ago;
    };
    enum class Pushed { yes, full, failed };

    Link* find_or_open(const std::string& endpoint);
    bool connect(Link& link, const SocketAddress& address, base::Nanos now);
    void follow_name(Link& link, base::Nanos now);
    static Pushed push(Link& link, const Payload& frame, base::Nanos now);
    bool is_dead(const Link& link, base::Nanos now) const;

    void* context_;
    LinkLimits limits_;
    Resolver& resolver_;
    std::unordered_map<std::string, Link> links_;
};

}  // namespace quorate::net
