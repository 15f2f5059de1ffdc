// Traps of coming and going: rapid leave and rejoin, one name twice, and a member that was stopped
// and comes back.
#include <gtest/gtest.h>
#include <signal.h>

#include "watch.h"

namespace quorate::blackbox {
namespace {

TEST(Rejoin, ten_times_under_one_name_without_waiting_for_the_last_one_to_end) {
    GroupOfMembers group(3, calm_timing());
    Member* restless = &group.follower();
    const auto others = group.others(*restless);
    Watch watch(others);
    for (int round = 0; round < 10; ++round) {
        restless->process.write_line("leave");
        Member& again = group.add(restless->name);
        const Json joined = again.process.await_event("joined");
        ASSERT_FALSE(joined.is_null()) << "round " << round << ": " << again.process.errors();
        EXPECT_EQ(restless->process.await_exit(), 0) << "round " << round;
        EXPECT_TRUE(watch.until([&] {
            return watch.all_told(others, "member_left", "id", restless->id) &&
                   watch.all_told(others, "member_joined", "id", again.id);
        })) << "round "
            << round;
        restless = &again;
    }
    for (Member* member : others) {
        EXPECT_EQ(watch.told(*member, "member_left").size(), 10u);
        EXPECT_EQ(watch.told(*member, "member_joined").size(), 10u);
        for (const Json& left : watch.told(*member, "member_left")) {
            EXPECT_EQ(left["reason"], "left") << left;
        }
        EXPECT_TRUE(watch.told(*member, "leader_lost").empty());
        EXPECT_TRUE(watch.told(*member, "quorum_lost").empty());
        const Json status = watch.ask(*member, "status");
        EXPECT_EQ(status["leader"], group.leader_id());
        EXPECT_EQ(status["members"].size(), 3u);
    }
    EXPECT_EQ(restless->ask("send-ordered here to stay")["ok"], true);
}

TEST(Rejoin, leaves_no_descriptors_behind) {
    GroupOfMembers group(3, {"--heartbeat-ms", "20", "--election-min-ms", "100",
                             "--election-max-ms", "200", "--peer-timeout-ms", "400"});
    Member* restless = &group.follower();
    const auto others = group.others(*restless);
    Watch watch(others);
    const std::size_t before = others.front()->process.descriptors();
    for (int round = 0; round < 12; ++round) {
        if (round % 2 == 0) {
            restless->process.write_line("leave");
        } else {
            restless->process.kill();
        }
        restless = &group.add(restless->name);
        ASSERT_FALSE(restless->process.await_event("joined").is_null()) << "round " << round;
    }
    // They are still greeted for ten times the peer timeout, and a link lingers for a second.
    for (Member* member : others) {
        EXPECT_TRUE(watch.until([&] { return member->process.descriptors() <= before + 3; }))
            << member->process.descriptors() << " descriptors, " << before << " at first";
    }
}

TEST(Rejoin, one_name_twice_is_two_members) {
    GroupOfMembers group(3, calm_timing());
    Member& leaving = group.follower();
    const auto others = group.others(leaving);
    EXPECT_EQ(leaving.ask("leave")["ok"], true);
    EXPECT_EQ(leaving.process.await_exit(), 0);

    Member& first = *others.front();
    Member& second = group.add(first.name);
    const Json joined = second.process.await_event("joined");
    ASSERT_EQ(joined["members"].size(), 3u);
    EXPECT_NE(first.id, second.id);
    EXPECT_EQ(others.back()->process.await_event("member_joined")["id"], second.id);
    EXPECT_EQ(others.back()->ask("send-member " + second.id + " to the second")["ok"], true);
    EXPECT_EQ(others.back()->ask("send-member " + first.id + " to the first")["ok"], true);
    EXPECT_EQ(second.process.await_event("message_to_member")["data"], "to the second");
    EXPECT_EQ(first.process.await_event("message_to_member")["data"], "to the first");
}

TEST(StoppedMember, is_evicted_and_comes_back_without_disturbing_the_leader) {
    GroupOfMembers group(3, calm_timing());
    Member& stopped = group.follower();
    const auto others = group.others(stopped);
    Watch watch(others);
    stopped.process.send_signal(SIGSTOP);
    EXPECT_TRUE(
        watch.until([&] { return watch.all_told(others, "member_left", "id", stopped.id); }));
    stopped.process.send_signal(SIGCONT);
    EXPECT_FALSE(stopped.process.await_event("evicted").is_null());
    const Json joined = stopped.process.await_event("joined");
    EXPECT_EQ(joined["members"].size(), 3u) << joined;
    EXPECT_TRUE(
        watch.until([&] { return watch.all_told(others, "member_joined", "id", stopped.id); }));
    EXPECT_EQ(stopped.ask("send-ordered back")["ok"], true);
    for (Member* member : others) {
        EXPECT_TRUE(watch.told(*member, "leader_lost").empty()) << member->name;
        EXPECT_TRUE(watch.told(*member, "leader_elected").empty()) << member->name;
        EXPECT_EQ(watch.ask(*member, "status")["leader"], group.leader_id());
    }
}

}  // namespace
}  // namespace quorate::blackbox
