#include <netdb.h>

#include "base/endpoint.h"
#include "quorate/spec.h"

namespace quorate {

namespace {

/// As the kernel keeps an interface's name (IFNAMSIZ, without the zero).
constexpr std::size_t longest_interface = 15;

/// An address, no name: a beacon is a hint, for which nobody waits for a name to be resolved.
bool in_digits(const std::string& host) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
    freeaddrinfo(found);
    return true;
}

std::optional<Error> find_problem_in_addresses(const MemberOptions& options) {
    if (!base::parse_endpoint(options.listen)) {
        return Error{ErrorCode::bad_argument,
                     "--listen (" + options.listen +
                         ") must be tcp://HOST:PORT, with a port from 0 to 65535"};
    }
    if (!options.advertise.empty() && !base::is_dialable(options.advertise)) {
        return Error{ErrorCode::bad_argument,
                     "--advertise (" + options.advertise +
                         ") must be tcp://HOST:PORT, with a port from 1 to 65535"};
    }
    for (const std::string& seed : options.seeds) {
        if (base::is_dialable(seed)) continue;
        return Error{ErrorCode::bad_argument,
                     "--seed (" + seed + ") must be tcp://HOST:PORT, with a port from 1 to 65535"};
    }
    const auto beacon = base::parse_host_port(options.beacon);
    if (!options.beacon.empty() && (!beacon || beacon->port == 0 || !in_digits(beacon->host))) {
        return Error{
            ErrorCode::bad_argument,
            "--beacon (" + options.beacon +
                ") must be HOST:PORT with HOST in digits and a port from 1 to 65535, or off"};
    }
    if (options.beacon_interface.size() > longest_interface ||
        options.beacon_interface.find('/') != std::string::npos) {
        return Error{ErrorCode::bad_argument,
                     "--beacon-interface (" + options.beacon_interface +
                         ") must be an interface's name, as `ip link` shows it"};
    }
    return std::nullopt;
}

std::optional<Error> find_problem_in_bounds(const MemberOptions& options) {
    const struct {
        const char* name;
        std::size_t value, low, high;
    } bounds[] = {
        {"mailbox_commands", options.mailbox_commands, 1, 1'000'000},
        {"mailbox_events", options.mailbox_events, 16, 10'000'000},
        {"message_bytes", options.message_bytes, 1, std::size_t{32} << 20},
        {"link_messages", options.link_messages, 16, 1'000'000},
        {"uncommitted_bytes", options.uncommitted_bytes, 64 << 10, std::size_t{1} << 30},
        {"kept_entries", options.kept_entries, 100, 100'000'000},
        {"kept_bytes", options.kept_bytes, 64 << 10, std::size_t{64} << 30},
        {"open_polls", options.open_polls, 1, 1024},
        {"peers", options.peers, 16, 65'536},
    };
    for (const auto& bound : bounds) {
        if (bound.value >= bound.low && bound.value <= bound.high) continue;
        return Error{ErrorCode::bad_argument,
                     std::string(bound.name) + " (" + std::to_string(bound.value) + ") must be " +
                         std::to_string(bound.low) + " to " + std::to_string(bound.high)};
    }
    // Written so that "not a number" is refused as well.
    if (!(options.clock_drift >= 0 && options.clock_drift <= 0.2)) {
        return Error{ErrorCode::bad_argument, "clock_drift must be 0 to 0.2"};
    }
    if (options.clock_error &&
        (*options.clock_error < Duration::zero() || *options.clock_error > std::chrono::hours(1))) {
        return Error{ErrorCode::bad_argument, "clock_error must be 0 to 1 h"};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Error> find_problem(const MemberOptions& options) {
    if (auto problem = find_problem_in_addresses(options)) return problem;
    if (auto problem = find_problem(options.security)) return problem;
    if (auto problem = find_problem(options.real_time)) return problem;
    return find_problem_in_bounds(options);
}

}  // namespace quorate
