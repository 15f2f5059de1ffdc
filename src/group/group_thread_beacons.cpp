#include "group/group_thread_beacons.h"

#include "base/endpoint.h"

namespace quorate::group {

namespace {

net::BeaconPlace place_of(const MemberOptions& member) {
    net::BeaconPlace place{.address = member.beacon, .interface = member.beacon_interface};
    const auto listen = base::parse_endpoint(member.listen);
    // A named interface decides alone: groups that listen elsewhere share its beacon too.
    if (listen && place.interface.empty()) place.listen_host = listen->host;
    return place;
}

}  // namespace

net::BeaconLine SharedBeacons::connect(const LoopOptions& options) {
    if (options.member.beacon.empty()) return {};
    std::erase_if(stations_, [](const auto& entry) { return entry.second.expired(); });
    const net::BeaconPlace place = place_of(options.member);
    std::shared_ptr<net::BeaconStation> station = stations_[place].lock();
    if (!station) stations_[place] = station = net::BeaconStation::open(place);
    return net::BeaconStation::connect(station, options.group);
}

}  // namespace quorate::group
