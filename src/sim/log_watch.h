// Finds what is new in a process's log since the last look, without reading it all.
#pragma once

#include <deque>
#include <functional>

#include "raft/raft.h"
#include "sim/names.h"

namespace quorate::sim {

class LogWatch {
public:
    /// An entry that was not there at the last look.
    using OnEntry = std::function<void(const raft::Entry&, std::optional<raft::Term> term_before)>;
    /// The log begins anew behind its snapshot.
    using OnBase = std::function<void(const raft::Snapshot&)>;

    void forget() { begun_ = false; }
    /// Calls `on_base` (maybe) and then `on_entry` for each new entry, in order. Returns the index
    /// of the first of them, or one after the last entry if there are none.
    raft::Index look(const raft::Log& log, const OnBase& on_base, const OnEntry& on_entry);

private:
    bool begun_ = false;
    raft::Index first_ = 1;
    std::deque<raft::Term> terms_;  ///< of the entries from first_ on, as they were
};

}  // namespace quorate::sim
