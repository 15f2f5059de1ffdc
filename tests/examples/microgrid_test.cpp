// microgrid: the grid splits in two when all agree, and becomes one again when both sides do.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "free_beacon.h"
#include "process.h"

namespace quorate::blackbox {
namespace {

using Names = std::vector<std::string>;

Process::Program microgrid(const Arguments& arguments) {
    return {.path = std::string(QUORATE_EXAMPLES) + "/microgrid", .arguments = arguments};
}

class Microgrid : public ::testing::Test {
protected:
    void SetUp() override {
        for (const std::string& name : all_) start(name);
        expect_whole();
    }
    void TearDown() override {
        for (auto& [name, relay] : relays_) relay->send_signal(SIGTERM);
        for (auto& [name, relay] : relays_) EXPECT_EQ(relay->await_exit(long_patience), 0) << name;
    }

    void start(const std::string& name) {
        const std::string side = name.starts_with('l') ? "left" : "right";
        relays_[name] = std::make_unique<Process>(microgrid({name, side, beacon_}));
    }
    void kill(const std::string& name) {
        told_.clear();
        relays_.at(name)->kill();
        relays_.erase(name);
    }
    /// What was told so far counts no longer: what is expected from here on must be told anew.
    void type(const std::string& name, const std::string& lines) {
        told_.clear();
        relays_.at(name)->write(lines);
    }
    /// Each of them comes to say it.
    void expect(const Names& names, const std::string& line) {
        EXPECT_TRUE(until([&] {
            return std::all_of(names.begin(), names.end(),
                               [&](const std::string& name) { return count(name, line) > 0; });
        })) << "not all said: "
            << line << all_that_was_told();
    }
    /// All four are in grid.all and agree on who leads.
    void expect_whole() {
        expect(all_, "grid.all: 4 here");
        expect_leader(all_, "grid.all");
    }
    /// Each side has a group of two with a leader, and these two are in grid.leaders.
    void expect_split() {
        expect(left_, "grid.left: 2 here");
        expect(right_, "grid.right: 2 here");
        leaders_ = {expect_leader(left_, "grid.left"), expect_leader(right_, "grid.right")};
        expect(leaders_, "grid.leaders: 2 here");
        const std::string first = expect_leader(leaders_, "grid.leaders");
        EXPECT_EQ(std::count(leaders_.begin(), leaders_.end(), first), 1) << first;
    }
    /// All of them name the same leader of the group, and it is one of them.
    std::string expect_leader(const Names& names, const std::string& group) {
        std::string leader;
        EXPECT_TRUE(until([&] {
            leader = last_leader(names.front(), group);
            return std::find(names.begin(), names.end(), leader) != names.end() &&
                   std::all_of(names.begin(), names.end(), [&](const std::string& name) {
                       return last_leader(name, group) == leader;
                   });
        })) << "no leader of "
            << group << all_that_was_told();
        return leader;
    }
    /// How many of all operated the breaker.
    int switched() const {
        int sum = 0;
        for (const std::string& name : all_) sum += count(name, "switching, token ");
        return sum;
    }
    /// How often it said a line that begins so.
    int count(const std::string& name, const std::string& line) const {
        const auto told = told_.find(name);
        if (told == told_.end()) return 0;
        return static_cast<int>(
            std::count_if(told->second.begin(), told->second.end(),
                          [&](const std::string& one) { return one.starts_with(line); }));
    }

    const Names left_{"l1", "l2"};
    const Names right_{"r1", "r2"};
    const Names all_{"l1", "l2", "r1", "r2"};
    Names leaders_;  ///< of the left, of the right

private:
    bool until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + long_patience;
        while (!condition()) {
            // Once something is missing, what builds on it won't come.
            if (HasFailure() || std::chrono::steady_clock::now() >= deadline) return false;
            for (auto& [name, relay] : relays_) {
                const auto line = relay->await_line([](const auto&) { return true; }, Duration(5));
                if (line) told_[name].push_back(*line);
            }
        }
        return true;
    }
    std::string last_leader(const std::string& name, const std::string& group) {
        const std::string begin = group + ": ";
        const std::string end = " leads";
        std::string leader;
        for (const std::string& line : told_[name]) {
            if (!line.starts_with(begin) || !line.ends_with(end)) continue;
            leader = line.substr(begin.size(), line.size() - begin.size() - end.size());
        }
        return leader;
    }
    std::string all_that_was_told() const {
        std::string all;
        for (const auto& [name, lines] : told_) {
            for (const std::string& line : lines) all += "\n" + name + "| " + line;
        }
        return all;
    }
    const std::string beacon_ = free_beacon();
    std::map<std::string, std::unique_ptr<Process>> relays_;
    std::map<std::string, Names> told_;
};

TEST_F(Microgrid, splits_and_becomes_one_again_and_again) {
    for (const std::string operated : {"l1", "r2"}) {
        type(operated, "open tie\n");
        expect(all_, "open tie: yes");
        expect_split();
        EXPECT_EQ(switched(), 1);

        type(operated, "close tie\n");
        expect(leaders_, "close tie: yes");
        expect_whole();
        EXPECT_EQ(switched(), 1);
    }
}

TEST_F(Microgrid, stays_as_it_is_while_one_relay_does_not_agree) {
    type("r1", "hold\nopen tie\n");
    expect(all_, "open tie: no");
    type("r1", "release\nopen tie\n");
    expect_split();

    const std::string dissenter = leaders_.back();
    type(dissenter, "hold\nclose tie\n");
    expect(leaders_, "close tie: no");
    type(dissenter, "release\nclose tie\n");
    expect_whole();
    EXPECT_EQ(switched(), 1);
}

TEST_F(Microgrid, outlives_its_leader) {
    const std::string leader = expect_leader(all_, "grid.all");
    kill(leader);
    Names others = all_;
    std::erase(others, leader);
    expect_leader(others, "grid.all");
    start(leader);
    expect_whole();

    type(leader, "open tie\n");
    expect_split();
    EXPECT_EQ(switched(), 1);
}

TEST(MicrogridUsage, is_told_to_who_gets_it_wrong) {
    for (const Arguments& arguments : std::vector<Arguments>{{}, {"l1"}, {"l1", "middle"}}) {
        Process process(microgrid(arguments));
        EXPECT_EQ(process.await_exit(long_patience), 64);
        EXPECT_EQ(process.errors().rfind("usage: microgrid NAME", 0), 0u);
    }
}

}  // namespace
}  // namespace quorate::blackbox
