#include "quorate/log.h"

#include <optional>

namespace quorate {

std::string_view to_string(LogModule module) {
    switch (module) {
        case LogModule::group:
            return "group";
        case LogModule::raft:
            return "raft";
        case LogModule::discovery:
            return "discovery";
        case LogModule::net:
            return "net";
    }
    return "unknown";
}

std::string_view to_string(LogLevel level) {
    switch (level) {
        case LogLevel::off:
            return "off";
        case LogLevel::error:
            return "error";
        case LogLevel::warning:
            return "warning";
        case LogLevel::info:
            return "info";
        case LogLevel::debug:
            return "debug";
        case LogLevel::trace:
            return "trace";
    }
    return "unknown";
}

namespace {

/// The enumerator of that name, of `count` from 0 on.
template <class Enum>
std::optional<Enum> find_named(std::string_view name, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (to_string(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

constexpr std::size_t log_levels = static_cast<std::size_t>(LogLevel::trace) + 1;

template <class Enum>
std::string all_names(std::size_t count) {
    std::string names;
    for (std::size_t i = 0; i < count; ++i) {
        names += names.empty() ? "" : ", ";
        names += to_string(static_cast<Enum>(i));
    }
    return names;
}

Error no_levels(std::string_view text) {
    return {ErrorCode::bad_argument,
            "a log level is one of " + all_names<LogLevel>(log_levels) +
                ", for all modules or as MODULE=LEVEL,… where a module is one of " +
                all_names<LogModule>(log_modules) + "; \"" + std::string(text) + "\" is neither"};
}

}  // namespace

Result<LogLevels> parse_log_levels(std::string_view text) {
    LogLevels levels{};
    if (const auto all = find_named<LogLevel>(text, log_levels)) {
        levels.fill(*all);
        return levels;
    }
    for (std::string_view rest = text;;) {
        const std::size_t comma = rest.find(',');
        const std::string_view part = rest.substr(0, comma);
        const std::size_t equals = std::min(part.find('='), part.size());
        const auto module = find_named<LogModule>(part.substr(0, equals), log_modules);
        const auto level =
            find_named<LogLevel>(part.substr(std::min(equals + 1, part.size())), log_levels);
        if (!module || !level) return no_levels(text);
        levels[static_cast<std::size_t>(*module)] = *level;
        if (comma == std::string_view::npos) return levels;
        rest.remove_prefix(comma + 1);
    }
}

}  // namespace quorate
