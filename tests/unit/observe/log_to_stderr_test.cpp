// Log lines on standard error, and a reader that has stopped.
#include "quorate/log_to_stderr.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>

namespace quorate {
namespace {

/// The smallest that there is: it holds a few lines.
constexpr int small_pipe = 4096;

/// Standard error is a pipe while it lives.
class CapturedStderr {
public:
    explicit CapturedStderr(int pipe_bytes = 65536) : saved_(dup(STDERR_FILENO)) {
        EXPECT_EQ(pipe2(ends_, O_CLOEXEC), 0);
        fcntl(ends_[1], F_SETPIPE_SZ, pipe_bytes);
        dup2(ends_[1], STDERR_FILENO);
        close(ends_[1]);
    }
    ~CapturedStderr() {
        restore();
        close(ends_[0]);
    }
    CapturedStderr(const CapturedStderr&) = delete;
    CapturedStderr& operator=(const CapturedStderr&) = delete;

    /// What fits into the pipe, once, without waiting for more.
    std::string read_some() {
        std::string bytes(65536, '\0');
        bytes.resize(static_cast<std::size_t>(
            std::max<ssize_t>(read(ends_[0], bytes.data(), bytes.size()), 0)));
        return bytes;
    }
    /// Nobody writes any more: all that is left.
    std::string read_to_end() {
        restore();
        std::string all;
        for (std::string some = read_some(); !some.empty(); some = read_some()) all += some;
        return all;
    }

private:
    void restore() {
        if (saved_ < 0) return;
        dup2(saved_, STDERR_FILENO);
        close(saved_);
        saved_ = -1;
    }
    int saved_;
    int ends_[2] = {-1, -1};
};

LogLine line_of(std::string text) {
    return {LogModule::raft, LogLevel::info, "feeder.A",
            "relay \"7\"",   "1a2b3c4d",     std::move(text)};
}

TEST(LogToStderr, WritesOneLineEachWhateverIsInIt) {
    CapturedStderr captured;
    {
        const LogSink sink = log_to_stderr();
        sink(line_of("leads\nterm 3"));
        sink(line_of("{} %n"));
    }
    const std::string log = captured.read_to_end();
    EXPECT_EQ(log.substr(0, 5), "time=") << log;
    EXPECT_NE(log.find("Z level=info module=raft group=feeder.A name=\"relay \\\"7\\\"\" "
                       "member=1a2b3c4d msg=\"leads term 3\"\n"),
              std::string::npos)
        << log;
    EXPECT_NE(log.find("msg=\"{} %n\"\n"), std::string::npos) << log;
}

TEST(LogToStderr, AReaderThatHasStoppedCostsLinesAndNotTheWritersTime) {
    CapturedStderr captured(small_pipe);
    const std::string text(200, 'x');
    const auto began = std::chrono::steady_clock::now();
    {
        const LogSink sink = log_to_stderr();
        for (int i = 0; i < 20'000; ++i) sink(line_of(text));
        // Far less than a wait for the reader at each line; what is left is given up at the end.
    }
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));
    const std::string log = captured.read_to_end();
    EXPECT_FALSE(log.empty());
    EXPECT_LE(log.size(), std::size_t{small_pipe});
}

/// Logs a line every millisecond for a while.
void log_for(const LogSink& sink, std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
        sink(line_of(std::string(200, 'x')));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

TEST(LogToStderr, TellsHowManyLinesWereLostWhenTheReaderIsBack) {
    CapturedStderr captured(small_pipe);
    const LogSink sink = log_to_stderr();
    const auto is_told = [](const std::string& log) {
        return log.find("lines were lost") != std::string::npos;
    };
    std::string log;
    // Nobody can see from here when it has given the reader up: away for longer each time.
    for (auto away = std::chrono::milliseconds(1200); away < std::chrono::seconds(15); away *= 2) {
        log_for(sink, away);
        for (int i = 0; i < 100 && !is_told(log); ++i) {
            log += captured.read_some();
            log_for(sink, std::chrono::milliseconds(2));
        }
        if (is_told(log)) break;
    }
    EXPECT_TRUE(is_told(log));
}

}  // namespace
}  // namespace quorate
