// What the rules have to remember of the past, and the rules that look at more than one node's
// step. A history is part of the state, so that no merging of states hides a broken rule.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "tests/exploration/replicas.h"

namespace quorate::exploration {

inline constexpr std::size_t max_terms = 8;

struct CommittedEntry {
    EntryKey entry;
    Term in_term = 0;  ///< of the leader that committed it
    auto operator<=>(const CommittedEntry& other) const {
        return std::tie(entry.term, entry.content, in_term) <=>
               std::tie(other.entry.term, other.entry.content, other.in_term);
    }
    bool operator==(const CommittedEntry&) const = default;
};

struct History {
    std::array<std::uint8_t, max_terms> leaders{};  ///< by term: node + 1; 0 nobody as yet
    std::vector<CommittedEntry> committed;          ///< from index 1 on
    auto operator<=>(const History&) const = default;
};

class Histories {
public:
    Histories(const Replicas& replicas, std::size_t nodes) : replicas_(replicas), nodes_(nodes) {
        enter({});
    }

    /// The history after a node got into the state `replica`. Throws Violation: one leader a term;
    /// committed entries never change (state machine safety); they are in the log of every leader
    /// of a later term (leader completeness).
    HistoryId after(HistoryId history, ReplicaId replica);
    /// Throws Violation: log matching; a lease is never held by two.
    void judge(const State& state, Node moved);
    const History& operator[](HistoryId id) const { return histories_[id]; }
    std::size_t size() const { return histories_.size(); }

private:
    HistoryId enter(const History& history);
    void match(const Replica& one, const Replica& other);

    const Replicas& replicas_;
    std::size_t nodes_;
    std::vector<History> histories_;
    std::map<History, HistoryId> known_;
    HashMap after_;
    HashSet matching_;
};

}  // namespace quorate::exploration
