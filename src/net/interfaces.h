// This host's network interfaces and their addresses, as they are at the moment of asking.
#pragma once

#include <string>
#include <vector>

#include "net/address.h"

namespace quorate::net {

struct Interface {
    std::string name;
    std::string address;  ///< in digits, without a scope
    bool up = false;      ///< and its cable is plugged in, as far as it knows
    bool multicast = false;
    bool loopback = false;
};

/// One for each address, and one without an address for an interface that has none.
std::vector<Interface> interfaces();

/// The host in digits, for comparison: without a scope; as it is where it is a name.
std::string without_scope(const std::string& host);

bool is_wildcard(const std::string& host);
bool is_loopback(const std::string& host);

}  // namespace quorate::net
