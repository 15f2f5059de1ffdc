// Another size of the deployment, through the log.
#include <gtest/gtest.h>

#include "watch.h"

namespace quorate::blackbox {
namespace {

/// All of them have `voters` voters in their status.
bool await_voters(const std::vector<Member*>& members, int voters) {
    Watch watch(members);
    return watch.until([&] {
        return std::all_of(members.begin(), members.end(), [&](Member* member) {
            const Json status = watch.ask(*member, "status");
            int seated = 0;
            for (const Json& each : status["members"]) seated += each["voter"] == true ? 1 : 0;
            return seated == voters;
        });
    });
}

std::vector<Member*> all_of(GroupOfMembers& group) {
    std::vector<Member*> members;
    for (auto& member : group.all()) members.push_back(member.get());
    return members;
}

Arguments of_size(const char* size, GroupOfMembers& group) {
    return {"--size", size, "--seed", group[0].endpoint, "--seed", group[1].endpoint};
}

TEST(Resize, lets_more_members_in_and_outlives_more_deaths) {
    GroupOfMembers group(3);
    ASSERT_EQ(group.follower().ask("resize 5")["ok"], true);
    Member fourth("m3", of_size("5", group));
    Member fifth("m4", of_size("5", group));
    std::vector<Member*> five = all_of(group);
    five.insert(five.end(), {&fourth, &fifth});
    for (Member* newcomer : {&fourth, &fifth}) {
        EXPECT_FALSE(newcomer->process.await_event("joined").is_null());
    }
    ASSERT_TRUE(await_voters(five, 5));
    Member& leader = group.leader();
    leader.process.kill();
    fourth.process.kill();
    const Json elected = fifth.process.await([&](const Json& json) {
        return json["event"] == "leader_elected" && json["leader"] != leader.id;
    });
    EXPECT_FALSE(elected.is_null());
    EXPECT_EQ(fifth.ask("send-ordered three of five")["ok"], true);
}

TEST(Resize, keeps_those_out_who_come_with_the_old_size) {
    GroupOfMembers group(3);
    ASSERT_EQ(group.leader().ask("resize 5")["ok"], true);
    Process old(member_arguments("old", of_size("3", group)));
    EXPECT_EQ(old.await_exit(), 77);
    const std::string errors = old.errors();
    EXPECT_NE(errors.find("--size is 3 on one side and 5 on the other"), std::string::npos)
        << errors;
}

TEST(Resize, lets_a_smaller_group_decide_with_fewer) {
    GroupOfMembers group(5);
    Member& leader = group.leader();
    std::vector<Member*> rest = group.others(leader);
    for (int i = 0; i < 2; ++i) {
        ASSERT_EQ(rest.back()->ask("leave")["ok"], true);
        EXPECT_EQ(rest.back()->process.await_exit(std::chrono::milliseconds(5000)), 0);
        rest.pop_back();
    }
    ASSERT_EQ(leader.ask("resize 3")["ok"], true);
    ASSERT_TRUE(await_voters({&leader, rest[0], rest[1]}, 3));
    rest[0]->process.kill();
    EXPECT_EQ(leader.ask("send-ordered two of three")["ok"], true);
}

TEST(Resize, is_refused_where_the_group_could_not_go_on) {
    GroupOfMembers group(3);
    const Json fewer = group.leader().ask("resize 2");
    EXPECT_EQ(fewer["error"], "bad_command");
    EXPECT_NE(fewer["message"].get<std::string>().find("let some leave first"), std::string::npos);
    const Json farther = group.leader().ask("resize 6");
    EXPECT_EQ(farther["error"], "bad_command");
    EXPECT_NE(farther["message"].get<std::string>().find("grow in steps"), std::string::npos);
    EXPECT_EQ(group.leader().ask("resize 3")["ok"], true) << "that is what it is";
}

TEST(Resize, waits_for_a_member_that_comes_back) {
    GroupOfMembers group(3);
    Member& gone = group.follower();
    gone.process.kill();
    Member& leader = group.leader();
    leader.process.write_line("resize 5");
    Member back("back", of_size("5", group));
    EXPECT_FALSE(back.process.await_event("joined").is_null());
    const std::uint64_t seq = ++leader.commands;
    const Json reply = leader.process.await(
        [&](const Json& json) { return json["event"] == "reply" && json["seq"] == seq; });
    // It may have waited longer than a request does.
    if (reply["ok"] != true) {
        EXPECT_EQ(reply["error"], "unknown_outcome") << reply;
        EXPECT_EQ(leader.ask("resize 5")["ok"], true);
    }
}

}  // namespace
}  // namespace quorate::blackbox
