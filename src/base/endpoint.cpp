#include "base/endpoint.h"

#include <algorithm>
#include <charconv>

namespace quorate::base {

namespace {

constexpr std::string_view scheme = "tcp://";
/// The longest name that DNS knows (RFC 1035, section 2.3.4).
constexpr std::size_t max_host_bytes = 253;

struct Split {
    std::string_view host;
    std::string_view port;
    bool bracketed = false;
};

std::optional<Split> split(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    Split result{text.substr(0, colon), text.substr(colon + 1)};
    std::string_view& host = result.host;
    result.bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (result.bracketed) host = host.substr(1, host.size() - 2);
    return result;
}

bool is_host(std::string_view host, bool bracketed) {
    if (host.empty() || host.size() > max_host_bytes) return false;
    const bool colons = host.find(':') != std::string_view::npos;
    if (colons != bracketed) return false;
    return std::all_of(host.begin(), host.end(), [](char c) {
        // Blanks, control characters and what separates the parts of an address are in no host.
        return c > ' ' && c <= '~' &&
               std::string_view("/;[]@,\"'\\").find(c) == std::string_view::npos;
    });
}

}  // namespace

std::string HostPort::text() const {
    const std::string port_text = ":" + std::to_string(port);
    return ipv6() ? "[" + host + "]" + port_text : host + port_text;
}

std::optional<HostPort> parse_host_port(std::string_view text) {
    const auto parts = split(text);
    if (!parts || !is_host(parts->host, parts->bracketed)) return std::nullopt;
    HostPort result{std::string(parts->host), 0};
    const char* end = parts->port.data() + parts->port.size();
    const auto [stop, error] = std::from_chars(parts->port.data(), end, result.port);
    if (error != std::errc() || stop != end) return std::nullopt;
    return result;
}

std::optional<HostPort> parse_endpoint(std::string_view text) {
    if (!text.starts_with(scheme)) return std::nullopt;
    return parse_host_port(text.substr(scheme.size()));
}

bool is_dialable(std::string_view text) {
    const auto where = parse_endpoint(text);
    return where && where->port != 0;
}

}  // namespace quorate::base
