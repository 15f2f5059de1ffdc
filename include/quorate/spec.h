// What a group is agreed to be (GroupSpec) and how this member takes part in it (MemberOptions).
//
//   quorate::GroupSpec spec{.size = 5};
//   if (auto problem = quorate::find_problem(spec)) std::cerr << problem->message << '\n';
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quorate/log.h"
#include "quorate/real_time.h"
#include "quorate/result.h"
#include "quorate/security.h"

namespace quorate {

using Duration = std::chrono::nanoseconds;

enum class Kind : std::uint8_t {
    coordinated,   ///< with a leader, agreed membership, votes and ordered messages
    /// Membership by heartbeat and messages alone: whoever comes is in at once, also without a
    /// quorum, and each member sees for itself who is there. No leader, no votes, no ordered
    /// messages, no actions (`not_coordinated`), no incarnation.
    default_kind,
};

enum class Role : std::uint8_t {
    member,    ///< takes part in everything
    observer,  ///< hears everything and votes in polls; no part in founding, no seat
    witness,   ///< a seat, but no application messages and no poll vote
};

enum class Voting : std::uint8_t {
    majority,   ///< yes as soon as more than half of the electorate said yes
    consensus,  ///< yes only if all said yes
};

/// The clock that moments of timed actions are read on.
enum class ActionClock : std::uint8_t {
    realtime,   ///< CLOCK_REALTIME: kept by NTP or PTP; a leap second may bend it
    tai,        ///< CLOCK_TAI: without leap seconds, where somebody tells the kernel the offset
    monotonic,  ///< CLOCK_MONOTONIC: only where all members share a host
};

/// A group's timing. Must be ordered heartbeat < election_min < election_max < peer_timeout.
struct Timing {
    Duration heartbeat = std::chrono::milliseconds(50);      ///< between the leader's signs of life
    Duration election_min = std::chrono::milliseconds(150);  ///< shortest silence before an election
    Duration election_max = std::chrono::milliseconds(300);  ///< longest silence before an election
    Duration peer_timeout = std::chrono::milliseconds(1000); ///< silence before a member is evicted
    bool operator==(const Timing&) const = default;

    // Profiles, as --profile of `quorate member` and `quorate bench` names them.
    static Timing rt();     ///< 5, 15 to 30, 100 ms: threads with real-time priority (real_time.h), one switch
    static Timing lan();    ///< the defaults: 50, 150 to 300, 1000 ms
    static Timing wan();    ///< 250, 1000 to 2000, 5000 ms: round trips of up to some 200 ms
    /// 1000, 1500 to 2000, 3000 ms: the defaults of RIAPS's groups (riaps-pycom,
    /// src/riaps/consts/defs.py: groupHeartbeat, groupElectionMin, groupElectionMax, groupPeerTimeout).
    static Timing riaps();
};
/// The profile of that name (`rt`, `lan`, `wan`, `riaps`); nothing if there is none.
std::optional<Timing> find_timing(std::string_view profile);

/// What a group has agreed to be. All its members must come with the same one.
struct GroupSpec {
    /// How many members the group is deployed with, 1 to 1000. With N = size up to max_voters, and
    /// at most N members running, no two incarnations of the group ever decide beside each other.
    /// With N above max_voters, only the founding takes a majority of N; after it, decisions take a
    /// majority of the max_voters seats, so two incarnations exclude each other only as long as the
    /// members that hold seats keep running or are replaced through the group.
    ///
    /// Group::resize() changes it. Every component's own configuration must say the new size by
    /// then, for when it starts again: one that comes with another size than the group's is refused.
    std::uint32_t size = 3;
    static constexpr std::uint32_t max_size = 1000;
    std::uint32_t max_voters = 7;  ///< seats: the most Raft voters, 1 to 15, odd
    Kind kind = Kind::coordinated;
    Timing timing = {};
    /// How long a volatile group stays in an incarnation without a quorum; at least election_max.
    /// Nothing: never gives up.
    std::optional<Duration> refound_after = std::chrono::seconds(10);
    bool durable = false;  ///< survives restarts (not yet in this version)
    bool operator==(const GroupSpec&) const = default;

