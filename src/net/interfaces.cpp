#include "net/interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <memory>

namespace quorate::net {

std::string without_scope(const std::string& host) {
    return host.substr(0, host.find('%'));
}

std::vector<Interface> interfaces() {
    ifaddrs* first = nullptr;
    if (getifaddrs(&first) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(first, &freeifaddrs);
    std::vector<Interface> all;
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        Interface found;
        found.name = each->ifa_name;
        found.up = (each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_RUNNING) != 0;
        found.multicast = (each->ifa_flags & IFF_MULTICAST) != 0;
        found.loopback = (each->ifa_flags & IFF_LOOPBACK) != 0;
        const int family = each->ifa_addr == nullptr ? AF_UNSPEC : each->ifa_addr->sa_family;
        if (family == AF_INET || family == AF_INET6) {
            SocketAddress address;
            address.length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
            std::copy_n(reinterpret_cast<const char*>(each->ifa_addr), address.length,
                        reinterpret_cast<char*>(&address.storage));
            found.address = without_scope(address.host());
        }
        all.push_back(std::move(found));
    }
    return all;
}

bool is_wildcard(const std::string& host) {
    const auto address = numeric_address({host, 0});
    if (!address) return host == "*";
    if (address->family() == AF_INET) return address->v4().sin_addr.s_addr == htonl(INADDR_ANY);
    return IN6_IS_ADDR_UNSPECIFIED(&address->v6().sin6_addr) != 0;
}

bool is_loopback(const std::string& host) {
    const auto address = numeric_address({host, 0});
    if (!address) return host == "localhost";
    if (address->family() == AF_INET6) {
        return IN6_IS_ADDR_LOOPBACK(&address->v6().sin6_addr) != 0;
    }
    return ntohl(address->v4().sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

}  // namespace quorate::net
