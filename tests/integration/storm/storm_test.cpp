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
constexpr auto storm = 60s;
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
    /// What each has once everybody is there. A rest for what is left behind on purpose: links are
    /// tidied up every peer-timeout.
    std::vector<Json> gather() {
        tell_all("gather");
        std::vector<Json> told;
        for (auto& each : all_) {
            told.push_back(each->await(
                [](const Json& json) {
                    return json["event"] == "together" || json["event"] == "stuck";
                },
                patience));
            EXPECT_EQ(told.back()["event"], "together") << told.back();
        }
        return told;
    }

    std::vector<std::unique_ptr<Process>> all_;
};

TEST_F(Storm, of_members_that_come_and_go_leaves_nobody_stuck_and_nothing_behind) {
    const std::vector<Json> before = gather();
    if (HasFailure()) return;
    tell_all("storm");
    std::this_thread::sleep_for(storm);  // the minute that the members are to have
    const std::vector<Json> after = gather();
    if (HasFailure()) return;
    int visits = 0;
    for (int i = 0; i < processes; ++i) {
        visits += after[i]["visits"].get<int>() - before[i]["visits"].get<int>();
        EXPECT_LT(after[i]["descriptors"], before[i]["descriptors"].get<double>() * 1.5) << i;
        EXPECT_LT(after[i]["bytes"], before[i]["bytes"].get<double>() * 1.5) << i;
        std::printf("%s, then %s\n", before[i].dump().c_str(), after[i].dump().c_str());
    }
    // A storm, that is: where the machine has nothing else to do, each comes ten times or so.
    EXPECT_GT(visits, members);
}

}  // namespace
}  // namespace quorate
