// What a group's worker counted and measured: plain numbers, read at any time.
//
//   const quorate::GroupMetrics metrics = feeder.metrics();
//   if (metrics.loop_lateness.count() > 0) log(metrics.loop_lateness.sum() / metrics.loop_lateness.count());
//
// Counting costs a few additions on the worker's thread, and no allocation and no lock: it is always
// on. Handing the numbers out as Prometheus text is another thing, and off unless asked for
// (quorate/metrics_server.h). The table of all of them: docs/observability.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/elections.h"
#include "quorate/events.h"
#include "quorate/id.h"
#include "quorate/spec.h"

namespace quorate {

/// How often a duration fell into which range. Fixed ranges, from 10 us to 10 s, so that groups can
/// be compared and added up.
class DurationHistogram {
public:
    /// The upper ends of the ranges, in nanoseconds, included; one range more is above them all.
    static constexpr std::array<std::int64_t, 19> bounds_ns = {
        10'000,      25'000,      50'000,      100'000,       250'000,       500'000,      1'000'000,
        2'500'000,   5'000'000,   10'000'000,  25'000'000,    50'000'000,    100'000'000,  250'000'000,
        500'000'000, 1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};
    static constexpr std::size_t ranges = bounds_ns.size() + 1;

    /// A negative duration counts as none.
    void add(Duration duration);
    std::uint64_t count() const;
    Duration sum() const { return sum_; }
    /// How many fell into range `i`: over bounds_ns[i-1], up to bounds_ns[i].
    std::uint64_t in_range(std::size_t i) const { return counts_[i]; }

private:
    std::array<std::uint64_t, ranges> counts_{};
    Duration sum_{};
};

/// Why a frame did not get where it was meant to.
enum class DropCause : std::uint8_t {
    garbage,            ///< not a frame of this protocol, or one out of its limits
    other_version,      ///< of another protocol version
    other_group,
    too_large,
    other_incarnation,  ///< of a former or another life of the group
    wrong_receiver,     ///< for a former id of this member, or for another
    unknown_sender,     ///< application messages of who never got into the roster
    other_deployment,   ///< of members whose key is let in, but who have another token
    forged_sender,      ///< in the name of a member that has another key
    unknown_key,        ///< of a key that is not let in, or no more
    stale,              ///< answers that nobody waits for, former lives, messages out of their order
    overflow,           ///< a bounded queue of this member was full
    rate_limited,       ///< more questions from outside than are answered
    several_parts,      ///< a ZeroMQ message of several parts, which no member sends
    link_full,          ///< outgoing: the link to a member was full, or its endpoint unusable
};
inline constexpr std::size_t drop_causes = 15;
std::string_view to_string(DropCause cause);

/// How late actions were fired, and how many not at all.
struct ActionLateness {
    DurationHistogram lateness;
    std::uint64_t missed = 0;
};

/// What this member measured of another one.
struct PeerMetrics {
    MemberId id;
    std::string name;
    /// From a leader's request to the answer, its disk and the peer's worker included; smoothed as
    /// in RFC 6298 (an eighth of each new one). Zero: not measured, as by members that never led.
    Duration round_trip{};
    Duration silence{};  ///< since anything was heard of it; followers hear mostly the leader
};

struct GroupMetrics {
    MemberId id;
    State state = State::outside;
    bool has_leader = false;
    bool quorum = false;
    std::uint64_t term = 0;
    std::uint64_t epoch = 0;
    std::uint64_t commit_index = 0;
    std::uint64_t log_entries = 0;  ///< of the log, held in memory (MemberOptions::kept_entries)
    std::uint32_t members = 0;  ///< in the roster
    std::uint32_t alive = 0;    ///< of those, heard lately as far as this member can tell

    /// Leaders that this member saw elected, by what set the election off.
    std::array<std::uint64_t, election_triggers> leader_changes{};
    /// From missing the leader to knowing the next one.
    DurationHistogram election_duration;
    /// The leader's signs of life that should have come and did not, or too late to count.
    std::uint64_t heartbeats_missed = 0;
    /// Leader: from appending an entry to its commit.
    DurationHistogram commit_latency;
    /// How late the worker's turns began, of those that a deadline called for.
    DurationHistogram loop_lateness;
    ActionLateness actions;

    std::size_t commands_waiting = 0;  ///< the component's requests that the worker has not taken
    std::size_t events_waiting = 0;    ///< events that the component has not taken
    std::uint64_t events_lost = 0;     ///< for want of room there
    std::array<std::uint64_t, drop_causes> dropped{};  ///< frames, by DropCause
    std::vector<PeerMetrics> peers;
};

}  // namespace quorate
