// The beacon's socket: datagrams on a broadcast or multicast address, by which members find each
// other without seeds. Hints only. Many processes of one host may share the port; each hears every
// datagram, its own included. The groups of one process share one socket: see beacon_station.h.
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

/// Where a beacon is said and heard.
struct BeaconPlace {
    /// HOST:PORT with HOST in digits, broadcast (127.255.255.255, 10.0.0.255, 255.255.255.255) or
    /// multicast (224.0.0.0/4, ff00::/8); empty: off.
    std::string address;
    /// The interface's name. Empty: a multicast group is joined on the interface that has the
    /// address `listen_host`, so that a host with several of them doesn't pick another one than its
    /// members listen on; for the rest the system chooses.
    std::string interface = {};
    std::string listen_host = {};
    auto operator<=>(const BeaconPlace&) const = default;
};

class Beacon {
public:
    explicit Beacon(const BeaconPlace& place);

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
    bool open();
    bool set(int level, int option, int value);
    bool find_interface();
    bool join_v4();
    bool join_v6();
    void fail(const std::string& doing, int error);

    BeaconPlace place_;
    unsigned interface_ = 0;  ///< the index of the one that was named; 0: none was
    SocketAddress address_;
    Fd socket_;
    std::string problem_;
};

}  // namespace quorate::net
