// Timed actions in the library: the actuator, and what is refused at once.
#include <algorithm>
#include <atomic>
#include <future>
#include <thread>

#include "members.h"
#include "no_threads_left.h"

namespace quorate::testing {
namespace {

using namespace std::chrono_literals;

struct Acting {
    explicit Acting(Member& member) {
        member.group.on_vote_request(
            [&member](const VoteRequest& e) { EXPECT_TRUE(member.group.send_vote(e.poll, true)); });
        member.group.on_action_due([this](const ActionDue& e) { due.push_back(e); });
        member.group.on_action_missed([this](const ActionMissed& e) { missed.push_back(e); });
        member.group.set_actuator([this](const ActionDue& e) {
            actuated_by = std::this_thread::get_id();
            actuated_late = e.lateness().count();
            ++actuated;
        });
    }
    std::vector<ActionDue> due;
    std::vector<ActionMissed> missed;
    std::thread::id actuated_by;
    std::atomic<std::int64_t> actuated_late{-1};
    std::atomic<int> actuated{0};
};

TEST(Actions, run_the_actuator_on_a_thread_of_their_own_and_then_tell) {
    Room room(3, [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    std::vector<std::unique_ptr<Acting>> acting;
    for (Member* member : room.pointers()) acting.push_back(std::make_unique<Acting>(*member));

    Group& group = room[0].group;
    const Duration at = group.action_time() + 1500ms;
    auto opened =
        group.await(group.request_action("close breaker 7", at, {.timeout = 1s, .tolerance = 1s}));
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(opened->poll);
    ASSERT_TRUE(room.await([&] {
        return std::all_of(acting.begin(), acting.end(),
                           [](const auto& one) { return one->due.size() == 1; });
    }));
    for (const auto& one : acting) {
        EXPECT_EQ(one->due[0].poll, opened->poll);
        EXPECT_EQ(one->due[0].scheduled, at);
        EXPECT_EQ(one->actuated, 1);
        EXPECT_EQ(one->actuated_late, one->due[0].lateness().count());
        EXPECT_GE(one->actuated_late, 0);
        EXPECT_NE(one->actuated_by, std::this_thread::get_id());
        EXPECT_TRUE(one->missed.empty());
    }
}

/// `count` of them, asked for at once; how late each was fired.
std::vector<Duration> fire(Room& room, Acting& acting, int count, Duration apart) {
    acting.due.clear();
    Group& group = room[0].group;
    const Duration first = group.action_time() + 700ms;
    for (int i = 0; i < count; ++i) {
        EXPECT_TRUE(
            group.request_action("tick", first + i * apart, {.timeout = 500ms, .tolerance = 10s}));
    }
    const auto all = static_cast<std::size_t>(count);
    EXPECT_TRUE(room.await([&] { return acting.due.size() + acting.missed.size() == all; }));
    EXPECT_TRUE(acting.missed.empty());
    std::vector<Duration> late;
    for (const ActionDue& due : acting.due) late.push_back(due.lateness());
    return late;
}

/// None is early, and one at least is so close to its moment that no timer has woken up for it:
/// those come some 20 us late at best. The others say how busy this machine is.
TEST(Actions, are_fired_at_the_moment_and_not_before) {
    Room room(1, [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    Acting acting(room[0]);
    Duration closest = Duration::max();
    for (int attempt = 0; attempt < 5 && closest >= 5us; ++attempt) {
        for (const Duration late : fire(room, acting, 50, 5ms)) {
            EXPECT_GE(late, 0ns);
            closest = std::min(closest, late);
        }
    }
    EXPECT_LT(closest, 5us);
}

TEST(Actions, that_make_no_sense_are_refused_at_once) {
    Room room(3, [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    Group& group = room[0].group;
    const Duration now = group.action_time();
    const auto refused = [&](Duration at, ActionOptions options) {
        const Request asked = group.request_action("x", at, options);
        return !asked && asked.error().code == ErrorCode::bad_argument;
    };
    EXPECT_TRUE(refused(now + 500ms, {.timeout = 1s})) << "before the vote ends";
    EXPECT_TRUE(refused(now + 10s, {.timeout = 0s}));
    EXPECT_TRUE(refused(now + 10s, {.tolerance = 0s}));
    EXPECT_TRUE(refused(now + 10s, {.margin = -1ns}));
    EXPECT_FALSE(group.cancel_action(PollId{}));
}

TEST(Actions, that_nothing_can_wake_up_for_are_missed_and_the_group_goes_on) {
    Room room(1, [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    Group& group = room[0].group;
    Acting acting(room[0]);
    {
        const NoThreadsLeft none;
        ASSERT_TRUE(group.await(group.request_action("later", group.action_time() + 60s)));
        ASSERT_TRUE(room.await([&] { return acting.missed.size() == 1; }));
    }
    EXPECT_EQ(acting.missed[0].topic, "later");
    EXPECT_NE(acting.missed[0].reason.find("no thread"), std::string::npos)
        << acting.missed[0].reason;
    ASSERT_TRUE(group.await(group.request_action("soon", group.action_time() + 1500ms,
                                                 {.timeout = 1s, .tolerance = 10s})));
    EXPECT_TRUE(room.await([&] { return acting.due.size() == 1; })) << "there are threads again";
    EXPECT_EQ(acting.missed.size(), 1u);
}

TEST(Actions, end_with_the_membership) {
    Room room(3, [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    std::vector<std::unique_ptr<Acting>> acting;
    for (Member* member : room.pointers()) acting.push_back(std::make_unique<Acting>(*member));
    Member& leaver = room.follower();
    Acting& its = *acting[&leaver == &room[0] ? 0 : &leaver == &room[1] ? 1 : 2];
    auto& group = leaver.group;
    ASSERT_TRUE(group.await(group.request_action("later", group.action_time() + 60s)));
    ASSERT_TRUE(room.await([&] { return leaver.results.size() == 1; }));
    ASSERT_TRUE(leaver.results[0].yes());
    ASSERT_TRUE(leaver.coordinator.leave_group(group));
    ASSERT_TRUE(room.await([&] { return leaver.left; }));
    ASSERT_EQ(its.missed.size(), 1u);
    EXPECT_EQ(its.actuated, 0);
}

TEST(Actions, one_that_is_being_done_while_its_member_leaves_is_told) {
    Room room(1, [](CoordinatorOptions& options) { options.clock = ActionClock::monotonic; });
    Member& member = room[0];
    Group& group = member.group;
    Acting acting(member);
    std::atomic<bool> begun = false;
    std::promise<void> may_end;
    group.set_actuator([&](const ActionDue&) {
        begun = true;
        may_end.get_future().wait();
    });
    ASSERT_TRUE(group.await(group.request_action("later", group.action_time() + 1500ms,
                                                 {.timeout = 1s, .tolerance = 1s})));
    ASSERT_TRUE(room.await([&] { return begun.load(); }));
    ASSERT_TRUE(member.coordinator.leave_group(group));
    ASSERT_TRUE(room.await([&] { return group.status().state == State::outside; }));
    EXPECT_TRUE(acting.due.empty());
    may_end.set_value();
    ASSERT_TRUE(room.await([&] { return member.left; }));
    EXPECT_EQ(acting.due.size(), 1u);
    EXPECT_TRUE(acting.missed.empty());
}

}  // namespace
}  // namespace quorate::testing
