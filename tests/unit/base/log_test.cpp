// Log levels as people write them.
#include "quorate/log.h"

#include <gtest/gtest.h>

namespace quorate {
namespace {

LogLevel level_of(const LogLevels& levels, LogModule module) {
    return levels[static_cast<std::size_t>(module)];
}

TEST(LogLevels, AreOneForAllOrOneAModule) {
    const auto all = parse_log_levels("info");
    ASSERT_TRUE(all);
    EXPECT_EQ(level_of(*all, LogModule::group), LogLevel::info);
    EXPECT_EQ(level_of(*all, LogModule::net), LogLevel::info);
    const auto some = parse_log_levels("raft=debug,net=error");
    ASSERT_TRUE(some);
    EXPECT_EQ(level_of(*some, LogModule::raft), LogLevel::debug);
    EXPECT_EQ(level_of(*some, LogModule::net), LogLevel::error);
    EXPECT_EQ(level_of(*some, LogModule::group), LogLevel::off);
}

TEST(LogLevels, ThatAreNoneAreRefusedWithWhatThereIs) {
    for (const char* text : {"", "loud", "raft", "raft=", "=debug", "raft=loud", "raft=debug,",
                             "wheel=debug", "raft=debug;net=info", "raft==debug"}) {
        const auto levels = parse_log_levels(text);
        ASSERT_FALSE(levels) << text;
        EXPECT_EQ(levels.error().code, ErrorCode::bad_argument);
        EXPECT_NE(levels.error().message.find("discovery"), std::string::npos);
    }
}

TEST(LogOptions, WantNothingUnlessThereAreALevelAndASink) {
    LogOptions log;
    EXPECT_FALSE(log.wants(LogModule::raft, LogLevel::error));
    log.levels.fill(LogLevel::info);
    EXPECT_FALSE(log.wants(LogModule::raft, LogLevel::error));
    log.sink = [](const LogLine&) {};
    EXPECT_TRUE(log.wants(LogModule::raft, LogLevel::info));
    EXPECT_FALSE(log.wants(LogModule::raft, LogLevel::debug));
}

}  // namespace
}  // namespace quorate
