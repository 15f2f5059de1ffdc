// quorate member: options, signals, and the session.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "ending_signals.h"
#include "member_options.h"
#include "member_session.h"
#include "quorate/log_to_stderr.h"
#include "quorate/metrics_server.h"
#include "subcommand.h"

namespace quorate::apps {

namespace {

/// Alone a member takes some thirty descriptors; without them libzmq aborts the process.
constexpr rlim_t fewest_descriptors = 64;

/// A link takes two descriptors, and the usual limit is 1024: as many as this process may have.
/// Returns what is wrong if those are too few.
std::optional<std::string> allow_descriptors() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
    rlimit wanted = limit;
    wanted.rlim_cur = std::max(limit.rlim_cur, std::min<rlim_t>(limit.rlim_max, 16384));
    if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) limit = wanted;
    if (limit.rlim_cur >= fewest_descriptors) return std::nullopt;
    return "needs " + std::to_string(fewest_descriptors) +
           " file descriptors at least, and this process may have " +
           std::to_string(limit.rlim_cur) + " (ulimit -n)";
}

int run_session(MemberCommandOptions options) {
    const int signals = take_over_signals({SIGINT, SIGTERM});
    if (const auto problem = allow_descriptors()) {
        complain("member", *problem);
        return exit_internal;
    }
    if (options.member.log.levels != LogLevels{}) options.member.log.sink = log_to_stderr();
    Coordinator coordinator{CoordinatorOptions{.component = options.name}};
    auto joined =
        coordinator.join_group(options.type, options.instance, options.spec, options.member);
    if (!joined) {
        complain("member", joined.error().message);
        return exit_code_of(joined.error());
    }
    MemberSession session(options, coordinator, *joined, signals);
    std::unique_ptr<MetricsServer> metrics;
    if (!options.metrics.empty()) {
        auto started = MetricsServer::start(options.metrics, {&*joined});
        if (!started) {
            complain("member", started.error().message);
            return exit_code_of(started.error());
        }
        metrics = std::move(*started);
        session.set_metrics_url(metrics->url());
    }
    const int code = session.run();
    close(signals);
    return code;
}

}  // namespace

int member_command(const Arguments& arguments) {
    const auto parsed = parse_member_options(arguments);
    if (const auto* bad = std::get_if<BadUsage>(&parsed)) {
        complain("member", bad->sentence);
        return exit_usage;
    }
    if (const auto* options = std::get_if<MemberCommandOptions>(&parsed)) {
        return run_session(*options);
    }
    std::cout << member_help();
    return exit_ok;
}

}  // namespace quorate::apps
