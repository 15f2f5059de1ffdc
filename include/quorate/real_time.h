// How the threads behind a group are scheduled, for components whose reactions must not wait for
// other programs.
//
//   quorate::RealTime real_time{.group = {.policy = quorate::Scheduling::fifo, .priority = 40, .cpus = {2}},
//                               .io = {.policy = quorate::Scheduling::fifo, .priority = 41, .cpus = {2}},
//                               .lock_memory = true};
//   quorate::GroupSpec spec{.size = 5, .timing = quorate::Timing::rt()};
//   auto joined = coordinator.join_group("feeder", "A", spec, {.real_time = real_time});
//   if (!joined) return report(joined.error());   // not_permitted: the sentence says what to grant
//
// Nothing is done by halves: where the machine refuses any of it, join_group() fails with
// not_permitted, and the group is not joined. The component's own thread is left as it is.
//
// Threads bear names that top -H and /proc/PID/task/*/comm show: `q:TYPE.INSTANCE` (cut to 15
// characters) is a group's worker, `ZMQbg/IO/0` its I/O thread (libzmq names it so), `q:actions` the
// thread of timed actions; `q:beacon` the thread that listens on the beacon, which gives only hints,
// and `q:zap` the one that looks at keys, both scheduled like the thread that joins.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "quorate/result.h"

namespace quorate {

/// A thread's scheduling policy, sched(7).
enum class Scheduling : std::uint8_t {
    inherited,  ///< as the thread that joins has it; for actions: as the group's worker has it
    other,      ///< SCHED_OTHER: shares the machine with everybody
    fifo,       ///< SCHED_FIFO: runs until it sleeps, before every thread of smaller priority
    rr,         ///< SCHED_RR: as fifo, in turn with those of the same priority
};

struct ThreadOptions {
    Scheduling policy = Scheduling::inherited;
    int priority = 0;            ///< fifo and rr: 1 (least) to 99; otherwise 0
    std::vector<int> cpus = {};  ///< processors to run on, by number from 0; empty: as inherited
    bool operator==(const ThreadOptions&) const = default;
};

struct RealTime {
    ThreadOptions group = {};   ///< the group's worker: timers, elections, votes
    ThreadOptions io = {};      ///< libzmq's I/O thread of the group: bytes to and from the sockets
    ThreadOptions action = {};  ///< the thread that wakes up for timed actions
    /// mlockall(2): every page of this process, now and later, stays in memory. For the whole
    /// process, and until it ends.
    bool lock_memory = false;
    bool operator==(const RealTime&) const = default;
};

/// What is wrong with the options in themselves, as one sentence naming the option; nothing if they
/// are usable. Whether this machine permits them, join_group() and `quorate doctor` find out.
std::optional<Error> find_problem(const RealTime& options);

/// `inherited`, `other`, `fifo`, `rr`.
std::string_view to_string(Scheduling policy);

}  // namespace quorate
