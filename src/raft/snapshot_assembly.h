// A state that arrives in chunks (section 5.3), until it is whole. Chunks are taken in order; one
// that comes twice or too early changes nothing. A later state, or one of a later leader, takes the
// place of what was there: what two leaders send is not mixed.
//
// Pure value. Grows with what arrives, never with what is announced.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "raft/messages.h"

namespace quorate::raft {

class SnapshotAssembly {
public:
    /// The whole snapshot once the last chunk is in; null until then. `max_bytes`: a longer state
    /// is given up.
    std::shared_ptr<const Snapshot> take(const InstallSnapshot& chunk, std::size_t max_bytes);
    /// How much of the snapshot at `index` is held.
    std::size_t received(Index index) const { return index == index_ ? state_.size() : 0; }
    void clear() { *this = {}; }
    Term leader_term() const { return leader_term_; }
    Index index() const { return index_; }
    const std::string& state() const { return state_; }

private:
    Term leader_term_ = 0;
    Index index_ = 0;
    Term term_ = 0;
    std::string state_;
};

}  // namespace quorate::raft
