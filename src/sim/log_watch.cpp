#include "sim/log_watch.h"

#include <algorithm>

namespace quorate::sim {

raft::Index LogWatch::look(const raft::Log& log, const OnBase& on_base, const OnEntry& on_entry) {
    const raft::Index first = log.first_index();
    const raft::Index last = log.last_index();
    const bool gap = begun_ && first > first_ + terms_.size();
    if (!begun_ || gap || first < first_) {
        begun_ = true;
        terms_.clear();
        first_ = first;
        on_base(*log.snapshot());
    }
    for (; first_ < first; ++first_) terms_.pop_front();
    if (first_ + terms_.size() > last + 1) terms_.resize(last + 1 - first_);
    // Where the term is the same, so is all before it: a log is cut back and grows, nothing else.
    while (!terms_.empty() && log.term_at(first_ + terms_.size() - 1) != terms_.back()) {
        terms_.pop_back();
    }
    const raft::Index changed = first_ + terms_.size();
    for (raft::Index index = changed; index <= last; ++index) {
        const raft::Entry& entry = log.at(index);
        on_entry(entry, log.term_at(index - 1));
        terms_.push_back(entry.term);
    }
    return changed;
}

}  // namespace quorate::sim
