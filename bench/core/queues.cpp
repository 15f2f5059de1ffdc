#include "bench/core/queues.h"

#include <algorithm>

#include "bench/core/allocations.h"

namespace quorate::bench::core {

Burst Queues::run(std::uint64_t duration_ns) {
    constexpr int turns_between_looks = 256;
    burst_ = {};
    const std::uint64_t allocated = allocations();
    const std::uint64_t begin = processor_ns();
    const std::uint64_t committed_before = committed_;
    do {
        for (int i = 0; i < turns_between_looks; ++i) {
            while (proposed_ - committed_ < max_outstanding) {
                Plain entry;
                entry.index = ++proposed_;
                entry.data.fill('.');
                for (Follower& each : followers_) each.inbox.push_back(entry);
            }
            for (Follower& each : followers_) follow(each);
        }
        burst_.processor_ns = processor_ns() - begin;
    } while (burst_.processor_ns < duration_ns);
    burst_.allocations = allocations() - allocated;
    burst_.entries = committed_ - committed_before;
    return burst_;
}

void Queues::follow(Follower& follower) {
    for (; !follower.inbox.empty(); follower.inbox.pop_front()) {
        follower.log.push_back(follower.inbox.front());
        follower.acknowledgements.push_back(follower.inbox.front().index);
        ++burst_.steps;
    }
    for (; !follower.acknowledgements.empty(); follower.acknowledgements.pop_front()) {
        // With its sender's own, it is a majority.
        committed_ = std::max(committed_, follower.acknowledgements.front());
        ++burst_.steps;
    }
    if (follower.log.size() < compact_after + entries_kept) return;
    follower.log.erase(follower.log.begin(),
                       follower.log.end() - static_cast<std::ptrdiff_t>(entries_kept));
}

}  // namespace quorate::bench::core
