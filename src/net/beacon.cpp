#include "net/beacon.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace quorate::net {

namespace {

/// The index of the interface that has this IPv6 address; 0: none, the system chooses.
unsigned interface_of(const in6_addr& wanted) {
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return 0;
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(all, &freeifaddrs);
    for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET6) continue;
        const auto& has = reinterpret_cast<const sockaddr_in6&>(*each->ifa_addr).sin6_addr;
        if (std::memcmp(&has, &wanted, sizeof wanted) == 0) return if_nametoindex(each->ifa_name);
    }
    return 0;
}

}  // namespace

Beacon::Beacon(const BeaconPlace& place) : place_(place) {
    if (place.address.empty()) return;
    const auto where = base::parse_host_port(place.address);
    const auto digits = where ? numeric_address(*where) : std::nullopt;
    if (!digits || where->port == 0) {
        problem_ = "the beacon address must be HOST:PORT with HOST in digits, not " +
                   place.address + "; discovery works by seeds alone";
        return;
    }
    address_ = *digits;
    if (!open()) socket_ = Fd();
}

bool Beacon::open() {
    socket_ = Fd(socket(address_.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_) {
        fail("open a socket", errno);
        return false;
    }
    // With SO_REUSEADDR on every socket of the port, Linux hands broadcast and multicast datagrams
    // to all of them. SO_REUSEPORT would keep members of different users from sharing it.
    if (!set(SOL_SOCKET, SO_REUSEADDR, 1) || !set(SOL_SOCKET, SO_BROADCAST, 1)) return false;
    if (!find_interface()) return false;
    // Bound to the address itself, so that nothing else that uses the port is heard.
    if (bind(socket_.get(), address_.get(), address_.length) != 0) {
        fail("bind", errno);
        return false;
    }
    if (address_.family() == AF_INET6) return join_v6();
    return !IN_MULTICAST(ntohl(address_.v4().sin_addr.s_addr)) || join_v4();
}

bool Beacon::set(int level, int option, int value) {
    if (setsockopt(socket_.get(), level, option, &value, sizeof value) == 0) return true;
    fail("set socket options", errno);
    return false;
}

/// A broadcast has no option that names an interface, so its whole socket is bound to it (which
/// Linux permits everybody since 5.7).
bool Beacon::find_interface() {
    const std::string& name = place_.interface;
    if (name.empty()) return true;
    interface_ = if_nametoindex(name.c_str());
    if (interface_ == 0) {
        fail("find the interface " + name, errno);
        return false;
    }
    if (address_.family() == AF_INET6) address_.set_scope(interface_);
    const bool broadcast =
        address_.family() == AF_INET && !IN_MULTICAST(ntohl(address_.v4().sin_addr.s_addr));
    if (!broadcast || setsockopt(socket_.get(), SOL_SOCKET, SO_BINDTODEVICE, name.c_str(),
                                 static_cast<socklen_t>(name.size())) == 0) {
        return true;
    }
    fail("use the interface " + name, errno);
    return false;
}

bool Beacon::join_v4() {
    ip_mreqn group{};
    group.imr_multiaddr = address_.v4().sin_addr;
    group.imr_ifindex = static_cast<int>(interface_);
    if (interface_ == 0) inet_pton(AF_INET, place_.listen_host.c_str(), &group.imr_address);
    if (setsockopt(socket_.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) != 0 ||
        setsockopt(socket_.get(), IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) != 0) {
        fail("join the multicast group", errno);
        return false;
    }
    // Without it, what any other program of this host joined elsewhere would be heard as well.
    return set(IPPROTO_IP, IP_MULTICAST_ALL, 0) && set(IPPROTO_IP, IP_MULTICAST_LOOP, 1);
}

bool Beacon::join_v6() {
    if (!IN6_IS_ADDR_MULTICAST(&address_.v6().sin6_addr)) return true;
    ipv6_mreq group{};
    group.ipv6mr_multiaddr = address_.v6().sin6_addr;
    group.ipv6mr_interface = interface_ != 0 ? interface_ : address_.v6().sin6_scope_id;
    in6_addr listening{};
    if (group.ipv6mr_interface == 0 &&
        inet_pton(AF_INET6, place_.listen_host.c_str(), &listening) == 1) {
        group.ipv6mr_interface = interface_of(listening);
    }
    const int via = static_cast<int>(group.ipv6mr_interface);
    if (setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group) != 0) {
        fail("join the multicast group", errno);
        return false;
    }
    return set(IPPROTO_IPV6, IPV6_MULTICAST_IF, via) && set(IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0) &&
           set(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
}

void Beacon::fail(const std::string& doing, int error) {
    problem_ = "the beacon " + place_.address +
               (place_.interface.empty() ? "" : " on " + place_.interface) + " can't " + doing +
               ": " + std::generic_category().message(error) + "; discovery works by seeds alone";
}

void Beacon::announce(std::string_view datagram) {
    if (!socket_) return;
    if (datagram.size() > max_datagram) {
        fail("send a datagram of " + std::to_string(datagram.size()) + " bytes", EMSGSIZE);
        return;
    }
    const auto sent = sendto(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL,
                             address_.get(), address_.length);
    if (sent >= 0) {
        problem_.clear();
    } else if (errno != EAGAIN && errno != EINTR) {
        fail("send", errno);
    }
}

void Beacon::collect(std::size_t max, std::vector<io::TransportEvent>& out) {
    if (!socket_) return;
    char buffer[max_datagram];
    for (std::size_t count = 0; count < max; ++count) {
        const auto size = recv(socket_.get(), buffer, sizeof buffer, MSG_TRUNC);
        if (size < 0) {
            // Errors of earlier sendings come up here too; they are read away.
            if (errno == EAGAIN) return;
            continue;
        }
        const auto length = static_cast<std::size_t>(size);
        if (length == 0 || length > sizeof buffer) continue;
        out.push_back(io::BeaconHeard{Payload(std::string(buffer, length))});
    }
}

}  // namespace quorate::net
