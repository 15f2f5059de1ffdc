#include "quorate/log_to_stderr.h"

#include <poll.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <memory>
#include <mutex>

namespace quorate {

namespace {

constexpr std::size_t waiting_lines = 8192;
/// How long a reader of standard error may hold up one line, and all that are left at the end.
constexpr std::chrono::milliseconds patience{1000};

/// Standard error, whose reader may have stopped: what it does not take in time is dropped, and
/// told of when it reads again.
class PatientStderr final : public spdlog::sinks::base_sink<std::mutex> {
protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        if (lost_ > 0) {
            const std::string told =
                "level=warning msg=\"" + std::to_string(lost_) + " lines were lost\"\n";
            if (write_all(told)) lost_ = 0;
        }
        if (lost_ > 0 || !write_all({line.data(), line.size()})) ++lost_;
    }
    void flush_() override {}

private:
    /// Once a line was lost, the next ones don't wait: a stopped reader costs `patience` once.
    bool write_all(std::string_view bytes) {
        while (!bytes.empty()) {
            pollfd ready{STDERR_FILENO, POLLOUT, 0};
            const int wait = lost_ > 0 ? 0 : static_cast<int>(patience.count());
            const int found = poll(&ready, 1, wait);
            if (found < 0 && errno == EINTR) continue;
            if (found <= 0) return false;
            // A pipe that can be written takes this much without blocking.
            const ssize_t written =
                write(STDERR_FILENO, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
            if (written < 0 && errno != EINTR) return false;
            if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return true;
    }
    std::uint64_t lost_ = 0;
};

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::off:
            return spdlog::level::off;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::debug:
            return spdlog::level::debug;
        case LogLevel::trace:
            return spdlog::level::trace;
    }
    return spdlog::level::off;
}

/// A value as logfmt has it: in quotes, on one line, whatever it holds.
std::string quoted(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' || c == '\r' ? ' ' : c;
    }
    return result + '"';
}

/// One spdlog logger a module, over one thread and one standard error.
class StderrLog {
public:
    StderrLog() : pool_(std::make_shared<spdlog::details::thread_pool>(waiting_lines, 1)) {
        const auto sink = std::make_shared<PatientStderr>();
        sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "time=%Y-%m-%dT%H:%M:%S.%fZ level=%l module=%n %v", spdlog::pattern_time_type::utc));
        for (std::size_t i = 0; i < log_modules; ++i) {
            loggers_[i] = std::make_shared<spdlog::async_logger>(
                std::string(to_string(static_cast<LogModule>(i))), sink, pool_,
                spdlog::async_overflow_policy::overrun_oldest);
            // Which lines are wanted, the group has decided before it put them together.
            loggers_[i]->set_level(spdlog::level::trace);
        }
    }

    void write(const LogLine& line) {
        loggers_[static_cast<std::size_t>(line.module)]->log(
            level_of(line.level), "group={} name={} member={} msg={}", line.group,
            quoted(line.name), line.member, quoted(line.text));
    }

private:
    // The loggers go first: what they were given is written before the thread ends.
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::array<std::shared_ptr<spdlog::async_logger>, log_modules> loggers_;
};

}  // namespace

LogSink log_to_stderr() {
    return [log = std::make_shared<StderrLog>()](const LogLine& line) { log->write(line); };
}

}  // namespace quorate
