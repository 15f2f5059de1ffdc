// What a group's worker tells those who run it, line by line: off unless asked for.
//
//   auto levels = quorate::parse_log_levels("raft=debug,net=info");
//   if (!levels) return report(levels.error());
//   quorate::MemberOptions options;
//   options.log = {*levels, [](const quorate::LogLine& line) { syslog(LOG_INFO, "%s", line.text.c_str()); }};
//
// A sink that writes to standard error through spdlog is in quorate/log_to_stderr.h. Nothing is put
// together for a line that nobody wants.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "quorate/result.h"

namespace quorate {

/// Whom a line is of.
enum class LogModule : std::uint8_t {
    group,       ///< incarnations, quorum, joins, leaves, evictions
    raft,        ///< elections and votes
    discovery,   ///< who was met where, foundings, beacons
    net,         ///< links, connections, dropped frames
};
inline constexpr std::size_t log_modules = 4;

/// How much of it: each level holds those before it.
enum class LogLevel : std::uint8_t { off, error, warning, info, debug, trace };

std::string_view to_string(LogModule module);
std::string_view to_string(LogLevel level);

struct LogLine {
    LogModule module = LogModule::group;
    LogLevel level = LogLevel::info;
    std::string group;   ///< TYPE.INSTANCE
    std::string name;    ///< the component's
    std::string member;  ///< the first 8 digits of the member's id
    std::string text;    ///< one line
};

/// Called on the group's worker thread, which waits for it: it must be quick and must not throw. One
/// that several groups share is called by several threads at once.
using LogSink = std::function<void(const LogLine&)>;
/// By LogModule.
using LogLevels = std::array<LogLevel, log_modules>;

struct LogOptions {
    LogLevels levels{};  ///< all off
    LogSink sink = {};

    bool wants(LogModule module, LogLevel level) const {
        return level <= levels[static_cast<std::size_t>(module)] && sink;
    }
};

/// "debug": of all modules; "raft=debug,net=info": of those, the others off.
/// Error: bad_argument, with a sentence that names what there is.
Result<LogLevels> parse_log_levels(std::string_view text);

}  // namespace quorate
