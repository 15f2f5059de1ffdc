// Commands on their way from a component to its group's worker: a bounded queue without a lock, and
// an inproc socket by which the worker is woken when it sleeps. While it is awake a command costs
// no system call and no allocation.
//
// One thread at a time pushes (Group holds its mutex); one thread, the worker, takes. Neither
// blocks.
#pragma once

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <memory>
#include <vector>

#include "group/mailbox_pipe.h"
#include "io/mailbox.h"

namespace quorate::group {

class CommandQueue {
public:
    /// Room for `bound` commands and a few more, which leaving may need.
    CommandQueue(PipeContext& context, std::size_t bound);
    /// The same in a context of libzmq's that others use too; null: it has no sockets to give.
    static std::unique_ptr<CommandQueue> open(void* context, std::size_t bound);

    // ---- the component's side ----
    /// Whoever pushes counts, and keeps to the bound.
    void push(io::Command command);

    // ---- the worker's side ----
    /// To be called before the worker sleeps on socket(); false if it must not, as commands wait.
    bool may_sleep();
    /// Moves up to `limit` commands to the end of `into`, without waiting for any.
    void take(std::vector<io::Command>& into, std::size_t limit);
    /// How many wait.
    std::size_t waiting() const { return queue_.read_available(); }
    /// The libzmq socket that becomes readable when a command comes for a worker that sleeps.
    void* socket() const { return wake_.receiver(); }

private:
    CommandQueue(void* context, std::size_t bound);

    boost::lockfree::spsc_queue<io::Command> queue_;
    PipeEnds wake_;
    /// The worker sleeps, or is about to: whoever turns it off wakes it. Both sides write it in one
    /// step with reading it, so that either the command is seen before the sleep, or the sleep by
    /// who pushed.
    std::atomic<bool> asleep_{false};
};

}  // namespace quorate::group
