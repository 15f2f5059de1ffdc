// GroupLoop: one member of one group, without a thread. Joins the Raft core, the agreed state, the
// clock, the network, the disk and the component into the behaviour that rules 1 to 8 promise.
//
// GroupThread drives it with real sockets; the simulator drives thousands of them in one thread:
//
//   GroupLoop loop(options, clock, transport, store, mailbox, alarm);
//   while (!loop.finished()) {
//       wait_until(loop.next_deadline());           // or until something arrives
//       loop.turn(arrived, commands);               // handles everything that waits, then sends
//       once
//   }
//
// Single-threaded, never blocks; reads the clock once a turn.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "consensus/state_machine.h"
#include "io/alarm.h"
#include "io/clock.h"
#include "io/log_store.h"
#include "io/mailbox.h"
#include "io/transport.h"
#include "quorate/spec.h"
#include "raft/raft.h"
#include "wire/codec.h"

namespace quorate::group {

/// For tests and traces: what the loop did, as it does it. All optional; never change anything.
struct LoopProbe {
    std::function<void(const wire::Header&)> accepted;  ///< a frame was taken as ours
    std::function<void(std::uint64_t index, const raft::Entry&)>
        applied;                                    ///< an entry reached the state
    std::function<void()> gives_up;                 ///< its incarnation, and has it still
    std::function<void(const std::string&)> story;  ///< one line for a reader
};

/// When the log in memory is cut (rule 11): after so many entries or bytes have been applied since
/// the last cut. The newest ones stay, up to both bounds, for members that come back after a
/// moment; those that a follower which answers still needs, or will once it has the state on its
/// way to it, stay too, up to larger bounds, or it would come too late for the log again and again.
struct CompactionLimits {
    std::size_t after_entries = 200000;
    std::size_t after_bytes = 64 << 20;
    std::size_t keep_entries = 20000;
    std::size_t keep_bytes = 16 << 20;
    std::size_t keep_entries_needed = 1'000'000;
    std::size_t keep_bytes_needed = 256 << 20;
    std::size_t chunk_bytes = 64 * 1024;  ///< of a state on its way
};

/// How a log is cut that keeps at most what the member's options say, while somebody is behind;
/// else a part of that.
CompactionLimits compaction_for(const MemberOptions& member);

struct LoopOptions {
    std::string group;       ///< TYPE.INSTANCE
    std::string name;        ///< the component's
    GroupSpec spec;          ///< usable: find_problem(spec) found nothing
    MemberOptions member;    ///< likewise
    std::uint64_t seed = 0;  ///< ids and randomized timeouts come from it
    CompactionLimits compaction = {};
    /// With more members than this, each greets more seldom, is told of fewer at a time, keeps
    /// links only to those it talks to, and looks after fewer.
    std::size_t crowd = 16;
    /// Bytes committed a second from which on a leader brings up who is behind at a pace
    /// (raft/pace.h).
    std::size_t busy_rate = raft::Options{}.busy_rate;
    LoopProbe probe;
};

/// Frames that were not taken, by cause; they only grow.
struct DropCounters {
    std::uint64_t garbage = 0;
    std::uint64_t other_version = 0;
    std::uint64_t other_group = 0;
    std::uint64_t too_large = 0;
    std::uint64_t other_incarnation = 0;
    std::uint64_t wrong_receiver = 0;
    std::uint64_t unknown_sender = 0;    ///< application or Raft frames of a stranger
    std::uint64_t other_deployment = 0;  ///< of authenticated senders with another token
    std::uint64_t forged_sender = 0;     ///< in the name of a member that has another key
    std::uint64_t stale = 0;             ///< answers nobody waits for, former lives
    std::uint64_t overflow = 0;          ///< a bounded queue was full
};

class GroupLoop {
public:
    GroupLoop(LoopOptions options, io::Clock& clock, io::Transport& transport, io::LogStore& store,
              io::Mailbox& mailbox, io::Alarm& alarm);
    ~GroupLoop();
    GroupLoop(const GroupLoop&) = delete;
    GroupLoop& operator=(const GroupLoop&) = delete;

    /// Handles what arrived and what the component asked for, in this order, then what is due.
    /// Call it at next_deadline() at the latest, and whenever there are inputs.
    void turn(const std::vector<io::TransportEvent>& arrived, std::vector<io::Command>& commands);
    /// CLOCK_MONOTONIC of the next thing to do; base::never when finished.
    base::Nanos next_deadline() const;
    /// The Left event was posted (or the bound on leaving passed, or the group refused us).
    bool finished() const;

    // ---- observations, for status and for the simulator's checkers ----
    MemberId id() const;
    const raft::Raft* raft() const;                  ///< null while outside
    const consensus::StateMachine* machine() const;  ///< null while outside
    GroupStatus status() const;
    const DropCounters& drops() const;
    std::uint64_t untold_losses() const;  ///< events dropped that EventsLost has not told of yet
    base::Nanos promised_until() const;   ///< in any incarnation (rule 5)

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace quorate::group
