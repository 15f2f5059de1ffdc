// distributed_estimator: whose estimates the mean is of, through joining, dying and leaving.
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <memory>

#include "free_beacon.h"
#include "process.h"

namespace quorate::blackbox {
namespace {

class DistributedEstimator : public ::testing::Test {
protected:
    void start(const std::string& name) {
        members_[name] = std::make_unique<Process>(
            Process::Program{.path = std::string(QUORATE_EXAMPLES) + "/distributed_estimator",
                             .arguments = {name, estimates_.at(name), beacon_}});
    }
    void kill(const std::string& name) {
        members_.at(name)->kill();
        members_.erase(name);
    }
    /// Says goodbye, and ends well.
    void end(const std::string& name, int signal) {
        members_.at(name)->send_signal(signal);
        EXPECT_EQ(members_.at(name)->await_exit(long_patience), 0) << name;
        members_.erase(name);
    }
    /// All that run come to say this.
    void expect_everywhere(const std::string& line) {
        for (auto& [name, process] : members_) {
            if (HasFailure()) return;  // once something is missing, what builds on it won't come
            const auto told = process->await_line(
                [&, &member = name](const std::string& one) {
                    if (one.find(" leads, term ") != std::string::npos) {
                        leaders_[member] = one.substr(0, one.find(' '));
                    }
                    return one == line;
                },
                long_patience);
            EXPECT_TRUE(told) << name << " never said: " << line;
        }
    }
    /// As somebody heard last.
    std::string leader() const { return leaders_.at(members_.begin()->first); }
    std::string follower() {
        for (auto& [name, process] : members_) {
            if (name != leader()) return name;
        }
        return "";
    }
    /// The mean of all that run but one.
    std::string mean_without(const std::string& absent) {
        double sum = 0;
        int heads = 0;
        for (const auto& [name, estimate] : estimates_) {
            if (name == absent) continue;
            sum += std::stod(estimate);
            ++heads;
        }
        return "global estimate " + std::to_string(sum / heads) + " of " + std::to_string(heads);
    }

    const std::map<std::string, std::string> estimates_{
        {"roof", "20"}, {"wall", "22"}, {"door", "27"}};
    const std::string of_all_three_ = "global estimate 23.000000 of 3";

private:
    const std::string beacon_ = free_beacon();
    std::map<std::string, std::unique_ptr<Process>> members_;
    std::map<std::string, std::string> leaders_;  ///< by who heard of it
};

TEST_F(DistributedEstimator, counts_who_is_there) {
    start("roof");
    start("wall");
    expect_everywhere("global estimate 21.000000 of 2");
    start("door");
    expect_everywhere(of_all_three_);

    for (int again = 0; again < 2; ++again) {
        const std::string killed = follower();
        kill(killed);
        expect_everywhere(mean_without(killed));
        start(killed);
        expect_everywhere(of_all_three_);
    }
    const std::string leaving = follower();
    end(leaving, SIGINT);
    expect_everywhere(mean_without(leaving));
}

TEST_F(DistributedEstimator, goes_on_when_its_leader_dies_or_leaves) {
    for (const auto& [name, estimate] : estimates_) start(name);
    expect_everywhere(of_all_three_);
    const std::string killed = leader();
    kill(killed);
    expect_everywhere(mean_without(killed));
    start(killed);
    expect_everywhere(of_all_three_);

    const std::string leaving = leader();
    end(leaving, SIGTERM);
    expect_everywhere(mean_without(leaving));
}

TEST(DistributedEstimatorUsage, is_told_to_who_gets_it_wrong) {
    const std::vector<Arguments> wrong{{}, {"roof"}, {"roof", "warm"}, {"roof", "nan"}};
    for (const Arguments& arguments : wrong) {
        Process process(
            Process::Program{.path = std::string(QUORATE_EXAMPLES) + "/distributed_estimator",
                             .arguments = arguments});
        EXPECT_EQ(process.await_exit(long_patience), 64);
        EXPECT_EQ(process.errors().rfind("usage: distributed_estimator NAME", 0), 0u);
    }
}

}  // namespace
}  // namespace quorate::blackbox
