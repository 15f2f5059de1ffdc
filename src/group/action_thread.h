// The thread that wakes up for agreed actions: it sleeps until shortly before the moment, by the
// action's own clock, and spins for the rest. Started with the first action.
//
// set() and cancel() belong to the group's worker, as does the reading end of reports(); the
// component's actuator runs on the thread itself.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "group/command_queue.h"
#include "io/alarm.h"
#include "quorate/real_time.h"

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

    void set(io::AlarmSetting setting) override;
    bool cancel(PollId poll) override;
    /// Nothing is done any more; waits for an actuator that runs. Its report can be taken after
    /// that.
    void stop();
    /// An io::ActionWoke for every one that was not cancelled; null before the first action.
    CommandQueue* reports() { return reports_ ? &*reports_ : nullptr; }

private:
    void run();
    const io::AlarmSetting* find_next() const;
    void wake_up_for(const io::AlarmSetting& setting);

    const std::optional<base::Nanos> stated_error_;
    const ThreadOptions scheduling_;
    const Actuator& actuator_;
    // With the thread: a group that never acts has neither.
    std::optional<PipeContext> context_;
    std::optional<CommandQueue> reports_;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<PollId, io::AlarmSetting> settings_;
    bool ends_ = false;
    std::thread thread_;
};

}  // namespace quorate::group
