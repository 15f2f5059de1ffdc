// What must hold after every step of every node; each rule throws RuleBroken.
//
//   one leader a term; log matching; a committed entry never changes and whoever is elected holds
//   it (also over crash and restart); a commit stands on the disks of a quorum; one vote a term,
//   also over restarts; a lease is held by one; every node applies the same in the same order; what
//   a client was told stands in the log; a seat is never freed.
//
// Reads the nodes through the core's observations and never changes them.
#pragma once

#include <functional>
#include <unordered_map>
#include <vector>

#include "sim/committed_entries.h"
#include "sim/core/coverage.h"
#include "sim/core/node.h"
#include "sim/log_matching.h"
#include "sim/one_leader_a_term.h"
#include "sim/scheduler.h"
#include "sim/seats_never_freed.h"
#include "sim/single_lease.h"
#include "sim/story.h"

namespace quorate::sim::core {

class Checks {
public:
    using Find = std::function<const Node*(MemberId)>;

    Checks(const Scheduler& scheduler, const Story& story, Totals& totals, Find find)
        : scheduler_(scheduler), story_(story), totals_(totals), find_(std::move(find)) {}

    /// Its core was made anew: from nothing, or from its disk.
    void started(Node& node);
    void ended(Node& node);
    /// After each step.
    void look(Node& node);
    void sent(const Node& node, const raft::Outgoing& outgoing);
    /// It has applied the entry.
    void applied(const Node& node, const raft::Entry& entry);
    /// Its state machine was replaced by a state.
    void restored(const Node& node);
    /// A client was told that its command stands at `index`.
    void acknowledged(Index index, const Command& command) const;

private:
    void look_at_log(Node& node);
    void look_at_role(Node& node);
    void look_at_commit(Node& node);
    void look_at_lease(Node& node);
    void look_at_pace(Node& node);
    void stands(Node& node, const raft::Entry& entry, std::optional<Term> term_before);
    void won(Node& node);
    void lost(Node& node, Term term_before);
    bool holds(MemberId id, Index index, Term term) const;
    void same_digest(const Node& node);
    void voted(const Node& node, Term term, MemberId candidate);
    void count_refusal(const raft::VoteReply& reply);
    void tell(const Node& node, const std::string& what) const;

    const Scheduler& scheduler_;
    const Story& story_;
    Totals& totals_;
    Find find_;
    OneLeaderATerm leaders_;
    LogMatching logs_;
    CommittedEntries committed_;
    SingleLease lease_{true};
    SeatsNeverFreed seats_;
    std::unordered_map<std::uint64_t, MemberId> votes_;  ///< by node and term
    std::vector<std::optional<std::uint64_t>> digests_;  ///< by index
};

/// "1 2 3" or "1 2 4 from 1 2 3, learning 5"
std::string describe(const raft::Configuration& configuration);

}  // namespace quorate::sim::core
