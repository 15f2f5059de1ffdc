// One component: groups are made once, errors are values, leaving is clean and bounded.
#include <gtest/gtest.h>

#include <poll.h>

#include <algorithm>
#include <thread>

#include "members.h"

namespace quorate::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

CoordinatorOptions alone() {
    return {.component = "alone", .beacon = ""};
}

TEST(Coordinator, options_have_the_defaults_of_member_options) {
    const MemberOptions options = CoordinatorOptions{}.member();
    const MemberOptions defaults;
    EXPECT_EQ(options.role, defaults.role);
    EXPECT_EQ(options.listen, defaults.listen);
    EXPECT_EQ(options.advertise, defaults.advertise);
    EXPECT_EQ(options.seeds, defaults.seeds);
    EXPECT_EQ(options.beacon, defaults.beacon);
    EXPECT_EQ(options.trust_refusals, defaults.trust_refusals);
    EXPECT_EQ(options.clock_drift, defaults.clock_drift);
    EXPECT_EQ(options.mailbox_commands, defaults.mailbox_commands);
    EXPECT_EQ(options.mailbox_events, defaults.mailbox_events);
    EXPECT_EQ(options.message_bytes, defaults.message_bytes);
    EXPECT_EQ(options.link_messages, defaults.link_messages);
    EXPECT_EQ(options.uncommitted_bytes, defaults.uncommitted_bytes);
    EXPECT_EQ(options.kept_entries, defaults.kept_entries);
    EXPECT_EQ(options.kept_bytes, defaults.kept_bytes);
    EXPECT_EQ(options.open_polls, defaults.open_polls);
    EXPECT_EQ(options.peers, defaults.peers);
    EXPECT_EQ(options.beacon_interface, defaults.beacon_interface);
    EXPECT_EQ(options.real_time, defaults.real_time);
}

TEST(Coordinator, hands_back_the_group_that_it_made) {
    Coordinator coordinator{alone()};
    Group& first = coordinator.join_group("room", "A", spec_of(3));
    Group& again = coordinator.join_group("room", "A", spec_of(3));
    Group& other = coordinator.join_group("room", "B", spec_of(3));
    EXPECT_EQ(&first, &again);
    EXPECT_NE(&first, &other);
    EXPECT_EQ(first.name(), "room.A");
    EXPECT_EQ(coordinator.get_group("room", "A"), &first);
    EXPECT_EQ(coordinator.get_group("room", "C"), nullptr);
    EXPECT_TRUE(first.id());
    EXPECT_NE(first.id(), other.id());
}

TEST(Coordinator, hands_back_a_group_whose_size_has_changed) {
    Coordinator coordinator{alone()};
    Group& group = coordinator.join_group("room", "A", {.size = 1, .max_voters = 1});
    bool leads = false;
    group.on_leader_elected([&](const LeaderElected&) { leads = true; });
    const auto deadline = Clock::now() + 20s;
    while (!leads && Clock::now() < deadline) coordinator.dispatch(10ms);
    ASSERT_TRUE(group.await(group.resize(2)));
    EXPECT_EQ(group.spec().size, 2u);
    EXPECT_TRUE(coordinator.join_group("room", "A", {.size = 1, .max_voters = 1}))
        << "as it was joined";
    EXPECT_TRUE(coordinator.join_group("room", "A", {.size = 2, .max_voters = 1}))
        << "as it is by now";
    const JoinResult other = coordinator.join_group("room", "A", {.size = 3, .max_voters = 1});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_argument);
}

TEST(Coordinator, joins_in_milliseconds) {
    Coordinator coordinator{alone()};
    auto shortest = Clock::duration::max();  // of ten, as the machine may be busy
    for (int i = 0; i < 10; ++i) {
        const auto start = Clock::now();
        EXPECT_TRUE(coordinator.join_group("room", "A" + std::to_string(i), spec_of(3)));
        shortest = std::min<Clock::duration>(shortest, Clock::now() - start);
    }
    EXPECT_LT(shortest, 100ms);
}

TEST(Coordinator, refuses_another_spec_for_a_group_it_has) {
    Coordinator coordinator{alone()};
    Group& first = coordinator.join_group("room", "A", spec_of(3));
    const auto other = coordinator.join_group("room", "A", spec_of(5));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::bad_argument);
    EXPECT_NE(other.error().message.find("size"), std::string::npos) << other.error().message;
    EXPECT_EQ(coordinator.get_group("room", "A"), &first);
}

TEST(Coordinator, says_what_is_wrong_with_arguments) {
    Coordinator coordinator{alone()};
    EXPECT_EQ(coordinator.join_group("no room", "A").error().code, ErrorCode::bad_argument);
    EXPECT_EQ(coordinator.join_group("room", "").error().code, ErrorCode::bad_argument);
    EXPECT_EQ(coordinator.join_group("room", "A", {.size = 0}).error().code,
              ErrorCode::bad_argument);
    EXPECT_EQ(coordinator.join_group("room", "A", {}, {.listen = "nonsense"}).error().code,
              ErrorCode::bad_argument);
    Coordinator nameless{{.component = "a\nb", .beacon = ""}};
    EXPECT_EQ(nameless.join_group("room", "A").error().code, ErrorCode::bad_argument);
}

