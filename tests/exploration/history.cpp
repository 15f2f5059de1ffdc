#include "tests/exploration/history.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "base/check.h"

namespace quorate::exploration {

namespace {

std::string name(const Replica& replica) {
    return "node " + std::to_string(replica.node + 1);
}

/// Election safety (section 3.2).
void note_leader(History& history, const Replica& replica) {
    QUORATE_CHECK(replica.term < max_terms, "the bound of terms is small");
    std::uint8_t& leader = history.leaders[replica.term];
    if (leader != 0 && leader != replica.node + 1) {
        throw Violation{"one leader a term", "nodes " + std::to_string(leader) + " and " +
                                                 std::to_string(replica.node + 1) +
                                                 " lead in term " + std::to_string(replica.term)};
    }
    leader = static_cast<std::uint8_t>(replica.node + 1);
}

/// State machine safety (section 3.6.3): what is committed at an index is the same for all.
void note_committed(History& history, const Replica& replica, const LogContent& log) {
    for (Index index = 1; index <= replica.commit; ++index) {
        const EntryKey* held = log.at(index);
        const bool known = index <= history.committed.size();
        if (!held) {
            QUORATE_CHECK(known, "a state covers only what was committed before");
            const bool covered = index == replica.base;
            if (covered && history.committed[index - 1].entry.term != replica.base_term) {
                throw Violation{"committed entries never change",
                                name(replica) + " has a state at " + std::to_string(index) +
                                    " of another term"};
            }
            continue;
        }
        if (!known) {
            history.committed.push_back({*held, replica.term});
        } else if (history.committed[index - 1].entry != *held) {
            throw Violation{"committed entries never change",
                            name(replica) + " commits another entry at " + std::to_string(index)};
        }
    }
}

/// Leader completeness (section 3.6.3).
void check_complete(const History& history, const Replica& replica, const LogContent& log) {
    for (Index index = 1; index <= history.committed.size(); ++index) {
        const CommittedEntry& committed = history.committed[index - 1];
        if (committed.in_term >= replica.term || index <= replica.base) continue;
        const EntryKey* held = log.at(index);
        if (held && *held == committed.entry) continue;
        throw Violation{"a leader has every entry committed in earlier terms",
                        name(replica) + " leads in term " + std::to_string(replica.term) +
                            " without entry " + std::to_string(index) + ", committed in term " +
                            std::to_string(committed.in_term)};
    }
}

}  // namespace

HistoryId Histories::enter(const History& history) {
    const auto [found, first] =
        known_.try_emplace(history, static_cast<HistoryId>(histories_.size()));
    if (first) histories_.push_back(history);
    return found->second;
}

HistoryId Histories::after(HistoryId history, ReplicaId id) {
    const std::uint64_t key = std::uint64_t{history} << 32 | id;
    if (const std::uint32_t* known = after_.find(key)) return *known;
    const Replica& replica = replicas_[id];
    const LogContent& log = replicas_.log(replica.log);
    History next = histories_[history];
    if (replica.running) {
        const bool leads = replica.role == raft::Role::leader;
        if (leads) note_leader(next, replica);
        note_committed(next, replica, log);
        if (leads) check_complete(next, replica, log);
    }
    const HistoryId entered = enter(next);
    after_.insert(key, entered);
    return entered;
}

/// Log matching (section 3.5): where two logs hold an entry of the same index and term, they are
/// the same up to there.
void Histories::match(const Replica& one, const Replica& other) {
    if (one.log == other.log) return;
    const std::uint64_t key =
        mix((std::uint64_t{std::min(one.log, other.log)} << 32) | std::max(one.log, other.log));
    if (!matching_.insert(key)) return;
    const LogContent& a = replicas_.log(one.log);
    const LogContent& b = replicas_.log(other.log);
    bool same_from_here = false;
    for (Index index = std::min(a.last(), b.last()); index >= std::max(a.first, b.first); --index) {
        same_from_here |= a.at(index)->term == b.at(index)->term;
        if (!same_from_here || *a.at(index) == *b.at(index)) continue;
        throw Violation{"log matching", name(one) + " and " + name(other) + " differ at " +
                                            std::to_string(index) +
                                            ", before an entry that they share"};
    }
}

void Histories::judge(const State& state, Node moved) {
    const Replica& mover = replicas_[state.replicas[moved]];
    for (Node node = 0; node < nodes_; ++node) {
        if (node == moved) continue;
        const Replica& other = replicas_[state.replicas[node]];
        if (mover.lease && other.lease) {
            throw Violation{"a lease is never held by two",
                            name(mover) + " and " + name(other) + " hold one at once"};
        }
        match(mover, other);
    }
}

}  // namespace quorate::exploration
