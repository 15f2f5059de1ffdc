// One simulated node: a Raft core with clocks, a disk and a state machine, and what waits for it.
// A plain value of World's, which alone changes it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "raft/raft.h"
#include "sim/core/disk.h"
#include "sim/core/registers.h"
#include "sim/log_watch.h"
#include "sim/sim_clock.h"

namespace quorate::sim::core {

using raft::Index;
using raft::Moment;
using raft::Term;

/// Where a read is answered from: a log entry, or Raft::read under a lease or by a round.
enum class ReadBy : std::uint8_t { log, lease, quorum };

/// A client's request, on its way to a node.
struct Request {
    std::uint32_t client = 0;
    std::uint64_t number = 0;  ///< of the client's operations
    Command command;
    ReadBy read_by = ReadBy::log;
};

/// What becomes of it there.
struct Answer {
    enum class Kind : std::uint8_t { done, not_leader, would_block, unknown };
    Kind kind = Kind::unknown;
    Value value = 0;
    Index index = 0;  ///< done through the log: where it stands
    MemberId leader;  ///< not_leader: whom to ask instead, if known
};

/// A message that arrived.
struct Delivery {
    MemberId from;
    raft::Message message;
};

/// An endpoint refused a connection.
struct Proof {
    MemberId dead;
    Nanos asked{};  ///< CLOCK_BOOTTIME of the prober when it asked
    bool comes_back = false;
};

/// A connection was closed.
struct Suspicion {
    MemberId of;
};

using Arrival = std::variant<Delivery, Request, Proof, Suspicion>;

struct Node {
    enum class State : std::uint8_t {
        running,
        halted,  ///< its disk failed
        down,
        gone,  ///< a volatile member that crashed: its id is never used again
    };
    /// A request whose entry stands in this leader's log.
    struct Waiting {
        Request request;
        Index index = 0;
        Term term = 0;
    };
    struct Read {
        Request request;
        std::uint64_t number = 0;
        std::optional<Index> index;  ///< none: not confirmed yet
        Nanos asked{};
    };

    std::uint32_t number = 0;
    MemberId id;
    bool durable = true;
    bool witness = false;  ///< was named one: it is nothing else ever again
    bool lacks = false;    ///< it was given entries without their content, as witnesses are
    std::uint8_t priority = 0;
    State state = State::down;
    Life life = 0;
    Nanos started{};

    std::optional<SimClock> clock;
    Disk disk;
    std::unique_ptr<raft::Raft> raft;
    Registers machine;
    Index applied = 0;

    bool paused = false;
    std::vector<Arrival> inbox;
    std::vector<Disk::Write> synced;  ///< on disk; the node doesn't know yet
    std::size_t outputs_on_disk = 0;  ///< given to the disk, not confirmed to the core
    std::deque<Waiting> waiting;
    std::vector<Read> reads;

    Nanos planned = base::never;  ///< of the next turn, simulated time
    std::uint32_t plan = 0;
    std::uint32_t sync = 0;  ///< counts them, so that a late end finds out
    Moment last_turn;
    Nanos due = base::never;  ///< CLOCK_MONOTONIC

    // faults of the disk
    Nanos stall_once{};  ///< added to the next sync
    Nanos slow{};        ///< added to each
    bool stalled_sync = false;
    bool fail_next_sync = false;

    // what the checkers saw
    LogWatch watch;
    raft::Role role = raft::Role::follower;
    Term term = 0;
    Index committed = 0;
    Index last_index = 0;
    Term last_term = 0;
    Index first_index = 0;
    Index configuration_index = 0;
    bool held_lease = false;
    bool hands_on_anew = false;

    Node(std::uint32_t number_, MemberId id_, bool durable_,
         std::shared_ptr<const raft::Snapshot> founding)
        : number(number_), id(id_), durable(durable_), disk(std::move(founding)) {}

    bool running() const { return state == State::running; }
    bool awake() const { return running() && !paused && !clock->suspended(); }
    bool leads() const { return running() && raft->role() == raft::Role::leader; }
    /// "n3.7": node 3 in the run's seventh life.
    std::string label() const { return "n" + std::to_string(number) + "." + std::to_string(life); }
};

}  // namespace quorate::sim::core
