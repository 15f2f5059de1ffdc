// Timing profiles: named, ordered, and the values that the pages state.
#include <gtest/gtest.h>

#include "quorate/spec.h"

namespace quorate {
namespace {

using namespace std::chrono_literals;

TEST(TimingProfile, EachIsUsableByAGroupAsItComes) {
    for (const char* name : {"rt", "lan", "wan", "riaps"}) {
        const auto timing = find_timing(name);
        ASSERT_TRUE(timing) << name;
        const auto problem = find_problem(GroupSpec{.timing = *timing});
        EXPECT_FALSE(problem) << name << ": " << problem->message;
    }
}

TEST(TimingProfile, RtBeatsEveryFiveMilliseconds) {
    EXPECT_EQ(Timing::rt(), (Timing{5ms, 15ms, 30ms, 100ms}));
    EXPECT_EQ(find_timing("rt"), Timing::rt());
}

TEST(TimingProfile, LanIsTheDefault) {
    EXPECT_EQ(find_timing("lan"), Timing{});
}

TEST(TimingProfile, RiapsHasTheOriginalsValues) {
    EXPECT_EQ(find_timing("riaps"), (Timing{1000ms, 1500ms, 2000ms, 3000ms}));
}

TEST(TimingProfile, OfAnotherNameThereIsNone) {
    for (const char* name : {"", "RT", "fast", "lan "}) EXPECT_FALSE(find_timing(name)) << name;
}

}  // namespace
}  // namespace quorate
