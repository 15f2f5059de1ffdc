// A group of member workers, each a process, seen from the measurement.
//
// One thread; waiting functions block up to bounds that follow from the timing, and throw Failed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bench/bench.h"
#include "bench/ports.h"
#include "bench/process.h"

namespace quorate::bench {

class Ensemble {
public:
    /// Starts `size` members of one group, all at once. `fifo`: their action threads are of
    /// SCHED_FIFO.
    Ensemble(std::size_t size, const Timing& timing, bool fifo = false);

    /// Waits until all agree on one leader that holds its lease, and all have their seats and are
    /// alive.
    void await_settled();
    std::size_t size() const { return members_.size(); }
    Process& member(std::size_t index) { return members_[index]; }
    /// As of the last await_settled().
    std::size_t leader() const { return leader_; }
    Process& leading() { return members_[leader_]; }
    Process& following() { return members_[(leader_ + 1) % members_.size()]; }
    std::vector<std::size_t> followers() const;
    /// Starts that member's process anew, in place of one that was killed, at the same address.
    void restart(std::size_t index);

private:
    Process start(std::size_t index) const;
    bool look();

    Timing timing_;
    bool fifo_;
    std::string name_;
    std::vector<Port> ports_;
    std::vector<Process> members_;
    std::size_t leader_ = 0;
};

/// Of SCHED_FIFO, where it is asked for.
constexpr int fifo_priority = 50;

/// How long a worker may take for a burst of any measurement.
constexpr std::chrono::seconds burst_bound{60};

}  // namespace quorate::bench
