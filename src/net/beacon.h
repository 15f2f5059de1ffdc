// The beacon: datagrams on a broadcast or multicast address, by which members find each other
// without seeds. Hints only. Many processes of one host may share the port; each hears every
// datagram, its own included.
//
// One thread; no call blocks. What can't be set up or sent is told by problem(), and is no error: a
// member with seeds needs no beacon.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/transport.h"
#include "net/address.h"

namespace quorate::net {

class Beacon {
public:
    /// `address` is HOST:PORT with HOST in digits, broadcast (127.255.255.255, 10.0.0.255) or
    /// multicast (224.0.0.0/4, ff00::/8); empty: off. A multicast group is joined on the interface
    /// that has the address `listen_host`, so that a host with several of them doesn't pick another
    /// one than its members listen on.
    Beacon(const std::string& address, const std::string& listen_host);

    void announce(std::string_view datagram);
    /// Takes up to `max` datagrams.
    void collect(std::size_t max, std::vector<io::TransportEvent>& out);
    /// -1 when off or not usable.
    int fd() const { return socket_.get(); }
    /// Why the beacon doesn't work, as a sentence; empty while it does.
    const std::string& problem() const { return problem_; }

    /// Fits into one Ethernet frame whatever the options in its headers.
    static constexpr std::size_t max_datagram = 1400;

private:
    bool open(const std::string& listen_host);
    bool set(int level, int option, int value);
    bool join_v4(const std::string& listen_host);
    bool join_v6(const std::string& listen_host);
    void fail(const std::string& doing, int error);

    std::string address_text_;
    SocketAddress address_;
    Fd socket_;
    std::string problem_;
};

}  // namespace quorate::net
