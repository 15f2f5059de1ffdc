// groupie: six components in three groups that overlap, of which some always leave and come back.
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <memory>
#include <regex>
#include <set>

#include "free_beacon.h"
#include "process.h"

namespace quorate::blackbox {
namespace {

Process::Program groupie(const Arguments& arguments) {
    return {.path = std::string(QUORATE_EXAMPLES) + "/groupie", .arguments = arguments};
}

/// What one component last told of its part in one group.
struct Counters {
    int here = 0, heard = 0, echoes = 0, yes = 0, no = 0, left = 0;
};

/// All that the six tell.
class Chorus {
public:
    Chorus() {
        const std::string beacon = free_beacon();
        const std::vector<Arguments> all{{"ann", "a", "b"}, {"bob", "b", "c"}, {"cid", "c", "a"},
                                         {"dan", "a", "b"}, {"eve", "b", "c"}, {"fay", "c", "a"}};
        for (Arguments arguments : all) {
            arguments.push_back(beacon);
            members_.push_back(std::make_unique<Process>(groupie(arguments)));
        }
    }
    /// Listens to all until `condition`; false if it doesn't hold in time.
    bool until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + long_patience;
        while (!condition()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            for (auto& member : members_) {
                const auto line = member->await_line([](const auto&) { return true; }, Duration(5));
                if (line) take(*line);
            }
        }
        return true;
    }
    /// Whether it holds for all four in all groups.
    bool everywhere(const std::function<bool(const Counters&)>& condition) const {
        std::size_t good = 0;
        for (const auto& [part, counters] : counters_) good += condition(counters);
        return good == 12;
    }
    int sum(const std::string& group, int Counters::*counter) const {
        int all = 0;
        for (const auto& [part, counters] : counters_) {
            if (part.ends_with(" in " + group)) all += counters.*counter;
        }
        return all;
    }
    /// Who was ever said to lead the group, with the term.
    const std::set<std::string>& leaders(const std::string& group) { return leaders_[group]; }
    /// How often somebody heard who leads: once each time that it came in, if the leader stays.
    int introductions(const std::string& group) { return introductions_[group]; }
    std::vector<std::unique_ptr<Process>>& members() { return members_; }

private:
    void take(const std::string& line) {
        static const std::regex counters(
            "(.*): (\\d+) here, heard (\\d+), echoes (\\d+), votes (\\d+) yes (\\d+) no, left "
            "(\\d+) times, failed requests \\d+");
        static const std::regex leads(".* in (.*): (.* leads, term \\d+)");
        std::smatch found;
        if (std::regex_match(line, found, counters)) {
            const auto number = [&](std::size_t i) { return std::stoi(found[i]); };
            counters_[found[1]] = {number(2), number(3), number(4),
                                   number(5), number(6), number(7)};
        } else if (std::regex_match(line, found, leads)) {
            leaders_[found[1]].insert(found[2]);
            ++introductions_[found[1]];
        } else {
            ADD_FAILURE() << "unexpected: " << line;
        }
    }
    std::vector<std::unique_ptr<Process>> members_;
    std::map<std::string, Counters> counters_;  ///< by `ann in a`
    std::map<std::string, std::set<std::string>> leaders_;
    std::map<std::string, int> introductions_;
};

TEST(Groupie, members_come_and_go_and_who_leads_stays) {
    const std::vector<std::string> groups{"a", "b", "c"};
    Chorus chorus;
    ASSERT_TRUE(chorus.until(
        [&] { return chorus.everywhere([](const Counters& one) { return one.here >= 3; }); }));
    ASSERT_TRUE(chorus.until([&] {
        return chorus.everywhere([](const Counters& one) {
            return one.heard >= 20 && one.echoes >= 5 && one.yes >= 1 && one.yes + one.no >= 2;
        });
    })) << "messages, echoes or votes are missing";
    ASSERT_TRUE(chorus.until([&] {
        return std::all_of(groups.begin(), groups.end(), [&](const std::string& group) {
            return chorus.sum(group, &Counters::left) >= 3 && chorus.introductions(group) >= 4 + 3;
        });
    })) << "nobody left and came back";
    for (const std::string& group : groups) {
        EXPECT_EQ(chorus.leaders(group).size(), 1u)
            << "of " << group << ", where it had been " << *chorus.leaders(group).begin();
    }
    for (auto& member : chorus.members()) member->send_signal(SIGTERM);
    for (auto& member : chorus.members()) EXPECT_EQ(member->await_exit(long_patience), 0);
}

TEST(Groupie, tells_its_usage_to_who_gets_it_wrong) {
    for (const Arguments& arguments : std::vector<Arguments>{{}, {"ann", "a"}, {"ann", "a", "a"}}) {
        Process process(groupie(arguments));
        EXPECT_EQ(process.await_exit(long_patience), 64);
        EXPECT_EQ(process.errors().rfind("usage: groupie NAME", 0), 0u);
    }
}

}  // namespace
}  // namespace quorate::blackbox
