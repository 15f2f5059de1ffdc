// Endpoints (tcp://HOST:PORT) taken apart and put together. Values; any thread; never blocks.
//
//   if (const auto where = base::parse_endpoint("tcp://[fe80::1%eth0]:5601")) dial(where->host,
//   where->port);
//
// Checks the spelling alone: nothing is asked of a name server.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::base {

/// The host without brackets; IPv6 may carry a scope (fe80::1%eth0).
struct HostPort {
    std::string host;
    std::uint16_t port = 0;

    bool ipv6() const { return host.find(':') != std::string::npos; }
    /// HOST:PORT, with brackets where they are needed.
    std::string text() const;
    /// tcp://HOST:PORT, likewise.
    std::string endpoint() const { return "tcp://" + text(); }
    bool operator==(const HostPort&) const = default;
};

/// HOST:PORT or [HOST]:PORT, PORT in 0..65535; nothing if it is neither.
std::optional<HostPort> parse_host_port(std::string_view text);
/// tcp://HOST:PORT; nothing if it is anything else.
std::optional<HostPort> parse_endpoint(std::string_view text);
/// Whether `text` is an endpoint that can be connected to: its port is not 0.
bool is_dialable(std::string_view text);

}  // namespace quorate::base