TEST(Coordinator, says_at_once_that_an_address_is_taken) {
    Member first("first", spec_of(3));
    ASSERT_TRUE(await({&first}, [&] { return !first.endpoint.empty(); }));
    Coordinator second{{.component = "second", .listen = first.endpoint, .beacon = ""}};
    const auto joined = second.join_group("room", "A", spec_of(3));
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().code, ErrorCode::cannot_bind) << joined.error().message;
}

TEST(CoordinatorDeathTest, using_a_group_that_was_not_joined_stops_with_the_reason) {
    EXPECT_DEATH(
        {
            Coordinator coordinator{alone()};
            Group& group = coordinator.join_group("room", "A", {.size = 0});
            (void)group;
        },
        "size");
}

TEST(Coordinator, leaves_without_a_quorum_in_bounded_time) {
    const auto start = Clock::now();
    {
        Coordinator coordinator{alone()};
        coordinator.join_group("room", "A", spec_of(3)).ok();
        coordinator.join_group("room", "B", spec_of(3)).ok();
    }
    EXPECT_LT(Clock::now() - start, 3s);
}

TEST(Coordinator, answers_what_was_open_and_then_says_left) {
    Member member("alone", spec_of(3));
    std::vector<RequestId> answered;
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(member.group.send_ordered(
            "x", [&](const RequestDone& done) { answered.push_back(done.request); }));
    }
    const Request leave = member.coordinator.leave_group(member.group);
    ASSERT_TRUE(leave);
    bool leave_done = false;
    member.group.on_request_done([&](const RequestDone& done) {
        EXPECT_FALSE(member.left);
        if (done.request == *leave) leave_done = done.ok();
    });
    EXPECT_EQ(member.group.send("late").error().code, ErrorCode::left);
    EXPECT_EQ(member.coordinator.leave_group(member.group).error().code, ErrorCode::left);
    ASSERT_TRUE(await(
        {&member}, [&] { return member.left; }, 5s));
    EXPECT_EQ(answered.size(), 10u);
    EXPECT_TRUE(leave_done);
    EXPECT_EQ(member.coordinator.get_group("room", "A"), nullptr);
    EXPECT_FALSE(member.group.am_leader());
}

TEST(Coordinator, a_group_that_was_left_can_be_joined_again) {
    Member member("alone", spec_of(1));
    ASSERT_TRUE(await({&member}, [&] { return member.joined; }));
    const MemberId before = member.group.id();
    EXPECT_TRUE(member.coordinator.leave_group(member.group));
    const auto too_early = member.coordinator.join_group("room", "A", spec_of(1));
    EXPECT_EQ(too_early.error().code, ErrorCode::left);
    ASSERT_TRUE(await({&member}, [&] { return member.left; }));
    member.joined = false;
    Group& again = member.coordinator.join_group("room", "A", spec_of(1));
    EXPECT_EQ(&again, &member.group);
    EXPECT_NE(again.id(), before);
    EXPECT_TRUE(await({&member}, [&] { return member.joined; })) << "its handlers are still set";
}

TEST(Coordinator, handlers_may_join_and_leave_groups) {
    Member member("alone", spec_of(1));
    Group* other = nullptr;
    bool other_left = false;
    member.group.on_joined([&](const Joined&) {
        other = &*member.coordinator.join_group("room", "B", spec_of(1));
        other->on_joined(
            [&](const Joined&) { EXPECT_TRUE(member.coordinator.leave_group(*other)); });
        other->on_left([&](const Left&) { other_left = true; });
    });
    EXPECT_TRUE(await({&member}, [&] { return other_left; }));
}

TEST(Coordinator, dispatch_waits_no_longer_than_asked) {
    Coordinator coordinator{alone()};
    const auto start = Clock::now();
    EXPECT_EQ(coordinator.dispatch(20ms), 0u);
    const auto waited = Clock::now() - start;
    EXPECT_GE(waited, 20ms);
    EXPECT_LT(waited, 2s);
    EXPECT_EQ(coordinator.dispatch(0ms), 0u);
    EXPECT_EQ(coordinator.dispatch(-5ms), 0u);
}

TEST(Coordinator, its_descriptor_says_when_to_dispatch) {
    Coordinator coordinator{alone()};
    Group& group = coordinator.join_group("room", "A", spec_of(1));
    bool joined = false;
    group.on_joined([&](const Joined&) { joined = true; });
    while (!joined) {
        pollfd fd{coordinator.descriptor(), POLLIN, 0};
        ASSERT_GT(poll(&fd, 1, 15'000), 0) << "nothing more came";
        coordinator.dispatch();
    }
}

}  // namespace
}  // namespace quorate::testing
