// io::Alarm in simulated time: follows its machine's wall clock, however that is stepped, and
// sleeps through whatever stops the machine.
#pragma once

#include <functional>
#include <map>

#include "io/alarm.h"
#include "io/mailbox.h"
#include "sim/names.h"
#include "sim/scheduler.h"
#include "sim/sim_clock.h"

namespace quorate::sim {

class SimAlarm final : public io::Alarm {
public:
    /// What the World does for it.
    struct Hooks {
        std::function<bool()> stopped;  ///< the process does not run now
        std::function<void(const io::AlarmSetting&, const io::ActionWoke&)> woke;
    };

    SimAlarm(Scheduler& scheduler, SimClock& clock, Hooks hooks);

    void set(io::AlarmSetting setting) override;
    bool cancel(PollId poll) override { return settings_->erase(poll) > 0; }

private:
    using Settings = std::map<PollId, io::AlarmSetting>;
    void look_later(PollId poll, Nanos when);
    void look(PollId poll);

    Scheduler& scheduler_;
    SimClock& clock_;
    Hooks hooks_;
    std::shared_ptr<Settings> settings_ = std::make_shared<Settings>();
};

}  // namespace quorate::sim
