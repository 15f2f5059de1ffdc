// A few seeds with every test run: the first ones, those that once failed, and that a seed is a
// seed.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/seed_run.h"

namespace quorate::sim {
namespace {

TEST(Seeds, the_first_ones_keep_all_rules) {
    Counters total;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const Verdict verdict = run_seed(seed, {});
        EXPECT_TRUE(verdict.ok()) << verdict.describe();
        EXPECT_GE(verdict.counters.simulated_ms, 60'000u);
        total.add(verdict.counters);
    }
    // A simulation in which nothing happens proves nothing.
    EXPECT_GT(total.elections, 40u);
    EXPECT_GT(total.cuts, 0u);
    EXPECT_GT(total.pauses, 0u);
    EXPECT_GT(total.crashes, 0u);
    EXPECT_GT(total.joint, 0u);
    EXPECT_GT(total.evictions, 0u);
    EXPECT_GT(total.polls, 100u);
    EXPECT_GT(total.ordered, 100u);
}

TEST(Seeds, the_first_ones_of_default_groups_keep_all_rules) {
    Counters total;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Verdict verdict = run_default_seed(seed, {});
        EXPECT_TRUE(verdict.ok()) << verdict.describe();
        total.add(verdict.counters);
    }
    EXPECT_EQ(total.elections, 0u);
    EXPECT_EQ(total.ordered, 0u);
    EXPECT_GT(total.evictions, 20u);
    EXPECT_GT(total.messages, 500u);
}

TEST(Seeds, those_that_once_failed_keep_all_rules) {
    std::ifstream file(QUORATE_SIM_SEEDS);
    ASSERT_TRUE(file) << QUORATE_SIM_SEEDS;
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#') continue;
        std::uint64_t seed = 0;
        ASSERT_TRUE(std::istringstream(line) >> seed) << line;
        const Verdict verdict = run_seed(seed, {});
        EXPECT_TRUE(verdict.ok()) << verdict.describe() << "\nthe file says: " << line;
    }
}

TEST(Seeds, the_same_seed_is_the_same_story) {
    const Verdict once = run_seed(5, {});
    const Verdict again = run_seed(5, {});
    EXPECT_EQ(once.at, again.at);
    EXPECT_EQ(once.counters.frames, again.counters.frames);
    EXPECT_EQ(once.counters.summary(), again.counters.summary());
}

}  // namespace
}  // namespace quorate::sim
