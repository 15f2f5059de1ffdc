// The log in memory: entries behind a snapshot. Indexes are 1-based; the snapshot's index is the
// last one before the first entry. Pure values; no checks of Raft's rules beyond its own shape.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "raft/types.h"

namespace quorate::raft {

class Log {
public:
    explicit Log(std::shared_ptr<const Snapshot> snapshot);

    Index first_index() const { return snapshot_->index + 1 - kept_; }  ///< oldest entry still held
    Index last_index() const;
    Term last_term() const;
    const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
    /// The term at `index`; nothing if it is before what is held or after the end.
    std::optional<Term> term_at(Index index) const;
    const Entry& at(Index index) const;  ///< must be held
    /// Copies (payloads shared) entries from `from` on, up to both bounds, at least one if there is
    /// one.
    Entries slice(Index from, std::size_t max_entries, std::size_t max_bytes) const;

    void append(Entry entry);         ///< index must follow the last
    void truncate_from(Index index);  ///< forgets `index` and all behind it
    /// A new snapshot at an index that the log holds; keeps `keep` entries before it for slow
    /// followers.
    void compact(std::shared_ptr<const Snapshot> snapshot, std::size_t keep);
    /// Replaces everything by a snapshot.
    void reset(std::shared_ptr<const Snapshot> snapshot);

    /// The latest configuration, and the index it stands at.
    const Configuration& configuration() const;
    Index configuration_index() const;
    /// The configuration in force at `index`, which must not lie before the snapshot.
    const Configuration& configuration_at(Index index) const;
    /// Whether `id` is a voter by the configuration at `index` or by any later one.
    bool is_voter_since(Index index, MemberId id) const;
    /// The last index whose entry's term is at most `term`, at or before `from` (conflict
    /// back-tracking).
    Index last_index_with_term_at_most(Term term, Index from) const;

private:
    std::shared_ptr<const Snapshot> snapshot_;
    Index kept_ = 0;  ///< entries held that the snapshot covers too
    Term before_first_term_ = 0;
    base::RecyclingDeque<Entry> entries_;  ///< from first_index() on
    struct Standing {
        Index since = 0;
        std::shared_ptr<const Configuration> configuration;
    };
    std::vector<Standing> configurations_;  ///< by index; the first one is the snapshot's
};

}  // namespace quorate::raft
