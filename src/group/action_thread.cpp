#include "group/action_thread.h"

#include <sys/prctl.h>
#include <time.h>

#include <algorithm>
#include <system_error>

#include "consensus/state_machine.h"
#include "group/scheduling.h"
#include "group/system_clock.h"

namespace quorate::group {

namespace {

using namespace std::chrono_literals;
using base::Nanos;

/// From here on the thread is this action's alone.
constexpr Nanos approach = 2ms;
/// The kernel wakes sleepers late by less than this, mostly.
constexpr Nanos spin = 80us;
/// The clock may be stepped meanwhile: it is looked at as often as this.
constexpr Nanos longest_wait = 100ms;

/// Until `moment`, which is no further than `approach`; returns what the clock shows then. Nothing
/// if it was set back meanwhile: other actions must not wait for that, nor whoever leaves.
std::optional<Nanos> sleep_until(ActionClock clock, Nanos moment) {
    const Nanos began = read_monotonic();
    const Nanos left = moment - read_action_clock(clock);
    const Nanos until = began + left - spin;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(until);
    const timespec time{seconds.count(), (until - seconds).count()};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nullptr) == EINTR) {
    }
    Nanos actual = read_action_clock(clock);
    while (actual < moment) {
        if (read_monotonic() > began + 2 * approach) return std::nullopt;
        actual = read_action_clock(clock);
    }
    return actual;
}

}  // namespace

void Actuator::set(Act act) {
    auto fresh = std::make_shared<const Act>(std::move(act));
    std::lock_guard lock(mutex_);
    act_.swap(fresh);
}

void Actuator::run(const ActionDue& due) const {
    std::shared_ptr<const Act> act;
    {
        std::lock_guard lock(mutex_);
        act = act_;
    }
    if (act && *act) (*act)(due);
}

ActionThread::ActionThread(std::optional<Nanos> stated_error, ThreadOptions scheduling,
                           const Actuator& actuator)
    : stated_error_(stated_error), scheduling_(std::move(scheduling)), actuator_(actuator) {}

ActionThread::~ActionThread() {
    stop();
}

void ActionThread::stop() {
    {
        std::lock_guard lock(mutex_);
        ends_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

Result<> ActionThread::open(void* context) {
    reports_ = CommandQueue::open(context, 2 * consensus::StateMachine::max_actions);
    if (reports_) return Done{};
    return Error{ErrorCode::not_permitted,
                 "there are no file descriptors left for timed actions: raise RLIMIT_NOFILE "
                 "(ulimit -n, LimitNOFILE=)"};
}

bool ActionThread::may_sleep() {
    return unarmed_.empty() && reports_->may_sleep();
}

void ActionThread::take(std::vector<io::Command>& into, std::size_t limit) {
    into.insert(into.end(), unarmed_.begin(), unarmed_.end());
    unarmed_.clear();
    reports_->take(into, limit);
}

/// False: the machine has no thread to give.
bool ActionThread::start() {
    try {
        thread_ = std::thread([this] { run(); });
        return true;
    } catch (const std::system_error&) {
        return false;
    }
}

void ActionThread::set(io::AlarmSetting setting) {
    used_ = true;
    if (!thread_.joinable() && !start()) {
        unarmed_.push_back({0, setting.poll, {}, io::ActionWoke::Found::no_thread});
        return;
    }
    {
        std::lock_guard lock(mutex_);
        const PollId poll = setting.poll;
        settings_.insert_or_assign(poll, std::move(setting));
    }
    changed_.notify_one();
}

bool ActionThread::cancel(PollId poll) {
    const auto is_it = [&](const io::ActionWoke& woke) { return woke.poll == poll; };
    if (std::erase_if(unarmed_, is_it) > 0) return true;
    std::lock_guard lock(mutex_);
    return settings_.erase(poll) > 0;
}

const io::AlarmSetting* ActionThread::find_next() const {
    const io::AlarmSetting* next = nullptr;
    Nanos soonest = base::never;
    for (const auto& [poll, setting] : settings_) {
        const Nanos left = setting.at - read_action_clock(setting.clock);
        if (next != nullptr && left >= soonest) continue;
        next = &setting;
        soonest = left;
    }
    return next;
}

void ActionThread::run() {
    name_this_thread("q:actions");
    prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);  // by default the kernel rounds sleeps up by 50 us
    (void)schedule_this_thread(scheduling_, "action");  // tried when the group was joined
    std::unique_lock lock(mutex_);
    while (!ends_) {
        const io::AlarmSetting* next = find_next();
        if (next == nullptr) {
            changed_.wait(lock);
            continue;
        }
        const Nanos left = next->at - read_action_clock(next->clock);
        if (left > approach) {
            changed_.wait_for(lock, std::min(left - approach, longest_wait));
            continue;
        }
        const io::AlarmSetting setting = *next;
        lock.unlock();
        wake_up_for(setting);
        lock.lock();
    }
}

void ActionThread::wake_up_for(const io::AlarmSetting& setting) {
    // Before the moment, so that it costs none of it.
    const auto error = stated_error_ ? stated_error_ : action_clock_error(setting.clock);
    const std::optional<Nanos> woke_at = sleep_until(setting.clock, setting.at);
    if (!woke_at) return;  // it is still set
    const Nanos actual = *woke_at;
    {
        std::lock_guard lock(mutex_);
        if (settings_.erase(setting.poll) == 0) return;  // called off meanwhile
    }
    io::ActionWoke woke{0, setting.poll, actual, io::ActionWoke::Found::in_time};
    if (!error || *error > setting.tolerance) {
        woke.found = io::ActionWoke::Found::clock_lost;
    } else if (actual - setting.at > setting.tolerance) {
        woke.found = io::ActionWoke::Found::late;
    } else {
        actuator_.run({setting.poll, setting.topic, setting.at, actual});
    }
    reports_->push(woke);
}

}  // namespace quorate::group
