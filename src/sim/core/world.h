// The simulated world: nodes, their network, and simulated time. It stands where GroupLoop and
// GroupThread stand: it feeds each core its inputs and carries out its outputs, as raft.h says.
//
// A node's turn: what became durable is confirmed, what arrived is received, timers are ticked,
// then one output is taken and carried out. Faults, Driver and Clients act through this class.
// Single-threaded; throws RuleBroken when a checker finds something.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/checks.h"
#include "sim/core/network.h"
#include "sim/core/node.h"
#include "sim/core/profile.h"
#include "sim/scheduler.h"
#include "sim/story.h"

namespace quorate::sim::core {

class World {
public:
    World(const Profile& profile, std::uint64_t seed, const Story& story, Totals& totals);

    /// All of them, one of whom founds.
    void begin();
    /// A new node, outside of the configuration; none when there are too many.
    Node* create(bool durable);

    // ---- what faults do ----
    /// Its process ends. A durable node keeps its disk, a volatile one is gone for good.
    void crash(Node& node);
    /// A durable node that is down or halted, with what its disk kept.
    void restart(Node& node, bool reboot);
    void pause(Node& node) { node.paused = true; }
    void resume(Node& node);
    void suspend(Node& node);
    void wake(Node& node);
    /// Ends a sync that stalls; no more faults of this disk.
    void repair_disk(Node& node);
    /// Whether the group survives it: volatile members that are gone must stay fewer than a quorum.
    bool may_crash(const Node& node) const;

    // ---- what reaches a node ----
    void arrive(Node& node, Arrival arrival);
    /// Something that the owner does, and then the output of the core.
    void act(Node& node, const std::function<void(raft::Raft&, Moment)>& action);
    /// Covers what was applied by a state, and keeps some entries.
    void compact(Node& node, std::size_t keep);

    // ---- hooks ----
    std::function<void(const Request&, const Answer&)> on_answer;

    // ---- observations ----
    Node* leader();  ///< of the greatest term among those that run
    Node* find(MemberId id);
    std::vector<std::unique_ptr<Node>>& nodes() { return nodes_; }
    Node& node(std::size_t number) { return *nodes_[number]; }
    Scheduler& scheduler() { return scheduler_; }
    Nanos now() const { return scheduler_.now(); }
    Network& network() { return network_; }
    Checks& checks() { return checks_; }
    const Profile& profile() const { return profile_; }
    const Story& story() const { return story_; }
    Totals& totals() { return totals_; }
    void hit(Branch branch) { totals_.coverage.hit(branch); }
    void tell(const Node& node, const std::string& what) const;
    void tell(const std::string& what) const;

private:
    // ---- world.cpp: lives ----
    void set_clock(Node& node, bool fresh);
    void start(Node& node, Nanos withhold);
    void leave_core(Node& node);
    void halt(Node& node);

    // ---- world_turns.cpp ----
    void plan(Node& node, Nanos when);
    void wake_up(Node& node);
    void turn(Node& node);
    bool notice_lateness(Node& node, Moment now);
    void receive(Node& node, Moment now, Arrival& arrival);
    void receive(Node& node, Moment now, const Delivery& delivery);
    void receive(Node& node, Moment now, const Request& request);
    void receive(Node& node, Moment now, const Proof& proof);
    void receive(Node& node, Moment now, const Suspicion& suspicion);
    void note_step_down(Node& node, raft::Role role, Term term, bool handing_on, bool stalled);
    void finish(Node& node, Moment now);

    // ---- world_output.cpp ----
    bool carry_out(Node& node, Moment now, raft::Output& out);
    void persist(Node& node, raft::Output& out);
    void begin_sync(Node& node);
    void end_sync(Node& node);
    void confirm_synced(Node& node, Moment now);
    void send(Node& node, std::vector<raft::Outgoing>& messages);
    void restore(Node& node, const raft::Snapshot& snapshot);
    void apply(Node& node, const raft::Entry& entry);
    void answer(const Request& request, const Answer& answer);
    void note_reads(Node& node, Moment now, const raft::Output& out);
    void serve_reads(Node& node);
    void answer_waiting(Node& node, const raft::Entry& entry, Answer told);
    void drop_requests(Node& node, bool all);

    const Profile& profile_;
    const Story& story_;
    Totals& totals_;
    Scheduler scheduler_;
    base::Random random_;
    Network network_;
    Checks checks_;
    std::shared_ptr<const raft::Snapshot> founding_;
    std::vector<std::unique_ptr<Node>> nodes_;
    Life lives_ = 0;
    std::uint64_t reads_ = 0;
};

}  // namespace quorate::sim::core
