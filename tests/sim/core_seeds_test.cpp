// A few seeds of the core's world with every test run: the first ones, those that once failed, and
// that a seed is a seed.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/core/seed_run.h"

namespace quorate::sim::core {
namespace {

TEST(CoreSeeds, the_first_ones_keep_all_rules) {
    Totals total;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        const Verdict verdict = run_seed(seed, {});
        EXPECT_TRUE(verdict.ok()) << verdict.describe();
        EXPECT_GE(verdict.totals.simulated_ms, 60'000u);
        total.add(verdict.totals);
    }
    // A simulation in which nothing happens proves nothing.
    EXPECT_EQ(total.given_up, 0u) << "histories too entangled to judge";
    EXPECT_GT(total.writes, 5'000u);
    EXPECT_GT(total.reads, 5'000u);
    for (const Branch rare :
         {Branch::record_torn, Branch::hard_state_lost, Branch::disk_halted,
          Branch::crashed_in_stalled_sync, Branch::joint_left, Branch::log_truncated,
          Branch::snapshot_installed, Branch::volatile_replaced, Branch::entry_withheld,
          Branch::elected_after_proof_of_death, Branch::read_by_index}) {
        EXPECT_GT(total.coverage.of(rare), 0u) << name_of(rare);
    }
}

TEST(CoreSeeds, those_that_once_failed_keep_all_rules) {
    std::ifstream file(QUORATE_SIM_CORE_SEEDS);
    ASSERT_TRUE(file) << QUORATE_SIM_CORE_SEEDS;
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line.front() == '#') continue;
        std::uint64_t seed = 0;
        ASSERT_TRUE(std::istringstream(line) >> seed) << line;
        const Verdict verdict = run_seed(seed, {});
        EXPECT_TRUE(verdict.ok()) << verdict.describe() << "\nthe file says: " << line;
    }
}

TEST(CoreSeeds, the_same_seed_is_the_same_story) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const Verdict once = run_seed(seed, {});
        const Verdict again = run_seed(seed, {});
        EXPECT_EQ(once.at, again.at);
        EXPECT_EQ(once.totals.summary(), again.totals.summary());
        EXPECT_EQ(once.totals.coverage.taken, again.totals.coverage.taken);
    }
}

}  // namespace
}  // namespace quorate::sim::core
