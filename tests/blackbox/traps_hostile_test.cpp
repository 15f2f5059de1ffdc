// The trap of the hostile network: whatever comes to a member's port, nobody dies and no leader
// changes.
#include "stranger.h"
#include "watch.h"

namespace quorate::blackbox {
namespace {

using std::chrono::milliseconds;

void expect_the_group_works(Watch& watch, GroupOfMembers& group, const std::string& words) {
    EXPECT_EQ(watch.ask(group.follower(), "send-ordered " + words)["ok"], true);
    for (auto& member : group.all()) {
        EXPECT_TRUE(watch.until([&] {
            return watch.all_told({member.get()}, "message", "data", words);
        })) << member->name;
        EXPECT_EQ(watch.ask(*member, "status")["leader"], group.leader_id());
    }
    watch.expect_undisturbed();
}

TEST(Hostile, garbage_bytes_at_every_port_do_nothing) {
    GroupOfMembers group(3, calm_timing());
    Watch watch(group);
    std::mt19937 random(1);
    for (int round = 0; round < 20; ++round) {
        for (auto& member : group.all()) {
            Stranger stranger(member->endpoint);
            EXPECT_TRUE(stranger.connected());
            stranger.write(random_bytes(random, 1 + random() % 20'000));
            Stranger http(member->endpoint);
            http.write("GET / HTTP/1.1\r\nHost: relay\r\n\r\n");
        }
        watch.listen_for(milliseconds(10));
    }
    expect_the_group_works(watch, group, "unimpressed");
}

TEST(Hostile, random_frames_of_a_real_zeromq_peer_do_nothing) {
    GroupOfMembers group(3, calm_timing());
    Watch watch(group);
    std::mt19937 random(2);
    const std::string prefix("QRT\0\1\0\0\0", 8);  // what begins a frame of the first version
    for (auto& member : group.all()) {
        Stranger stranger(member->endpoint);
        ASSERT_TRUE(stranger.greet());
        for (int i = 0; i < 500; ++i) {
            const std::string body = random_bytes(random, (random() % 40) * 8);
            stranger.send_frame(i % 2 == 0 ? body : prefix + body);
        }
        stranger.send_frame("");
        stranger.send_frame(prefix);
        stranger.send_frame(std::string(1 << 20, 'x'));
        watch.listen_for(milliseconds(50));
        Stranger big(member->endpoint);
        EXPECT_TRUE(big.greet());
        big.send_frame(std::string(64 << 20, 'x'));  // over every limit: the member hangs up
    }
    expect_the_group_works(watch, group, "still unimpressed");
}

TEST(Hostile, half_open_connections_do_nothing) {
    GroupOfMembers group(3, calm_timing());
    Watch watch(group);
    std::vector<Stranger> strangers;
    for (int i = 0; i < 100; ++i) {
        for (auto& member : group.all()) {
            strangers.emplace_back(member->endpoint);
            if (i % 3 == 1) strangers.back().write(std::string("\xff\0\0\0", 4));
            if (i % 3 == 2) strangers.back().greet();
        }
    }
    watch.listen_for(milliseconds(2000));
    expect_the_group_works(watch, group, "busy but fine");
}

}  // namespace
}  // namespace quorate::blackbox