    std::uint32_t seats() const { return size < max_voters ? size : max_voters; }
    /// The fewest voters that may elect or commit, whatever the configuration (rule 1).
    std::uint32_t seat_floor() const { return seats() / 2 + 1; }
    /// The fewest members that may found an incarnation.
    std::uint32_t founders() const { return size / 2 + 1; }
};

/// What is wrong with a spec, as one sentence naming the option; nothing if it is usable.
std::optional<Error> find_problem(const GroupSpec& spec);
/// How two specs differ, as one sentence naming the first difference; nothing if they agree.
std::optional<std::string> find_difference(const GroupSpec& theirs, const GroupSpec& ours);
/// What is wrong with a group's type or instance name (1 to 64 of letters, digits, `_`, `-`).
std::optional<Error> find_problem_in_name(const std::string& part);

/// How this member reaches the others, and bounds on what it keeps.
struct MemberOptions {
    Role role = Role::member;
    std::string listen = "tcp://127.0.0.1:0";     ///< where to accept peers; port 0 picks one
    std::string advertise = {};                        ///< what the others connect to; empty: what was bound
    std::vector<std::string> seeds = {};               ///< members to ask first; need not be up yet
    std::string beacon = "127.255.255.255:17670"; ///< UDP broadcast or multicast address; empty: off
    /// The network interface to send and hear the beacon on, by name (`eth0`); empty: the one that
    /// has the address of `listen`, else the system chooses.
    std::string beacon_interface = {};
    /// Whether a refused connection proves a process dead. Turn it off where someone other than the
    /// member's own machine can refuse connections (rule 7).
    bool trust_refusals = true;
    /// The wish to lead: a leader hands on to a member that keeps up with the log and has a greater one.
    std::uint8_t priority = 0;
    ActionClock clock = ActionClock::realtime;  ///< of timed actions; the same at all members
    /// The bound on that clock's error, stated instead of asked from the kernel (adjtimex(2)); at
    /// most 1 h. For clocks that the kernel can't vouch for.
    std::optional<Duration> clock_error = {};
    /// Whether messages say when: sent_ns of what this member sends, received_ns of what it is told.
    /// Off: they are 0, and no clock is read for them.
    bool timed_messages = true;
    double clock_drift = 0.01;            ///< bound on how differently two members' clocks run, 0 to 0.2
    std::size_t mailbox_commands = 4096;  ///< requests on their way to the group, 1 to 1,000,000
    std::size_t mailbox_events = 65536;   ///< events waiting for dispatch(), 16 to 10,000,000
    std::size_t message_bytes = 1 << 20;  ///< the largest message, in bytes, 1 to 32 MiB
    std::size_t link_messages = 16384;    ///< frames waiting for one peer's link, 16 to 1,000,000
    /// What this member, leading, takes into the log before a quorum has it; over it proposals
    /// would_block. 64 KiB to 1 GiB.
    std::size_t uncommitted_bytes = 64 << 20;
    /// The log in memory, for members that are behind: applied entries, 100 to 100,000,000, and their
    /// bytes, 64 KiB to 64 GiB. Whoever is further behind is given the state instead. A cut leaves a
    /// fiftieth (a sixteenth of the bytes), and more while somebody that answers needs more.
    std::size_t kept_entries = 1'000'000;
    std::size_t kept_bytes = 256 << 20;
    std::size_t open_polls = 1024;        ///< votes and actions that this member, leading, lets be open, 1 to 1024
    std::size_t peers = 4096;             ///< members and strangers that are remembered, 16 to 65,536
    Security security = {};               ///< keys and token; without a secret key all is in clear
    LogOptions log = {};                  ///< what the worker tells, and whom; off
    RealTime real_time = {};              ///< how the group's threads are scheduled
};
std::optional<Error> find_problem(const MemberOptions& options);

}  // namespace quorate
