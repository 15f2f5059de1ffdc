// A whole group of nodes in one thread: a network with a delay, which can be cut; crashes; one
// shared clock. After every step it checks what must always hold (thesis, figure 3.2, and design
// rule 5).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "raft/raft.h"
#include "tests/unit/raft/solo.h"

namespace quorate::raft::test {

class Cluster {
public:
    struct Node {
        std::unique_ptr<Raft> raft;
        bool running = true;
        Entries applied;
        Index restored_at = 0;
        // its disk
        std::shared_ptr<const Snapshot> base;
        HardState hard_state;
        Entries entries;
    };

    /// Nodes 1 to `voters`; then `learners` that are learners from the start.
    explicit Cluster(std::uint64_t voters, std::uint64_t learners = 0);

    /// Runs until `time` has passed.
    void run(Nanos time);
    /// Runs until `condition` holds; false after `limit`.
    bool run_until(const std::function<bool()>& condition, Nanos limit = 5s);
    /// Runs until one leads that has committed in its term and is followed by a quorum; its number.
    std::uint64_t await_leader(Nanos limit = 5s);
    /// The running leader of the greatest term; 0 if none.
    std::uint64_t leader() const;

    Raft& raft(std::uint64_t id) { return *nodes_.at(id).raft; }
    Node& node(std::uint64_t id) { return nodes_.at(id); }
    Moment now() const { return now_; }
    std::uint64_t other_than(std::initializer_list<std::uint64_t> ids) const;

    void kill(std::uint64_t id) { nodes_.at(id).running = false; }
    /// A node that starts with a received state, or the founding's.
    void start(std::uint64_t id, std::shared_ptr<const Snapshot> base);
    /// A durable node again, with what is on its disk; its promises are not, so it withholds first.
    void restart(std::uint64_t id);
    /// Cuts these off from all others, not from each other.
    void isolate(std::initializer_list<std::uint64_t> ids) { island_ = ids; }
    void heal() { island_.clear(); }
    /// Lets messages through for which this is true.
    std::function<bool(std::uint64_t from, std::uint64_t to, const Message&)> passes;

    std::optional<Index> propose(std::uint64_t id, std::string text);
    bool applied(std::uint64_t id, const std::string& text) const;
    bool all_applied(const std::string& text) const;
    /// Output and inputs of a call from outside of the network.
    void turn(std::uint64_t id);

    Nanos delay = 1ms;
    std::function<Nanos()> jitter;  ///< more delay, message by message: they overtake each other
    Options options = timing(1);

private:
    struct Flying {
        Nanos at;
        std::uint64_t order;
        std::uint64_t from;
        std::uint64_t to;
        Message message;
    };
    void persist(Node& node, const Output& out);
    void step_to(Nanos at);
    Nanos next_event() const;
    void post(std::uint64_t from, std::vector<Outgoing> messages);
    void check_invariants();

    Moment now_ = Solo::start();
    std::map<std::uint64_t, Node> nodes_;
    std::vector<Flying> flying_;
    std::uint64_t order_ = 0;
    std::set<std::uint64_t> island_;
    std::map<Term, MemberId> leaders_;
    std::map<Index, Entry> agreed_;
};

}  // namespace quorate::raft::test
