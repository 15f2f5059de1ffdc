// The thread that wakes up for agreed actions: it sleeps until shortly before the moment, by the
// action's own clock, and spins for the rest. Started with the first action; where the machine has
// no thread to give then, that action is told as one that could not be armed, and the next tries
// again.
//
//   ActionThread actions(clock_error, scheduling, actuator);
//   auto opened = actions.open(context);   // what the first action needs, but for the thread
//
// Everything belongs to the group's worker (open(): before it starts); the component's actuator
// runs on the thread itself.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "group/command_queue.h"
#include "io/alarm.h"
#include "quorate/real_time.h"
#include "quorate/result.h"

namespace quorate::group {

/// What the component does at the moment. Any thread.
class Actuator {
public:
    using Act = std::function<void(const ActionDue&)>;
    void set(Act act);
    void run(const ActionDue& due) const;

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Act> act_;
};

class ActionThread final : public io::Alarm {
public:
    /// `stated_error`: of the clock; asked from the kernel otherwise. `actuator` outlives this.
    ActionThread(std::optional<base::Nanos> stated_error, ThreadOptions scheduling,
                 const Actuator& actuator);
    ~ActionThread() override;
    ActionThread(const ActionThread&) = delete;
    ActionThread& operator=(const ActionThread&) = delete;

    /// In the libzmq context of the group's network, which outlives this: one of its own would be
    /// another thread of libzmq's. Before the first set(). Error: not_permitted: no descriptors.
    Result<> open(void* context);

    void set(io::AlarmSetting setting) override;
    bool cancel(PollId poll) override;
    /// Nothing is done any more; waits for an actuator that runs. Its report can be taken after
    /// that.
    void stop();

    /// What wakes the worker for reports: as CommandQueue has it. Null before the first action, so
    /// that a group that never acts need not look there; then the next two may not be called.
    void* socket() const { return used_ ? reports_->socket() : nullptr; }
    bool may_sleep();
    /// An io::ActionWoke for every one that was not cancelled.
    void take(std::vector<io::Command>& into, std::size_t limit);

private:
    bool start();
    void run();
    const io::AlarmSetting* find_next() const;
    void wake_up_for(const io::AlarmSetting& setting);

    const std::optional<base::Nanos> stated_error_;
    const ThreadOptions scheduling_;
    const Actuator& actuator_;
    bool used_ = false;
    std::unique_ptr<CommandQueue> reports_;  ///< pushed to by the thread alone
    /// Those for which there was no thread; the worker's alone.
    std::vector<io::ActionWoke> unarmed_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<PollId, io::AlarmSetting> settings_;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace quorate::group
