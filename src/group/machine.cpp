#include "group/machine.h"

#include <sys/resource.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

#include "group/scheduling.h"

namespace quorate::group {

namespace {

constexpr rlim_t few_descriptors = 4096;
/// capabilities(7).
constexpr int cap_ipc_lock = 14;

std::string text_of(rlim_t limit) {
    return limit == RLIM_INFINITY ? "unlimited" : std::to_string(limit);
}

rlimit limit_of(int resource) {
    rlimit limit{};
    getrlimit(static_cast<__rlimit_resource>(resource), &limit);
    return limit;
}

/// Among the effective capabilities of this process.
bool has_capability(int number) {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        if (!line.starts_with("CapEff:")) continue;
        const std::uint64_t all = std::stoull(line.substr(7), nullptr, 16);
        return (all >> number & 1) != 0;
    }
    return false;
}

}  // namespace

Finding examine_clock() {
    timex clock{};
    const int state = adjtimex(&clock);
    const std::string bound = std::to_string(clock.maxerror) + " us";
    if (state >= 0 && state != TIME_ERROR && (clock.status & STA_UNSYNC) == 0) {
        return {"clock", Verdict::ok,
                "the clock is synchronised; the kernel vouches for it to within " + bound, "", ""};
    }
    return {"clock", Verdict::warning, "the kernel does not vouch for the clock: unsynchronised",
            "Timed actions on this clock are refused with clock_unsynchronised; everything else "
            "works.",
            "Run chrony or ptp4l with phc2sys, and see that it keeps the kernel's clock "
            "synchronised (timedatectl shows it)."};
}

Finding examine_descriptors() {
    const rlimit limit = limit_of(RLIMIT_NOFILE);
    const std::string what = "a process may have " + text_of(limit.rlim_cur) +
                             " file descriptors, and raise that to " + text_of(limit.rlim_max);
    if (limit.rlim_max >= few_descriptors) return {"descriptors", Verdict::ok, what, "", ""};
    return {"descriptors", Verdict::warning, what, "Each link to another member takes about three.",
            "Raise the hard limit (ulimit -Hn, LimitNOFILE=) for groups of hundreds of members."};
}

Finding examine_scheduling(const RealTime& wanted) {
    const char* why = "A member with these options is not started: join fails with not_permitted.";
    const struct {
        const ThreadOptions& options;
        const char* thread;
    } threads[] = {{wanted.group, "group"}, {wanted.io, "I/O"}, {wanted.action, "action"}};
    for (const auto& [options, thread] : threads) {
        const auto tried = try_scheduling(options, thread);
        if (tried) continue;
        return {"real_time", Verdict::failed, tried.error().message, why,
                "Grant it as the sentence says, or leave the option out."};
    }
    const ThreadOptions nothing;
    if (wanted.group != nothing || wanted.io != nothing || wanted.action != nothing) {
        return {"real_time", Verdict::ok, "the threads get the scheduling that is asked for", "",
                ""};
    }
    const bool could = try_scheduling({.policy = Scheduling::fifo, .priority = 1}, "group").ok();
    return {"real_time", Verdict::ok,
            std::string("no real-time scheduling is asked for; this process could ") +
                (could ? "" : "not ") + "have it",
            "", ""};
}

Finding examine_memory(const RealTime& wanted) {
    const rlimit limit = limit_of(RLIMIT_MEMLOCK);
    const bool could = has_capability(cap_ipc_lock) || limit.rlim_cur == RLIM_INFINITY;
    const std::string what =
        could ? "memory could be locked without a bound"
              : "at most " + text_of(limit.rlim_cur) + " bytes of memory could be locked";
    if (!wanted.lock_memory) return {"memory", Verdict::ok, what, "", ""};
    if (could) return {"memory", Verdict::ok, what, "", ""};
    return {"memory", Verdict::failed, what,
            "--lock-memory locks every page of the process, and where the bound is reached join "
            "fails, or later allocations do.",
            "Grant the process CAP_IPC_LOCK, or lift the limit (ulimit -l unlimited, "
            "LimitMEMLOCK=infinity)."};
}

}  // namespace quorate::group
