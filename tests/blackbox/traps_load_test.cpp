// Traps of load: neither a component that doesn't read nor one that writes a lot may cost the group
// its leader.
#include <string>

#include "watch.h"

namespace quorate::blackbox {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

/// Sends "0", "1", … to the group at a steady rate, listening meanwhile. Returns how many.
int flood(Watch& watch, Member& sender, int per_second, seconds duration) {
    constexpr milliseconds tick{10};
    const auto begin = Clock::now();
    int sent = 0;
    for (auto next = begin + tick; next <= begin + duration; next += tick) {
        std::string lines;
        for (int i = 0; i < per_second / 100; ++i) {
            lines += "send " + std::to_string(sent++) + "\n";
            ++sender.commands;
        }
        sender.process.write(lines);
        watch.until([&] { return Clock::now() >= next; });
    }
    return sent;
}

/// The messages to the group that came from `sender` unordered, as numbers.
std::vector<int> numbers_heard(const Watch& watch, const Member& member, const Member& sender) {
    std::vector<int> numbers;
    for (const Json& message : watch.told(member, "message")) {
        if (message["from"] != sender.id || message["ordered"] == true) continue;
        numbers.push_back(std::stoi(message["data"].get<std::string>()));
    }
    return numbers;
}

std::vector<int> numbers_up_to(int count) {
    std::vector<int> numbers;
    for (int i = 0; i < count; ++i) numbers.push_back(i);
    return numbers;
}

void expect_lease(Watch& watch, Member& leader) {
    const Json status = watch.ask(leader, "status");
    EXPECT_EQ(status["state"], "leader") << status;
    EXPECT_EQ(status["lease"], true) << status;
    EXPECT_EQ(status["members"].size(), 3u) << status;
}

TEST(Load, a_component_that_reads_nothing_for_12_seconds_costs_the_group_nothing) {
    GroupOfMembers group(3, calm_timing());
    Member& leader = group.leader();
    Member& sender = group.follower();
    Watch one({&sender});  // nobody reads what the leader and the other follower say
    const int sent = flood(one, sender, 500, seconds(12));
    EXPECT_EQ(one.ask(sender, "send-ordered still deciding")["ok"], true);
    one.expect_undisturbed();

    Watch rest(group.others(sender));
    EXPECT_TRUE(rest.until(
        [&] { return rest.all_told(group.others(sender), "message", "data", "still deciding"); }));
    for (Member* late : group.others(sender)) {
        EXPECT_EQ(numbers_heard(rest, *late, sender), numbers_up_to(sent)) << late->name;
    }
    expect_lease(rest, leader);
    rest.expect_undisturbed();
}

TEST(Load, two_thousand_messages_a_second_delay_no_heartbeat) {
    GroupOfMembers group(3, calm_timing());
    Member& sender = group.follower();
    Watch watch(group);
    const int sent = flood(watch, sender, 2000, seconds(5));
    EXPECT_EQ(watch.ask(sender, "send-ordered the end")["ok"], true);
    for (auto& member : group.all()) {
        EXPECT_TRUE(watch.until([&] {
            return watch.told(*member, "message").size() >= static_cast<std::size_t>(sent) + 1;
        })) << member->name;
        EXPECT_EQ(numbers_heard(watch, *member, sender), numbers_up_to(sent)) << member->name;
    }
    for (const Json& reply : watch.told(sender, "reply")) EXPECT_EQ(reply["ok"], true) << reply;
    expect_lease(watch, group.leader());
    watch.expect_undisturbed();
}

}  // namespace
}  // namespace quorate::blackbox
