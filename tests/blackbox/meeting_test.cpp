// How members meet: all at once, on the beacon alone, by seeds that come up later; and how they
// meet anew when the majority is gone.
#include <gtest/gtest.h>

#include "loopback.h"
#include "watch.h"

namespace quorate::blackbox {
namespace {

/// Starts one process for each set of options, all at once, and expects them to found one group.
void expect_one_group(const std::vector<Arguments>& each) {
    std::vector<std::unique_ptr<Process>> members;
    for (const Arguments& options : each) {
        Arguments arguments{"member", "--group", "test.A",
                            "--json", "--size",  std::to_string(each.size())};
        arguments.insert(arguments.end(), options.begin(), options.end());
        members.push_back(std::make_unique<Process>(arguments));
    }
    std::set<std::string> incarnations;
    std::set<std::string> leaders;
    for (auto& member : members) {
        incarnations.insert(member->await_event("joined").value("incarnation", "none"));
        leaders.insert(member->await_event("leader_elected").value("leader", "none"));
    }
    EXPECT_EQ(incarnations.size(), 1u);
    EXPECT_EQ(leaders.size(), 1u);
    EXPECT_FALSE(leaders.count("none"));
}

TEST(Meeting, on_the_beacon_alone_all_at_once) {
    const std::string beacon = "127.255.255.255:" + std::to_string(free_port(SOCK_DGRAM));
    expect_one_group(std::vector<Arguments>(5, Arguments{"--beacon", beacon}));
}

TEST(Meeting, by_a_seed_that_comes_up_later) {
    const std::string seed = "tcp://127.0.0.1:" + std::to_string(free_port(SOCK_STREAM));
    expect_one_group({{"--beacon", "off", "--seed", seed},
                      {"--beacon", "off", "--seed", seed},
                      {"--beacon", "off", "--listen", seed}});
}

TEST(Meeting, by_chains_of_seeds) {
    const std::string first = "tcp://127.0.0.1:" + std::to_string(free_port(SOCK_STREAM));
    const std::string second = "tcp://127.0.0.1:" + std::to_string(free_port(SOCK_STREAM));
    expect_one_group({{"--beacon", "off", "--listen", first},
                      {"--beacon", "off", "--listen", second, "--seed", first},
                      {"--beacon", "off", "--seed", second}});
}

TEST(Meeting, over_ipv6) {
    GroupOfMembers group(3, {"--listen", "tcp://[::1]:0"});
    EXPECT_EQ(group.leader().endpoint.rfind("tcp://[::1]:", 0), 0u) << group.leader().endpoint;
    EXPECT_EQ(group.follower().ask("send-ordered in digits and colons")["ok"], true);
}

/// A newcomer that knows one member alone reaches the leader, whoever that is, and the others.
TEST(Meeting, of_a_newcomer_with_one_living_contact_among_dead_ones) {
    GroupOfMembers group(3);
    Member& contact = group.follower();
    Member& victim = *group.others(contact).front();
    const std::string dead = victim.endpoint;
    victim.process.kill();
    Member newcomer("newcomer", {"--size", "3", "--seed", dead, "--seed", "tcp://127.0.0.1:1",
                                 "--seed", contact.endpoint});
    const Json joined = newcomer.process.await_event("joined");
    ASSERT_EQ(joined["members"].size(), 3u) << joined;
    EXPECT_EQ(newcomer.ask("send-ordered found you")["ok"], true);
}

TEST(MeetingAnew, after_two_of_three_were_killed_the_group_begins_again_and_says_so) {
    GroupOfMembers group(3);
    Member& last = group.follower();
    Watch watch({&last});
    const Json asked = watch.ask(last, "request-vote majority 60000 still open?");
    ASSERT_EQ(asked["ok"], true) << asked;
    const std::string old = watch.ask(last, "status")["incarnation"];
    for (Member* other : group.others(last)) other->process.kill();

    ASSERT_TRUE(watch.until([&] { return !watch.told(last, "group_reset").empty(); }));
    EXPECT_EQ(watch.told(last, "quorum_lost").size(), 1u);
    EXPECT_EQ(watch.told(last, "group_reset").front()["previous"], old);
    EXPECT_NE(watch.told(last, "group_reset").front()["id"], last.id);
    ASSERT_TRUE(watch.until([&] { return !watch.told(last, "vote_result").empty(); }));
    EXPECT_EQ(watch.told(last, "vote_result").front()["poll"], asked["poll"]);
    EXPECT_EQ(watch.told(last, "vote_result").front()["outcome"], "lost");

    Member& second = group.add("second");
    Member& third = group.add("third");
    for (Member* newcomer : {&second, &third}) {
        const Json joined = newcomer->process.await_event("joined");
        EXPECT_NE(joined.value("incarnation", old), old);
    }
    EXPECT_TRUE(watch.until([&] { return !watch.told(last, "joined").empty(); }));
    EXPECT_TRUE(watch.until([&] { return !watch.told(last, "leader_elected").empty(); }));
    EXPECT_EQ(watch.ask(last, "send-ordered a new beginning")["ok"], true);
}

}  // namespace
}  // namespace quorate::blackbox
