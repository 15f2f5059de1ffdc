// Faults that wait for an election.
#include "sim/faults.h"

namespace quorate::sim {

using namespace std::chrono_literals;

/// It may be elected by votes that are on their way; its lease is worth what the promises with them
/// are, and those are older than its leadership.
void Faults::watch_for_candidates() {
    world_.scheduler().after(1ms, [this] {
        if (over_) return;
        for (Node node = 0; node < world_.machines(); ++node) {
            const Process* process = world_.process(node);
            const raft::Raft* raft = process ? process->loop->raft() : nullptr;
            const bool asks = raft != nullptr && raft->role() == raft::Role::candidate;
            if (asks && !asking_.contains(node) && random_.one_in(2)) mute(node);
            if (asks) asking_.insert(node);
            if (!asks) asking_.erase(node);
        }
        watch_for_candidates();
    });
}

void Faults::mute(Node node) {
    Ways ways;
    for (Node other = 0; other < world_.machines(); ++other) {
        if (other != node) ways.push_back({node, other});
    }
    cut(std::move(ways), "nothing leaves n" + std::to_string(node) + ", a candidate,");
}

}  // namespace quorate::sim
