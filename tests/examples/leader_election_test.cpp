// leader_election: the readings reach whoever leads, and nobody else.
#include <gtest/gtest.h>

#include "members.h"

namespace quorate::blackbox {
namespace {

const char* const elected = "(.*) leads, term .*";

/// By all of them, which have heard of it by now or soon will.
std::string await_leader(Members& members, const std::string& not_this = "nobody") {
    std::string leader;
    for (auto& [name, member] : members.all()) {
        leader = member->await("((?!" + not_this + ").*) leads, term .*");
    }
    for (auto& [name, member] : members.all()) EXPECT_EQ(member->last(elected), leader);
    return leader;
}

void expect_readings(ExampleMember& leader, const std::vector<std::string>& senders) {
    for (const std::string& sender : senders) leader.await(".* hears reading .* from " + sender);
}

/// Who hears readings was told before that it leads, and no other since; each sender's readings
/// come in their order, none twice.
void expect_readings_at_leaders_alone(const std::string& name, const ExampleMember& member) {
    const std::regex leads(elected);
    const std::regex hears("(.*) hears reading (.*) from (.*)");
    std::string leader;
    std::map<std::string, int> last;
    for (const std::string& line : member.said) {
        std::smatch match;
        if (std::regex_match(line, match, leads)) leader = match[1];
        if (!std::regex_match(line, match, hears)) continue;
        EXPECT_EQ(leader, name) << line;
        EXPECT_EQ(match[1], name) << line;
        EXPECT_LT(last[match[3]], std::stoi(match[2])) << line;
        last[match[3]] = std::stoi(match[2]);
    }
}

TEST(LeaderElection, a_killed_leader_is_replaced_and_the_readings_reach_the_next_one) {
    Members members("leader_election");
    for (const char* name : {"anna", "bert", "carl"}) members.start(name, {name});
    const std::string first = await_leader(members);
    expect_readings(members[first], {"anna", "bert", "carl"});

    members.kill(first);
    const std::string second = await_leader(members, first);
    std::vector<std::string> left;
    for (auto& [name, member] : members.all()) left.push_back(name);
    expect_readings(members[second], left);

    members.start(first, {first});
    expect_readings(members[second], {first});
    for (auto& [name, member] : members.all()) {
        member->process.send_signal(SIGINT);
        member->expect_end();
        EXPECT_EQ(member->said.back(), "leaving");
        expect_readings_at_leaders_alone(name, *member);
        const auto gone = member->all("(.*) is gone \\(lost\\)");
        EXPECT_EQ(gone, std::vector(name == first ? 0 : 1, first)) << name;
    }
}

TEST(LeaderElection, says_what_is_wrong_with_its_arguments) {
    ExampleMember nameless("leader_election", {});
    EXPECT_EQ(nameless.process.await_exit(), 64);
    EXPECT_EQ(nameless.process.errors(), "usage: leader_election NAME [SEED...]\n");
    ExampleMember lost("leader_election", {"anna", "no endpoint"});
    EXPECT_EQ(lost.process.await_exit(), 1);
    EXPECT_NE(lost.process.errors().find("no endpoint"), std::string::npos);
}

}  // namespace
}  // namespace quorate::blackbox
