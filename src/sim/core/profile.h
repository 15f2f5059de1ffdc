// What kind of world a seed is: drawn from the seed, so that seeds differ in more than their dice.
// Each feature is on in some seeds and off in others, independently.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "raft/raft.h"
#include "sim/names.h"

namespace quorate::sim::core {

enum class Fault : std::uint8_t {
    cut_pair,
    cut_one_way,
    isolate,
    split,
    pause,
    pause_leader,
    crash,
    crash_leader,
    crash_all,
    forget,  ///< one is cut off from the leader, and another restarts at once: it remembers no
             ///< promise
    suspend,
    storm,
    stall_sync,  ///< one sync that takes seconds
    slow_disk,   ///< each sync of a node takes long, for a while
    fail_write,  ///< the next sync of a node fails: it halts
    count
};
inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(Fault::count);

struct Weather {
    Nanos delay_min{};
    Nanos delay_max{};
    std::uint64_t spike_one_in = 0;  ///< messages that take up to spike_max instead; 0: none
    Nanos spike_max{};
    std::uint64_t loss_one_in = 0;
    std::uint64_t double_one_in = 0;
    bool hold_when_cut = false;  ///< what meets a cut arrives after it; otherwise it is lost
};

struct Profile {
    // ---- the group ----
    std::uint32_t size = 3;    ///< deployed with; the seats
    std::uint32_t voters = 3;  ///< founding
    std::uint32_t learners = 0;
    std::uint32_t spares = 0;  ///< nodes that run outside of the first configuration
    /// Of 4 nodes, how many keep nothing over a crash: 0 none, 4 all.
    std::uint32_t volatile_of_4 = 0;
    Nanos heartbeat{};
    Nanos election_min{};
    Nanos election_max{};
    double clock_drift = 0.01;
    std::size_t max_append_entries = 1024;
    std::size_t max_append_bytes = 256 * 1024;
    std::size_t max_in_flight = 64;
    std::size_t max_in_flight_bytes = 8 << 20;
    std::size_t max_uncommitted_bytes = 64 << 20;
    std::size_t busy_rate = raft::Options{}.busy_rate;
    std::size_t snapshot_chunk_bytes = 64 * 1024;
    std::size_t max_snapshot_in_flight_bytes = 512 * 1024;
    bool witness = false;     ///< one of the founding voters is a witness
    bool priorities = false;  ///< some wish to lead more than others
    // ---- the driver ----
    Nanos change_gap{};    ///< between configuration changes, on average; 0: never
    Nanos transfer_gap{};  ///< likewise
    Nanos compact_gap{};   ///< likewise, at every node
    std::size_t keep_entries = 0;
    bool proofs = true;  ///< probes find the dead
    // ---- disks and network ----
    Nanos sync_min{};
    Nanos sync_max{};
    Nanos stall_max{};
    Weather weather;
    Nanos turn_delay{};  ///< how long a node may take to wake up for what arrived
    // ---- faults ----
    Nanos chaos{};
    Nanos fault_gap{};
    Nanos fault_length{};
    std::array<std::uint32_t, fault_kinds> weights{};
    // ---- clients ----
    std::uint32_t clients = 4;
    std::uint32_t keys = 2;
    Nanos think{};  ///< between one client's requests, on average
    std::uint32_t reads_of_8 = 4;
    Nanos patience{};  ///< until a client asks elsewhere
    bool abandons = false;

    std::string describe() const;
};

Profile draw_profile(std::uint64_t seed);

}  // namespace quorate::sim::core
