// Who is known, and how much of it.
#include "group/peers.h"

#include <gtest/gtest.h>

namespace quorate::group {
namespace {

using namespace std::chrono_literals;

MemberId id(std::uint64_t number) {
    return {1, number};
}

TEST(Peers, BeyondTheBoundWhoWasHeardLongestAgoIsForgotten) {
    Peers peers(16);
    for (std::uint64_t i = 1; i <= 16; ++i) peers.at(id(i), Nanos(i));
    peers.find(id(1))->heard_at = 1s;
    peers.at(id(17), 2s);
    EXPECT_EQ(peers.all().size(), 16u);
    EXPECT_NE(peers.find(id(1)), nullptr);
    EXPECT_EQ(peers.find(id(2)), nullptr);
    EXPECT_NE(peers.find(id(17)), nullptr);
}

TEST(Peers, BeyondTheBoundSeedsAndWhoAnsweredAreKeptLongest) {
    Peers peers(3);
    peers.greet("tcp://10.0.0.1:1", 0s, true);
    peers.greet("tcp://10.0.0.2:1", 0s).answered = true;
    peers.greet("tcp://10.0.0.3:1", 0s);
    peers.greet("tcp://10.0.0.4:1", 1s);
    EXPECT_EQ(peers.greetings().size(), 3u);
    EXPECT_EQ(peers.find_greeting("tcp://10.0.0.3:1"), nullptr);
    peers.greet("tcp://10.0.0.5:1", 2s);
    EXPECT_NE(peers.find_greeting("tcp://10.0.0.1:1"), nullptr);
    EXPECT_NE(peers.find_greeting("tcp://10.0.0.2:1"), nullptr);
}

}  // namespace
}  // namespace quorate::group
