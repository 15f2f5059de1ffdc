#include "quorate/result.h"

#include <gtest/gtest.h>

#include <set>

namespace quorate {
namespace {

TEST(Result, HoldsAValueOrAnError) {
    const Result<int> value = 7;
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, 7);
    const Result<int> failed = Error{ErrorCode::no_leader, "wait"};
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::no_leader);
}

TEST(ResultDeath, StopsTheProgramWhenAFailedOneIsReadAsAValue) {
    const Result<int> failed = Error{ErrorCode::too_late, "the poll is closed"};
    EXPECT_DEATH((void)*failed, "too_late, the poll is closed");
    const Result<int> value = 7;
    EXPECT_DEATH((void)value.error(), "has no error");
}

TEST(ErrorCode, HasAStableWordForEach) {
    std::set<std::string_view> words;
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
        words.insert(to_string(static_cast<ErrorCode>(code)));
    }
    EXPECT_EQ(words.size(), static_cast<std::size_t>(ErrorCode::internal) + 1);
    EXPECT_EQ(to_string(ErrorCode::would_block), "would_block");
    EXPECT_EQ(to_string(ErrorCode::clock_unsynchronised), "clock_unsynchronised");
}

}  // namespace
}  // namespace quorate
