// What wakes a member at the moment of an agreed action, as a seam: a thread of its own in
// src/group, the simulator's scheduler in src/sim.
#pragma once

#include <string>

#include "base/time.h"
#include "quorate/events.h"

namespace quorate::io {

struct AlarmSetting {
    PollId poll;
    std::string topic;
    base::Nanos at{};  ///< on `clock`
    base::Nanos tolerance{};
    ActionClock clock = ActionClock::realtime;
};

class Alarm {
public:
    virtual ~Alarm() = default;
    /// At the moment the component's actuator runs, unless it is over the tolerance already, or the
    /// clock's error is; one io::ActionWoke among the loop's commands then tells what was found, or
    /// at once that nothing can wake up for it. At most StateMachine::max_actions are set at a
    /// time. Never blocks.
    virtual void set(AlarmSetting setting) = 0;
    /// True: the actuator will not run for `poll`, and nothing is told of it. False: it is too late
    /// for that.
    virtual bool cancel(PollId poll) = 0;
};

}  // namespace quorate::io
