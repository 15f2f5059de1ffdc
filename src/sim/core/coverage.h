// How often each branch that matters was taken, so that a simulation that never reaches a state
// shows it.
//
//   coverage.hit(Branch::leader_elected_while_joint);
//   for (Branch each : coverage.never_reached()) …
//
// Plain numbers: they travel between processes as they are.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace quorate::sim::core {

enum class Branch : std::uint8_t {
    // elections
    elected_after_timeout,
    elected_after_proof_of_death,
    elected_after_transfer,
    elected_as_founder,
    vote_refused_stale_term,
    vote_refused_sticky,
    vote_refused_log_behind,
    vote_refused_voted_already,
    vote_refused_withheld,
    proof_of_death,
    proof_of_death_too_old,
    suspected,
    // leadership lost
    stepped_down_by_check_quorum,
    stepped_down_for_higher_term,
    stepped_down_as_removed,
    stepped_down_as_stalled,
    leader_stalled,
    follower_stalled,
    leader_crashed,
    leader_suspended_under_lease,
    transfer_to_preferred,
    transfer_done,
    transfer_failed,
    transfer_given_up,
    // configurations
    joint_entered,
    joint_left,
    elected_while_joint,
    leader_crashed_while_joint,
    committed_while_joint,
    configuration_undone,
    learner_added,
    learner_removed,
    voter_replaced,
    several_replaced,
    group_grown,
    change_refused,
    // the log
    log_truncated,
    append_rejected,
    conflict_hint_term,
    proposal_overwritten,
    proposal_pushed_back,
    command_repeated,
    // snapshots
    compacted,
    snapshot_sent,
    snapshot_chunk,
    snapshot_installed,
    snapshot_refused,
    // pace
    brought_up_at_a_pace,
    // disks
    restarted_from_disk,
    rebooted,
    restored_from_snapshot,
    write_lost,
    write_kept_unsynced,
    record_torn,
    hard_state_lost,
    sync_stalled,
    crashed_in_stalled_sync,
    committed_before_own_sync,
    disk_halted,
    leader_halted,
    all_crashed,
    // volatile members
    volatile_crashed,
    volatile_replaced,
    // witnesses
    entry_withheld,
    witness_named,
    witness_replaced,
    witness_given_state,
    // the network
    message_lost,
    message_doubled,
    message_cut,
    message_held,
    inbox_full_at_resume,
    // clients
    read_through_log,
    read_under_lease,
    read_by_index,
    read_lost,
    outcome_unknown,
    request_abandoned,
    count
};
inline constexpr std::size_t branches = static_cast<std::size_t>(Branch::count);

/// "elected after timeout"
const char* name_of(Branch branch);

struct Coverage {
    std::array<std::uint64_t, branches> taken{};

    void hit(Branch branch, std::uint64_t times = 1) {
        taken[static_cast<std::size_t>(branch)] += times;
    }
    std::uint64_t of(Branch branch) const { return taken[static_cast<std::size_t>(branch)]; }
    void add(const Coverage& other);
    std::vector<Branch> never_reached() const;
    /// A line for each branch: how often, and its name.
    std::string table() const;
};

/// So many seeds should have reached everything.
inline constexpr std::uint64_t enough_seeds = 500;

/// What a run came to.
struct Totals {
    std::uint64_t seeds = 0;
    std::uint64_t failed = 0;
    std::uint64_t simulated_ms = 0;
    std::uint64_t elections = 0;
    std::uint64_t crashes = 0;
    std::uint64_t cuts = 0;
    std::uint64_t pauses = 0;
    std::uint64_t suspends = 0;
    std::uint64_t writes = 0;  ///< acknowledged to clients
    std::uint64_t reads = 0;
    std::uint64_t messages = 0;
    std::uint64_t searched = 0;        ///< steps of the history check
    std::uint64_t given_up = 0;        ///< histories too entangled to judge
    std::uint64_t leader_after = 0;    ///< the longest wait for a leader, in % of election_max
    std::uint64_t all_done_after = 0;  ///< the longest wait for everything else, likewise
    Coverage coverage;

    void add(const Totals& other);
    /// "38.2 simulated hours, 1204 elections, …"
    std::string summary() const;
};

}  // namespace quorate::sim::core
