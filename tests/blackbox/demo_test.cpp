// quorate demo: every step is told, in its order, and its exit code says so.
#include <gtest/gtest.h>
#include <signal.h>

#include <set>
#include <sstream>

#include "process.h"

namespace quorate::blackbox {
namespace {

/// The first word after the time of each entry of the story.
std::vector<std::string> headings_of(const std::string& story) {
    std::vector<std::string> headings;
    std::istringstream lines(story);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t time = line.find(" ms  ");
        if (time != 6) continue;
        const std::size_t begin = time + 5;
        headings.push_back(line.substr(begin, line.find("  ", begin) - begin));
    }
    return headings;
}

const std::vector<std::string> all_steps = {
    "start", "founding",  "election", "message", "to leader", "order", "vote", "action",
    "kill",  "fail-over", "eviction", "vote",    "return",    "order", "leave"};

class Demo : public ::testing::TestWithParam<Arguments> {};

TEST_P(Demo, tells_every_step_and_ends_well) {
    Arguments arguments{"demo"};
    arguments.insert(arguments.end(), GetParam().begin(), GetParam().end());
    const Ended demo = run(arguments);
    EXPECT_EQ(demo.status, 0) << demo.errors;
    EXPECT_EQ(demo.errors, "");
    EXPECT_EQ(headings_of(demo.output), all_steps) << demo.output;
    EXPECT_NE(demo.output.find("ms after the kill"), std::string::npos) << demo.output;
    EXPECT_NE(demo.output.find("Every step was seen to happen."), std::string::npos);
    std::istringstream lines(demo.output);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

INSTANTIATE_TEST_SUITE_P(OfAnySize, Demo,
                         ::testing::Values(Arguments{}, Arguments{"--members", "3"},
                                           Arguments{"--members", "4"},
                                           Arguments{"--members", "9"}));

TEST(DemoJson, passes_on_every_member_s_events_and_nothing_else) {
    const Ended demo = run({"demo", "--members", "3", "--json"});
    EXPECT_EQ(demo.status, 0) << demo.errors;
    std::map<std::string, std::set<std::string>> told;  // events, by member
    std::set<std::string> ids;
    std::istringstream lines(demo.output);
    for (std::string line; std::getline(lines, line);) {
        const Json event = Json::parse(line, nullptr, false);
        ASSERT_TRUE(event.is_object()) << line;
        EXPECT_TRUE(event["t_ns"].is_number_integer()) << line;
        told[event["member"]].insert(event["event"]);
        if (event["event"] == "started") ids.insert(event["id"]);
    }
    EXPECT_EQ(told.size(), 3u);
    EXPECT_EQ(ids.size(), 4u) << "three members, one of them started twice";
    std::set<std::string> by_anyone;
    for (const auto& [member, events] : told) {
        by_anyone.insert(events.begin(), events.end());
        for (const char* event : {"started", "joined", "leader_elected", "message",
                                  "vote_requested", "vote_result", "reply", "left"}) {
            EXPECT_TRUE(events.count(event)) << member << " told no " << event;
        }
    }
    for (const char* event : {"message_to_leader", "message_to_member", "leader_lost",
                              "member_left", "member_joined"}) {
        EXPECT_TRUE(by_anyone.count(event)) << "nobody told " << event;
    }
}

TEST(DemoUsage, a_wrong_number_of_members_is_refused_by_the_option_s_name) {
    for (const char* number : {"0", "1", "2", "26", "-3", "five", ""}) {
        const Ended demo = run({"demo", "--members", number});
        EXPECT_EQ(demo.status, 64) << number;
        EXPECT_NE(demo.errors.find("--members"), std::string::npos) << demo.errors;
        EXPECT_EQ(demo.output, "");
    }
    EXPECT_EQ(run({"demo", "--nonsense"}).status, 64);
}

/// A demo at the beginning of its story, with a few of its members running.
struct DemoUnderWay {
    DemoUnderWay() : demo({"demo", "--members", "25", "--json"}) {
        for (int i = 0; i < 3; ++i) EXPECT_FALSE(demo.await_event("started").is_null());
    }
    Process demo;
};

TEST(DemoInterrupted, ends_its_members_and_says_that_it_did_not_come_to_its_end) {
    for (const int signal : {SIGINT, SIGTERM}) {
        DemoUnderWay under_way;
        under_way.demo.send_signal(signal);
        EXPECT_EQ(under_way.demo.await_exit(), 1);
        EXPECT_NE(under_way.demo.errors().find("interrupted"), std::string::npos);
    }
}

TEST(DemoInterrupted, its_members_do_not_outlive_it_even_when_it_is_killed) {
    DemoUnderWay under_way;
    under_way.demo.send_signal(SIGKILL);
    EXPECT_EQ(under_way.demo.await_exit(), 128 + SIGKILL);
    // Its members had its standard error as theirs: its end comes with the end of the last of them.
    EXPECT_EQ(under_way.demo.errors(), "");
}

}  // namespace
}  // namespace quorate::blackbox
