#include "quorate/real_time.h"

#include <string>

namespace quorate {

namespace {

/// As many as glibc's cpu_set_t names (CPU_SETSIZE).
constexpr int max_cpus = 1024;

std::optional<Error> find_problem(const std::string& thread, const ThreadOptions& options) {
    const bool real_time = options.policy == Scheduling::fifo || options.policy == Scheduling::rr;
    const std::string priority = std::to_string(options.priority);
    if (real_time && (options.priority < 1 || options.priority > 99)) {
        return Error{ErrorCode::bad_argument, "--rt-priority (" + priority + ", for the " + thread +
                                                  " thread) must be 1 to 99 with the policy " +
                                                  std::string(to_string(options.policy))};
    }
    if (!real_time && options.priority != 0) {
        return Error{ErrorCode::bad_argument,
                     "--rt-priority (" + priority + ", for the " + thread +
                         " thread) takes the policy fifo or rr (--rt-policy)"};
    }
    for (const int cpu : options.cpus) {
        if (cpu >= 0 && cpu < max_cpus) continue;
        return Error{ErrorCode::bad_argument,
                     "--cpus (" + std::to_string(cpu) + ", for the " + thread +
                         " thread) takes processors by number, from 0 to " +
                         std::to_string(max_cpus - 1)};
    }
    return std::nullopt;
}

}  // namespace

std::optional<Error> find_problem(const RealTime& options) {
    if (auto problem = find_problem("group", options.group)) return problem;
    if (auto problem = find_problem("I/O", options.io)) return problem;
    return find_problem("action", options.action);
}

std::string_view to_string(Scheduling policy) {
    switch (policy) {
        case Scheduling::inherited:
            return "inherited";
        case Scheduling::other:
            return "other";
        case Scheduling::fifo:
            return "fifo";
        case Scheduling::rr:
            return "rr";
    }
    return "inherited";
}

}  // namespace quorate
