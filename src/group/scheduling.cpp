#include "group/scheduling.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include <cerrno>
#include <optional>
#include <system_error>
#include <thread>

namespace quorate::group {

namespace {

/// As the kernel keeps it, without the zero (TASK_COMM_LEN).
constexpr std::size_t longest_name = 15;

Error refused(const std::string& what, int error, const std::string& grant) {
    return {ErrorCode::not_permitted,
            what + ": " + std::generic_category().message(error) + "; " + grant};
}

Result<> set_policy(const ThreadOptions& options, const std::string& thread) {
    if (options.policy == Scheduling::inherited) return Done{};
    const int policy = options.policy == Scheduling::fifo ? SCHED_FIFO
                       : options.policy == Scheduling::rr ? SCHED_RR
                                                          : SCHED_OTHER;
    sched_param parameters{};
    parameters.sched_priority = options.priority;
    const int error = pthread_setschedparam(pthread_self(), policy, &parameters);
    if (error == 0) return Done{};
    return refused("--rt-policy " + std::string(to_string(options.policy)) +
                       " with --rt-priority " + std::to_string(options.priority) +
                       " is refused for the " + thread + " thread",
                   error,
                   "grant the process CAP_SYS_NICE, or raise its limit RLIMIT_RTPRIO (ulimit -r, "
                   "LimitRTPRIO=) to that priority");
}

Result<> set_processors(const ThreadOptions& options, const std::string& thread) {
    if (options.cpus.empty()) return Done{};
    cpu_set_t wanted;
    CPU_ZERO(&wanted);
    std::string list;
    for (const int cpu : options.cpus) {
        CPU_SET(static_cast<std::size_t>(cpu), &wanted);
        list += (list.empty() ? "" : ",") + std::to_string(cpu);
    }
    const int error = pthread_setaffinity_np(pthread_self(), sizeof wanted, &wanted);
    // The kernel leaves processors out that it has not, or that the cpuset forbids, as long as one
    // remains: that would be a silent fallback.
    cpu_set_t got;
    CPU_ZERO(&got);
    if (error == 0 && pthread_getaffinity_np(pthread_self(), sizeof got, &got) == 0 &&
        CPU_EQUAL(&wanted, &got)) {
        return Done{};
    }
    return Error{ErrorCode::not_permitted,
                 "--cpus " + list + " is refused for the " + thread +
                     " thread: not all of these processors are there for this process; choose "
                     "among those that `taskset -p` shows for it, or widen its cpuset"};
}

}  // namespace

Result<> schedule_this_thread(const ThreadOptions& options, const std::string& thread) {
    if (auto placed = set_processors(options, thread); !placed) return placed;
    return set_policy(options, thread);
}

Result<> try_scheduling(const ThreadOptions& options, const std::string& thread) {
    if (options == ThreadOptions{}) return Done{};
    Result<> outcome = Done{};
    std::thread([&] { outcome = schedule_this_thread(options, thread); }).join();
    return outcome;
}

Result<> lock_memory() {
    if (mlockall(MCL_CURRENT | MCL_FUTURE) == 0) return Done{};
    return refused("--lock-memory is refused", errno,
                   "grant the process CAP_IPC_LOCK, or lift its limit RLIMIT_MEMLOCK (ulimit -l "
                   "unlimited, LimitMEMLOCK=infinity)");
}

void name_this_thread(const std::string& name) {
    pthread_setname_np(pthread_self(), name.substr(0, longest_name).c_str());
}

}  // namespace quorate::group
