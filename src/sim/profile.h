// What kind of world a seed is: drawn from the seed, so that seeds differ in more than their dice.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "group/group_loop.h"
#include "quorate/spec.h"
#include "sim/network.h"

namespace quorate::sim {

enum class Fault : std::uint8_t {
    cut_pair,
    cut_one_way,
    isolate,
    split_in_two,
    split_one_way,
    pause,
    pause_leader,
    strand,           ///< stopped with answers under way, until the others have founded anew
    interrupt_state,  ///< a member outside is being given the state, and all who have it are killed
    shuttle,          ///< leadership goes and comes back while what one follower said is on its way
    crash,
    crash_leader,
    crash_and_return,  ///< within 3 ms, at the same endpoint
    crash_many,
    power_off,  ///< nobody is told, nothing answers
    break_connections,
    suspend,
    storm,  ///< loss, duplication and delay for a while
    leave,
    deaf_component,  ///< doesn't read its events for a while
    step_wall_clock,
    count
};
inline constexpr std::size_t fault_kinds = static_cast<std::size_t>(Fault::count);

struct Profile {
    GroupSpec spec;
    MemberOptions member;  ///< seeds, listen and beacon are filled in for each process
    group::CompactionLimits compaction = {};
    std::size_t crowd = group::LoopOptions{}.crowd;
    std::size_t busy_rate = group::LoopOptions{}.busy_rate;
    std::uint32_t machines = 0;   ///< spec.size, or one too many, and the observers
    std::uint32_t resize_to = 0;  ///< an operator makes it this size meanwhile; 0: never
    std::uint32_t witnesses = 0;  ///< nodes 1 to this one
    std::uint32_t observers = 0;  ///< the last nodes
    bool beacon = true;
    bool preferences = false;  ///< members differ in their wish to lead
    std::uint32_t anchors =
        1;  ///< machines that never change their endpoint and are everybody's seeds
    Weather weather;
    Nanos wall_clock_spread{};
    Nanos chaos{};         ///< how long faults go on
    Nanos fault_gap{};     ///< between faults, on average
    Nanos fault_length{};  ///< the longest of the usual ones
    std::array<std::uint32_t, fault_kinds> weights{};
    bool mutes_candidates = false;  ///< some: what they send after their requests goes nowhere
    Nanos request_gap{};            ///< between one component's requests, on average
    std::uint64_t silent_voter_one_in = 0;
    Nanos forged_gap{};    ///< between garbage or replayed frames; 0: none
    bool replays = false;  ///< old frames, to anyone

    /// Whether what is said of several incarnations is promised: at most size members run, and each
    /// of them has a seat (design rule 1).
    bool across_incarnations() const {
        const std::uint32_t largest = std::max(spec.size, resize_to);
        return deployed() <= largest && largest <= spec.max_voters;
    }
    std::uint32_t deployed() const { return machines - observers; }
    Role role_of(Node node) const {
        if (node >= deployed()) return Role::observer;
        return node >= 1 && node <= witnesses ? Role::witness : Role::member;
    }
    std::string describe() const;
};

Profile draw_profile(std::uint64_t seed);
/// The same for a default group: without witnesses, and without what goes wrong about leaders
/// alone.
Profile draw_default_profile(std::uint64_t seed);

}  // namespace quorate::sim
