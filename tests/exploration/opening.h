// The steps before an exploration starts: they lead to where it gets interesting, which from a cold
// start would lie deeper than all interleavings can be gone through. They are steps like the
// exploration's own, under the same rules, and part of every story.
#pragma once

#include <vector>

#include "tests/exploration/group.h"

namespace quorate::exploration {

class Opening {
public:
    explicit Opening(Group& group);

    void pass(int ticks);
    void fire(Node node);
    void propose(Node leader);
    void change(Node leader);
    void crash(Node node);
    void restart(Node node);
    void transfer(Node leader, Node target);
    void compact(Node node);
    /// Delivers what is under way, and what follows from it, until nothing is.
    void settle();
    /// … but only what goes from one of these to the other.
    void settle_between(Node one, Node other);
    /// … and only one message; false if there is none.
    bool deliver_between(Node one, Node other);
    /// … until `other` holds as many entries.
    void bring(Node one, Node other, Index last);
    void lose_everything();
    /// Three quiet nodes: `node` campaigns after a timeout, wins, and all know it.
    void elect(Node node);
    /// `node` campaigns, timeout after timeout, until it leads by the vote of `backer`; the two
    /// hear nobody else, and nothing it says as the leader has left it yet.
    void win(Node node, Node backer);
    /// A message that nobody sent is under way from here on; stories begin here.
    void forge(Node from, Node to, raft::Message message);

    const State& origin() const { return origin_; }
    const State& state() const { return state_; }
    const std::vector<Action>& path() const { return path_; }

private:
    void take(Action action);
    void keep_order();
    bool leads(Node node) const;

    Group& group_;
    State origin_;
    State state_;
    std::vector<Action> path_;
    std::vector<FlightId> order_;  ///< what is under way, the first sent first
};

/// What script/explore goes through.
const std::vector<Setting>& settings();

}  // namespace quorate::exploration
