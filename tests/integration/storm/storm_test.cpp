// 100 members of one group that join and leave at random for a minute: nobody is stuck, no seat is
// lost, nothing leaks.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "process.h"

namespace quorate {
namespace {

using namespace std::chrono_literals;
using blackbox::Arguments;
using blackbox::Json;
using blackbox::Process;

constexpr int members = 100;
constexpr int processes = 4;
constexpr auto patience = 90s;

class Storm : public testing::Test {
protected:
    Storm() {
        Arguments seeds;
        for (int i = 0; i < processes; ++i) {
            constexpr int each = members / processes;
            Arguments arguments{std::to_string(i * each), std::to_string(each),
                                std::to_string(members)};
            arguments.insert(arguments.end(), seeds.begin(), seeds.end());
            all_.push_back(std::make_unique<Process>(
                Process::Program{.path = WANDERERS, .arguments = arguments}));
            const Json started = all_.back()->await_event("started", patience);
            if (i == 0) seeds = started["endpoints"].get<Arguments>();
            seeds.resize(3);
        }
    }
    void tell_all(const std::string& command) {
        for (auto& each : all_) each->write_line(command);
    }
    /// Until everybody is there; returns how often members came in, until now.
    int gather() {
        tell_all("gather");
        int visits = 0;
        for (auto& each : all_) {
            const Json told = each->await(
                [](const Json& json) {
                    return json["event"] == "together" || json["event"] == "stuck";
                },
                patience);
            EXPECT_EQ(told["event"], "together") << told;
            if (!HasFailure()) visits += told["visits"].get<int>();
        }
        return visits;
    }
    /// That long is what the members are to have, not what is waited for.
    int storm_for(std::chrono::seconds time) {
        tell_all("storm");
        std::this_thread::sleep_for(time);
        return gather();
    }
    struct Possessions {
        double descriptors = 0;
        double bytes = 0;
    };
    Possessions count() {
        Possessions sum;
        tell_all("count");
        for (auto& each : all_) {
            const Json counted = each->await_event("counted", patience);
            sum.descriptors += counted["descriptors"].get<double>();
            sum.bytes += counted["bytes"].get<double>();
        }
        return sum;
    }
    /// What all have once nothing changes any more: links that are of no use are closed now and
    /// then.
    Possessions count_at_rest() {
        const auto end = std::chrono::steady_clock::now() + patience;
        Possessions last = count();
        for (int unchanged = 0; unchanged < 10; ++unchanged) {
            EXPECT_LT(std::chrono::steady_clock::now(), end) << "there is no rest";
            if (HasFailure()) break;
            std::this_thread::sleep_for(1s);
            const Possessions now = count();
            if (now.descriptors != last.descriptors) unchanged = 0;
            last = now;
        }
        return last;
    }

    std::vector<std::unique_ptr<Process>> all_;
};

TEST_F(Storm, of_members_that_come_and_go_leaves_nobody_stuck_and_nothing_behind) {
    gather();
    if (HasFailure()) return;
    // Tables and what malloc makes of them grow once, in the first gust.
    const int visits_before = storm_for(10s);
    if (HasFailure()) return;
    const Possessions before = count_at_rest();
    const int visits = storm_for(60s) - visits_before;
    if (HasFailure()) return;
    const Possessions after = count_at_rest();
    std::printf("%d visits; descriptors %.0f, then %.0f; bytes %.0f, then %.0f\n", visits,
                before.descriptors, after.descriptors, before.bytes, after.bytes);
    EXPECT_LT(after.descriptors, 1.1 * before.descriptors);
    // At rest who doesn't lead keeps links to a few; with links to all it would be 300 and more
    // each.
    EXPECT_LT(after.descriptors, 60 * members);
    EXPECT_LT(after.bytes, 1.25 * before.bytes);
    // A storm, that is: where the machine has nothing else to do, each comes ten times or so.
    EXPECT_GT(visits, members);
}

}  // namespace
}  // namespace quorate
