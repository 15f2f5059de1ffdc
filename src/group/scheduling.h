// Carries out what RealTime asks for, on the thread it concerns. Blocks for microseconds; mlockall
// for as long as it takes to bring every page in.
#pragma once

#include <string>

#include "quorate/real_time.h"
#include "quorate/result.h"

namespace quorate::group {

/// Gives the calling thread its policy, priority and processors. `thread` names it in the sentence.
/// Errors: not_permitted, with what to grant.
Result<> schedule_this_thread(const ThreadOptions& options, const std::string& thread);

/// The same on a thread made for this trial alone: for threads that others start, and that could
/// only abort where they are refused (libzmq's).
Result<> try_scheduling(const ThreadOptions& options, const std::string& thread);

/// Keeps every page of this process in memory, now and later. Errors: not_permitted.
Result<> lock_memory();

/// What to grant where the machine has no thread to give.
inline constexpr const char* how_to_get_threads =
    "raise RLIMIT_NPROC (ulimit -u, LimitNPROC=) or the cgroup's pids.max, and mind the memory";

/// Names the calling thread, cut to what the kernel keeps.
void name_this_thread(const std::string& name);

}  // namespace quorate::group
