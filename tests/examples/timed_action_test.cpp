// timed_action: all act at all the moments that all have agreed on, and at no others.
#include <gtest/gtest.h>

#include <numeric>

#include "members.h"

namespace quorate::blackbox {
namespace {

constexpr Duration patience_for_rounds{100'000};

struct Story {
    int acts = 0;
    int rounds = 0;
    std::vector<std::string> refused;
    std::vector<std::string> missed;
};

/// All that a member told, which has come to its end; the figures have to agree with each other.
Story expect_story(const std::string& name, ExampleMember& member) {
    member.expect_end(patience_for_rounds);
    Story story;
    const std::string summary = "acted in ([0-9]+) of ([0-9]+) rounds; late by less than";
    const auto acts = member.all(summary);
    const auto rounds = member.all("acted in [0-9]+ of ([0-9]+) rounds.*");
    if (acts.size() != 1) {
        ADD_FAILURE() << name << " said " << ::testing::PrintToString(member.said);
        return story;
    }
    story.acts = std::stoi(acts.front());
    story.rounds = std::stoi(rounds.front());
    story.refused = member.all("(round [0-9]+) is not agreed on");
    story.missed = member.all("(round [0-9]+) is missed: .*");
    EXPECT_EQ(story.acts + story.refused.size() + story.missed.size(),
              static_cast<std::size_t>(story.rounds))
        << name;
    int in_the_histogram = 0;
    for (const std::string& count : member.all("\t[0-9]+ us:\t([0-9]+)\t#*")) {
        in_the_histogram += std::stoi(count);
    }
    EXPECT_EQ(in_the_histogram, story.acts) << name;
    for (const std::string& bound : member.all("\t([0-9]+) us:\t.*")) {
        EXPECT_LE(std::stoi(bound), 131'072) << "the tolerance is 100 ms";
    }
    return story;
}

/// At all that are still there. A stall of this machine may cost some rounds, at all of them alike.
void expect_the_same_story(Members& members, int rounds) {
    std::vector<std::string> refused;
    for (auto& [name, member] : members.all()) {
        const Story story = expect_story(name, *member);
        EXPECT_EQ(story.rounds, rounds) << name;
        EXPECT_GE(story.acts, rounds * 9 / 10) << name;
        if (refused.empty()) refused = story.refused;
        EXPECT_EQ(story.refused, refused) << name;
    }
    EXPECT_EQ(
        std::count(refused.begin(), refused.end(), "round " + std::to_string((rounds + 1) / 2 + 1)),
        1)
        << "the one that is too close";
}

TEST(TimedAction, is_done_by_all_at_a_thousand_moments_and_refused_at_one_that_overlaps) {
    Members members("timed_action");
    for (const char* name : {"anna", "bert", "carl"}) members.start(name, {name, "1000"});
    expect_the_same_story(members, 1000);
}

class TimedActionKilled : public ::testing::TestWithParam<const char*> {};

TEST_P(TimedActionKilled, in_the_middle_is_gone_on_with_by_the_others) {
    Members members("timed_action");
    for (const char* name : {"anna", "bert", "carl"}) members.start(name, {name, "200"});
    members[GetParam()].await("round 101 is not agreed on");
    members.kill(GetParam());
    std::vector<Story> stories;
    for (auto& [name, member] : members.all()) stories.push_back(expect_story(name, *member));
    EXPECT_EQ(stories[0].rounds, stories[1].rounds);
    EXPECT_GE(stories[0].rounds, 200);
    EXPECT_EQ(stories[0].refused, stories[1].refused);
}

INSTANTIATE_TEST_SUITE_P(WhoeverItIs, TimedActionKilled, ::testing::Values("anna", "bert", "carl"));

}  // namespace
}  // namespace quorate::blackbox
