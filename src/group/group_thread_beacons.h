// The beacons of one coordinator's groups: those that meet at one place share one.
#pragma once

#include <map>
#include <memory>

#include "group/group_loop.h"
#include "net/beacon_station.h"

namespace quorate::group {

/// One thread, the component's. A station lasts as long as a group has a line to it.
class SharedBeacons {
public:
    /// Off where the options say so.
    net::BeaconLine connect(const LoopOptions& options);

private:
    std::map<net::BeaconPlace, std::weak_ptr<net::BeaconStation>> stations_;
};

}  // namespace quorate::group
