// What a group's worker shows of itself to any thread: the lease, the commit index, and a status
// that is replaced as a whole. Outlives the worker, so that queries never meet a thread that is
// gone.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/time.h"
#include "quorate/elections.h"
#include "quorate/events.h"
#include "quorate/metrics.h"

namespace quorate::group {

class Published {
public:
    /// CLOCK_BOOTTIME until which this member's lease holds. Lock-free.
    base::Nanos lease_until() const {
        return base::Nanos(lease_until_.load(std::memory_order_acquire));
    }
    void set_lease(base::Nanos until) {
        lease_until_.store(until.count(), std::memory_order_release);
    }

    std::uint64_t commit_index() const { return commit_index_.load(std::memory_order_relaxed); }
    void set_commit(std::uint64_t index) { commit_index_.store(index, std::memory_order_relaxed); }

    Lateness lateness() const {
        return {.last = Duration(last_lateness_.load(std::memory_order_relaxed)),
                .greatest = Duration(greatest_lateness_.load(std::memory_order_relaxed))};
    }
    void set_lateness(const Lateness& lateness) {
        last_lateness_.store(lateness.last.count(), std::memory_order_relaxed);
        greatest_lateness_.store(lateness.greatest.count(), std::memory_order_relaxed);
    }

    std::shared_ptr<const GroupStatus> status() const {
        std::lock_guard lock(mutex_);
        return status_;
    }
    void set_status(GroupStatus status) {
        // Built and freed outside of the lock: a reader that is preempted in it must not hold up
        // the worker for longer than a pointer takes.
        auto fresh = std::make_shared<const GroupStatus>(std::move(status));
        std::lock_guard lock(mutex_);
        status_.swap(fresh);
    }

    /// How full the mailbox is.
    struct MailboxDepth {
        std::size_t commands_waiting = 0;
        std::size_t events_waiting = 0;
    };
    GroupMetrics metrics() const {
        std::lock_guard lock(metrics_mutex_);
        return metrics_;
    }
    /// Left for the next time while somebody reads: the worker waits for nobody. Once the roster is
    /// known it costs no allocation.
    void set_metrics(const GroupMetrics& fresh, const MailboxDepth& depth) {
        std::unique_lock lock(metrics_mutex_, std::try_to_lock);
        if (!lock.owns_lock()) return;
        metrics_ = fresh;
        metrics_.commands_waiting = depth.commands_waiting;
        metrics_.events_waiting = depth.events_waiting;
    }

    std::shared_ptr<const std::vector<ElectionRecord>> elections() const {
        std::lock_guard lock(mutex_);
        return elections_;
    }
    void set_elections(const std::deque<ElectionRecord>& elections) {
        auto fresh =
            std::make_shared<const std::vector<ElectionRecord>>(elections.begin(), elections.end());
        std::lock_guard lock(mutex_);
        elections_.swap(fresh);
    }

private:
    static_assert(std::atomic<std::int64_t>::is_always_lock_free);
    std::atomic<std::int64_t> lease_until_{base::long_ago.count()};
    std::atomic<std::uint64_t> commit_index_{0};
    std::atomic<std::int64_t> last_lateness_{0};
    std::atomic<std::int64_t> greatest_lateness_{0};
    mutable std::mutex mutex_;
    std::shared_ptr<const GroupStatus> status_ = std::make_shared<const GroupStatus>();
    std::shared_ptr<const std::vector<ElectionRecord>> elections_ =
        std::make_shared<const std::vector<ElectionRecord>>();
    mutable std::mutex metrics_mutex_;
    GroupMetrics metrics_;
};

}  // namespace quorate::group
