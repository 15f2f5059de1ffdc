#include "raft/snapshot_assembly.h"

#include <utility>

namespace quorate::raft {

std::shared_ptr<const Snapshot> SnapshotAssembly::take(const InstallSnapshot& chunk,
                                                       std::size_t max_bytes) {
    const Snapshot& part = *chunk.snapshot;
    if (chunk.offset == 0 && chunk.done) {  // all of it at once: nothing to put together
        clear();
        return part.state.size() <= max_bytes ? chunk.snapshot : nullptr;
    }
    const bool same = chunk.term == leader_term_ && part.index == index_ && part.term == term_;
    if (!same) {
        if (chunk.term < leader_term_ || (chunk.term == leader_term_ && part.index < index_)) {
            return nullptr;
        }
        clear();
        leader_term_ = chunk.term;
        index_ = part.index;
        term_ = part.term;
    }
    if (chunk.offset != state_.size()) return nullptr;
    if (part.state.size() > max_bytes - state_.size()) {
        clear();
        return nullptr;
    }
    state_.append(part.state.view());
    if (!chunk.done) return nullptr;
    auto whole = std::make_shared<Snapshot>(part);
    whole->state = Payload(std::exchange(state_, {}));
    clear();
    return whole;
}

}  // namespace quorate::raft
