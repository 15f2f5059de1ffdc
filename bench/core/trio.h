// Three Raft cores in one thread, without wire, disk or sockets: what the core alone costs.
//
//   Trio trio(0);                        // or with a lag: see below
//   Burst burst = trio.run(250'000'000);
//
// Messages are handed over as they are: entries share their payloads, nothing is encoded. Time is a
// count of turns, a microsecond each. One thread; run() blocks for the processor time it is given.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/core/burst.h"
#include "raft/raft.h"

namespace quorate::bench::core {

class Trio {
public:
    /// `lag`: how many turns a message is on its way. With 0, all that may be outstanding is
    /// proposed in one turn and leaves in one Append; otherwise one entry is proposed a turn, and
    /// each leaves in an Append of its own, up to the bound behind one another.
    explicit Trio(std::uint64_t lag);
    Burst run(std::uint64_t duration_ns);

private:
    /// A message on its way to a node.
    struct Arriving {
        std::size_t from = 0;
        std::uint64_t due = 0;  ///< the turn
        raft::Message message;
    };
    /// What waits for a node, in its order: a ring, so that waiting itself allocates nothing.
    struct Inbox {
        std::vector<Arriving> ring;
        std::size_t begin = 0;
        std::size_t size = 0;
    };
    struct Node {
        std::unique_ptr<raft::Raft> raft;
        Inbox inbox;
        raft::Output used;  ///< its room is used again
    };

    void elect();
    void turn();
    void propose();
    /// Gives a node what is due, and its timers; false if nothing was.
    bool give(std::size_t index);
    void take(std::size_t index);
    void send(std::size_t from, std::vector<raft::Outgoing>& messages);
    void apply(std::size_t index, const raft::Entries& committed);
    raft::Moment now() const;

    std::uint64_t lag_;
    std::uint64_t turns_ = 0;
    std::array<Node, 3> nodes_;  ///< the first one leads
    std::uint64_t outstanding_ = 0;
    Burst burst_;
};

}  // namespace quorate::bench::core
