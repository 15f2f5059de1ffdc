// What may be asked for again, and how much of it is kept.
#include "group/retries.h"

#include <gtest/gtest.h>

namespace quorate::group {
namespace {

using namespace std::chrono_literals;

Requests::Pending pending(RequestId told_as, std::size_t bytes = 10) {
    return {.told_as = told_as, .term = 1, .command = Payload(std::string(bytes, 'x'))};
}

TEST(Retries, AreFoundByTheNumberThatTheComponentLastUsed) {
    Retries retries;
    retries.keep(7, pending(7), 0s);
    EXPECT_EQ(retries.find(7), 7u);
    EXPECT_EQ(retries.find(8), std::nullopt);
    retries.keep(7, pending(9), 1s);  // asked for again as 9, and not answered again
    EXPECT_EQ(retries.find(9), 7u);
    EXPECT_EQ(retries.find(7), 7u) << "the first number stays good";
    retries.forget(7);
    EXPECT_EQ(retries.find(9), std::nullopt);
}

TEST(Retries, TheOldestAreForgottenBeyondTheirNumber) {
    Retries retries;
    for (RequestId id = 1; id <= Retries::most + 1; ++id) retries.keep(id, pending(id), 0s);
    EXPECT_EQ(retries.find(1), std::nullopt);
    EXPECT_EQ(retries.find(2), 2u);
    EXPECT_EQ(retries.find(Retries::most + 1), Retries::most + 1);
}

TEST(Retries, TheOldestAreForgottenBeyondTheirBytes) {
    Retries retries;
    const std::size_t third = Retries::most_bytes / 3;
    for (RequestId id = 1; id <= 3; ++id) retries.keep(id, pending(id, third), 0s);
    EXPECT_EQ(retries.find(1), 1u);
    retries.keep(4, pending(4, third), 0s);
    EXPECT_EQ(retries.find(1), std::nullopt);
    EXPECT_EQ(retries.find(2), 2u);
    retries.keep(5, pending(5, 2 * Retries::most_bytes), 0s);
    EXPECT_EQ(retries.find(4), std::nullopt);
    EXPECT_EQ(retries.find(5), 5u) << "one is kept, however long";
    retries.forget(5);
    for (RequestId id = 6; id <= 8; ++id) retries.keep(id, pending(id, third), 0s);
    EXPECT_EQ(retries.find(6), 6u) << "what was forgotten counts no more";
}

TEST(Retries, AreKeptForAWhile) {
    Retries retries;
    retries.keep(1, pending(1), 0s);
    retries.keep(2, pending(2), 10s);
    retries.expire(Retries::patience);
    EXPECT_EQ(retries.find(1), 1u);
    retries.expire(Retries::patience + 1ns);
    EXPECT_EQ(retries.find(1), std::nullopt);
    EXPECT_EQ(retries.find(2), 2u);
}

TEST(Retries, HoldUpTheOthersNoFurtherThanHalfAWindow) {
    Retries retries;
    retries.keep(5, pending(5), 0s);
    EXPECT_EQ(retries.lowest(100), 5u);
    retries.committed(5, 42);
    EXPECT_EQ(retries.lowest(100), 100u) << "committed meanwhile: nothing is proposed under it";
    EXPECT_EQ(retries.find(5), 5u) << "but whoever asks is told";
    retries.keep(6, pending(6), 0s);
    const RequestId reach = consensus::Sessions::window / 2;
    EXPECT_EQ(retries.lowest(6 + reach), 6u);
    EXPECT_EQ(retries.lowest(7 + reach), 7 + reach);
    EXPECT_EQ(retries.find(6), std::nullopt);
}

}  // namespace
}  // namespace quorate::group
