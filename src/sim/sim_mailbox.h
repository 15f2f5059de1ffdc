// io::Mailbox that hands events to whoever watches, and keeps them for a component that may not
// read.
#pragma once

#include <deque>
#include <functional>

#include "io/mailbox.h"
#include "sim/names.h"

namespace quorate::sim {

class SimMailbox final : public io::Mailbox {
public:
    /// Sees each event as it is posted; `taken` is false for one that found the mailbox full.
    using Watch = std::function<void(const Event& event, bool taken)>;

    SimMailbox(std::size_t bound, Watch watch) : bound_(bound), watch_(std::move(watch)) {}

    bool post(Event event) override {
        const bool taken = waiting_.size() < bound_;
        watch_(event, taken);
        if (taken) waiting_.push_back(std::move(event));
        return taken;
    }
    void publish(const GroupStatus& status) override { status_ = status; }
    void publish_lease(Nanos lease_until) override { lease_until_ = lease_until; }
    void publish_commit(std::uint64_t commit_index) override { commit_index_ = commit_index; }
    void publish_lateness(const Lateness&) override {}

    std::deque<Event>& waiting() { return waiting_; }
    const GroupStatus& status() const { return status_; }
    /// CLOCK_BOOTTIME; what am_leader() reads.
    Nanos lease_until() const { return lease_until_; }
    std::uint64_t commit_index() const { return commit_index_; }

private:
    std::size_t bound_;
    Watch watch_;
    std::deque<Event> waiting_;
    GroupStatus status_;
    Nanos lease_until_ = base::long_ago;
    std::uint64_t commit_index_ = 0;
};

}  // namespace quorate::sim
