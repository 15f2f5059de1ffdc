// The three real cores: every inner state that one of them was seen in, under a number, and what it
// does with each input, worked out once. A core sees its own state and its input and nothing else,
// so what it did once it does whenever it meets that input in that state, whatever the others do;
// that is why the exploration is fast, though each step is the real core's.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "raft/raft.h"
#include "tests/exploration/flights.h"
#include "tests/exploration/state.h"

namespace quorate::exploration {

/// What happened in a step, as bits.
namespace happened {
inline constexpr std::uint16_t elected = 1;
inline constexpr std::uint16_t deposed = 2;  ///< a leader is none any more
inline constexpr std::uint16_t truncated = 4;
inline constexpr std::uint16_t committed = 8;
inline constexpr std::uint16_t entered_joint = 16;
inline constexpr std::uint16_t left_joint = 32;
inline constexpr std::uint16_t restored = 64;  ///< took a state instead of the log
inline constexpr std::uint16_t refused = 128;  ///< the core said no to a proposal, a change …
}  // namespace happened

struct Replica {
    Node node = 0;
    bool running = true;
    std::shared_ptr<const raft::Raft> raft;
    Moment now;
    raft::HardState disk;  ///< the log's entries are on the disk too, at the end of every step
    Index applied = 0;
    // what the rules ask for
    raft::Role role = raft::Role::follower;
    Term term = 0;
    bool lease = false;
    bool due = false;  ///< a timer may fire
    bool joint = false;
    Index commit = 0;
    Index base = 0;  ///< the last index that the state before the log covers
    Term base_term = 0;
    std::uint32_t log = 0;  ///< number of the log's content from its first entry on
};

/// One entry, as the rules compare it.
struct EntryKey {
    Term term = 0;
    std::uint64_t content = 0;  ///< of all of it
    bool operator==(const EntryKey&) const = default;
};
struct LogContent {
    Index first = 1;
    std::vector<EntryKey> entries;
    const EntryKey* at(Index index) const {
        const bool held = index >= first && index < first + entries.size();
        return held ? &entries[index - first] : nullptr;
    }
    Index last() const { return first + entries.size() - 1; }
    bool operator==(const LogContent&) const = default;
};

struct Outcome {
    ReplicaId next = 0;
    std::uint16_t happened = 0;
    std::uint16_t sent_count = 0;
    std::uint32_t sent_begin = 0;
};

class Replicas {
public:
    Replicas(const Setting& setting, Flights& flights);

    ReplicaId start(Node node);
    /// Throws Violation where the core breaks one of its own invariants or a rule that one node's
    /// step can show: terms never fall, one vote a term, a seat is never freed, the latest
    /// configuration is in force, committed entries are handed out in order. `action` must be one
    /// for this node.
    Outcome step(ReplicaId id, const Action& action);
    ReplicaId aged(ReplicaId id);

    const Replica& operator[](ReplicaId id) const { return replicas_[id].replica; }
    const FlightId* sent(const Outcome& outcome) const { return &sent_[outcome.sent_begin]; }
    const LogContent& log(std::uint32_t id) const { return logs_[id]; }
    std::size_t size() const { return replicas_.size(); }
    std::size_t inputs() const { return outcomes_.size(); }
    /// How often two values that differ but have one fingerprint were given the same input, to see
    /// that they go on alike.
    std::uint64_t twins_compared() const { return twins_; }

private:
    /// A step that is under way.
    struct Pending {
        Replica after;
        std::shared_ptr<raft::Raft> raft;  ///< what will be after.raft, still to be changed
        std::vector<raft::Outgoing> sent;
        std::uint16_t happened = 0;
    };
    Outcome work_out(ReplicaId id, const Action& action);
    void turn(Pending& pending);
    void apply_input(Pending& pending, const Action& action);
    void restart(Pending& pending) const;
    bool change(raft::Raft& raft, Moment now) const;
    static void note_what_happened(const Replica& before, Pending& pending);
    ReplicaId intern(Replica replica);
    std::uint32_t intern_log(const raft::Log& log);
    raft::Options options(Node node, Nanos withhold_until) const;

    // ---- replica_rules.cpp ----
    [[noreturn]] static void broken(const Replica& replica, const std::string& rule,
                                    const std::string& details);
    void judge(const Replica& before, const Pending& pending, const Action& action) const;
    void compare_twin(ReplicaId known, const Replica& twin);

    static constexpr ReplicaId unknown = ~ReplicaId{0};
    struct Known {
        Replica replica;
        ReplicaId aged = unknown;
        std::uint32_t last_input = 0;  ///< an action that was worked out, packed, plus 1
    };
    const Setting& setting_;
    Flights& flights_;
    std::deque<Known> replicas_;
    std::unordered_map<raft::Fingerprint, ReplicaId, FingerprintHash> known_;
    std::vector<Outcome> outcomes_;
    HashMap outcome_of_;
    std::vector<FlightId> sent_;
    std::vector<LogContent> logs_;
    std::unordered_map<std::uint64_t, std::uint32_t> known_logs_;
    std::uint64_t met_again_ = 0;
    std::uint64_t twins_ = 0;
    bool comparing_ = false;
};

}  // namespace quorate::exploration
