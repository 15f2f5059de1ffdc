// GroupThread: the worker behind a group. Owns the sockets, the clock and the loop, and drives one
// with the others; knows no rule of the protocol.
//
//   auto started = GroupThread::start(options, published, actuator);
//   (*started)->mailbox().push(command);
//
// start() binds on the caller's thread, so that an address that can't be had is known at once; from
// then on sockets and loop belong to the worker. It ends by itself after a LeaveGroup command or a
// refusal: within leave_bound, and with Left as its last event, when all that waited for the
// network was flushed.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "group/action_thread.h"
#include "group/group_loop.h"
#include "group/group_thread_beacons.h"
#include "group/inproc_mailbox.h"
#include "group/published.h"
#include "quorate/result.h"

namespace quorate::group {

class GroupThread {
public:
    /// Blocks for milliseconds at most; but where `listen` names a host, until the system has
    /// looked that up, which may take seconds (digits and interfaces never), and where memory is to
    /// be locked, until it is there. `published` and `actuator` must outlive the worker. Errors:
    /// bad_argument, cannot_bind, not_permitted (also: no thread left, or no descriptors for
    /// actions).
    static Result<std::unique_ptr<GroupThread>> start(LoopOptions options, SharedBeacons& beacons,
                                                      Published& published,
                                                      const Actuator& actuator);
    /// Waits for the worker to end: ask it to leave first.
    ~GroupThread();
    GroupThread(const GroupThread&) = delete;
    GroupThread& operator=(const GroupThread&) = delete;

    InprocMailbox& mailbox() { return mailbox_; }

    /// The worker gives up on leaving by the rules after this, whatever happens.
    static constexpr std::chrono::milliseconds leave_bound{2000};
    /// How long frames that wait for a link may hold up the end.
    static constexpr std::chrono::milliseconds flush_bound{200};
    /// Inputs taken in one turn: bounded, so that a flood can't keep timers from being looked at.
    static constexpr std::size_t turn_inputs = 1024;

private:
    class Worker;
    static Result<std::unique_ptr<GroupThread>> start_or_throw(LoopOptions options,
                                                               SharedBeacons& beacons,
                                                               Published& published,
                                                               const Actuator& actuator);
    GroupThread(const LoopOptions& options, Published& published, const Actuator& actuator);

    InprocMailbox mailbox_;
    std::unique_ptr<Worker> worker_;
    std::thread thread_;
};

}  // namespace quorate::group
