#include "sim/sim_alarm.h"

#include <algorithm>

namespace quorate::sim {

using namespace std::chrono_literals;

SimAlarm::SimAlarm(Scheduler& scheduler, SimClock& clock, Hooks hooks)
    : scheduler_(scheduler), clock_(clock), hooks_(std::move(hooks)) {}

void SimAlarm::set(io::AlarmSetting setting) {
    const PollId poll = setting.poll;
    const Nanos at = setting.at;
    settings_->insert_or_assign(poll, std::move(setting));
    look_later(poll, clock_.when_realtime(at));
}

void SimAlarm::look_later(PollId poll, Nanos when) {
    const Nanos now = scheduler_.now();
    const Nanos next = std::clamp(when, now + 1us, now + 100ms);
    // The process may be gone by then, and this with it.
    scheduler_.at(next, [this, poll, alive = std::weak_ptr<Settings>(settings_)] {
        if (const auto settings = alive.lock(); settings && settings->contains(poll)) look(poll);
    });
}

void SimAlarm::look(PollId poll) {
    const io::AlarmSetting setting = settings_->at(poll);
    const Nanos actual = clock_.realtime();
    if (hooks_.stopped()) return look_later(poll, scheduler_.now() + 1ms);
    if (actual < setting.at) return look_later(poll, clock_.when_realtime(setting.at));
    settings_->erase(poll);
    using Found = io::ActionWoke::Found;
    io::ActionWoke woke{0, poll, actual, Found::in_time};
    if (actual - setting.at > setting.tolerance) woke.found = Found::late;
    const std::optional<Nanos> error = clock_.error_bound(setting.clock);
    if (!error || *error > setting.tolerance) woke.found = Found::clock_lost;
    hooks_.woke(setting, woke);
}

}  // namespace quorate::sim
