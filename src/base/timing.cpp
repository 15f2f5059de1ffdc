// The timing profiles.
#include "quorate/spec.h"

namespace quorate {

namespace {

struct InMilliseconds {
    int heartbeat, election_min, election_max, peer_timeout;
};

Timing timing_of(const InMilliseconds& ms) {
    using std::chrono::milliseconds;
    return {.heartbeat = milliseconds(ms.heartbeat),
            .election_min = milliseconds(ms.election_min),
            .election_max = milliseconds(ms.election_max),
            .peer_timeout = milliseconds(ms.peer_timeout)};
}

}  // namespace

Timing Timing::rt() {
    return timing_of({.heartbeat = 5, .election_min = 15, .election_max = 30, .peer_timeout = 100});
}
Timing Timing::lan() {
    return {};
}
Timing Timing::wan() {
    return timing_of(
        {.heartbeat = 250, .election_min = 1000, .election_max = 2000, .peer_timeout = 5000});
}
Timing Timing::riaps() {
    return timing_of(
        {.heartbeat = 1000, .election_min = 1500, .election_max = 2000, .peer_timeout = 3000});
}

std::optional<Timing> find_timing(std::string_view profile) {
    if (profile == "rt") return Timing::rt();
    if (profile == "lan") return Timing::lan();
    if (profile == "wan") return Timing::wan();
    if (profile == "riaps") return Timing::riaps();
    return std::nullopt;
}

}  // namespace quorate
