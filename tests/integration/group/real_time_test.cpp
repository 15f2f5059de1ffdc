// What the threads behind a group are given, and how late they are; and that groups of one
// component share a beacon.
#include <gtest/gtest.h>
#include <sched.h>

#include <filesystem>
#include <fstream>

#include "members.h"

namespace quorate::testing {
namespace {

using namespace std::chrono_literals;

std::vector<pid_t> threads_with_name(const std::string& name) {
    std::vector<pid_t> found;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string comm;
        std::getline(std::ifstream(task.path() / "comm"), comm);
        if (comm == name) found.push_back(std::stoi(task.path().filename()));
    }
    return found;
}

std::size_t threads_named(const std::string& name) {
    return threads_with_name(name).size();
}

/// Where a thread may run; 0: this one.
std::vector<int> processors_of(pid_t thread) {
    std::vector<int> all;
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(thread, sizeof set, &set) != 0) return all;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &set)) all.push_back(cpu);
    }
    return all;
}

/// The one of that name; empty while there is none.
std::vector<int> processors_of(const std::string& name) {
    const std::vector<pid_t> threads = threads_with_name(name);
    return threads.size() == 1 ? processors_of(threads[0]) : std::vector<int>{};
}

void arm_an_action(Member& member) {
    member.group.on_vote_request(
        [&](const VoteRequest& e) { EXPECT_TRUE(member.group.send_vote(e.poll, true)); });
    const Duration at = member.group.action_time() + 60s;
    ASSERT_TRUE(member.group.await(member.group.request_action("far away", at)));
}

TEST(RealTime, what_the_machine_refuses_is_an_error_of_joining) {
    Coordinator coordinator{{.component = "alone", .beacon = ""}};
    const ThreadOptions nowhere{.cpus = {1023}};
    for (const RealTime& wanted :
         {RealTime{.group = nowhere}, RealTime{.io = nowhere}, RealTime{.action = nowhere}}) {
        const auto joined =
            coordinator.join_group("room", "A", spec_of(1), {.beacon = "", .real_time = wanted});
        ASSERT_FALSE(joined);
        EXPECT_EQ(joined.error().code, ErrorCode::not_permitted);
        EXPECT_NE(joined.error().message.find("1023"), std::string::npos);
        EXPECT_EQ(coordinator.get_group("room", "A"), nullptr);
        EXPECT_EQ(threads_named("q:room.A"), 0u) << "nothing of it runs on";
    }
    EXPECT_TRUE(coordinator.join_group("room", "A", spec_of(1))) << "and it can be tried again";
}

TEST(RealTime, options_are_checked_before_anything_is_tried) {
    Coordinator coordinator{{.component = "alone", .beacon = ""}};
    for (const ThreadOptions& bad :
         {ThreadOptions{.policy = Scheduling::fifo}, ThreadOptions{.priority = 5},
          ThreadOptions{.policy = Scheduling::rr, .priority = 100}, ThreadOptions{.cpus = {-1}}}) {
        const auto joined = coordinator.join_group("room", "A", spec_of(1),
                                                   {.beacon = "", .real_time = {.group = bad}});
        ASSERT_FALSE(joined);
        EXPECT_EQ(joined.error().code, ErrorCode::bad_argument) << joined.error().message;
    }
}

/// The action thread is started by the worker, and does not stay as that one is.
TEST(RealTime, each_thread_of_a_group_has_its_own_processors) {
    const std::vector<int> all = processors_of(0);
    if (all.size() < 2) GTEST_SKIP() << "one processor is no choice";
    const std::vector<int> first{all.front()};
    const std::vector<int> last{all.back()};
    Room room(1, [&](CoordinatorOptions& options) {
        options.clock = ActionClock::monotonic;
        options.real_time = {
            .group = {.cpus = first}, .io = {.cpus = last}, .action = {.cpus = last}};
    });
    arm_an_action(room[0]);
    EXPECT_TRUE(room.await([&] { return processors_of("q:actions") == last; }));
    EXPECT_EQ(processors_of("q:room.A"), first);
    EXPECT_EQ(processors_of("ZMQbg/IO/0"), last);
}

TEST(RealTime, actions_are_scheduled_as_the_worker_where_nothing_else_is_asked) {
    const std::vector<int> last{processors_of(0).back()};
    Room room(1, [&](CoordinatorOptions& options) {
        options.clock = ActionClock::monotonic;
        options.real_time.group.cpus = last;
    });
    arm_an_action(room[0]);
    EXPECT_TRUE(room.await([&] { return processors_of("q:actions") == last; }));
}

TEST(RealTime, the_lateness_of_the_loop_is_published) {
    Room room(1);
    EXPECT_TRUE(room.await([&] {
        const Lateness late = room[0].group.status().loop_lateness;
        return late.greatest > 0ns && late.greatest >= late.last;
    }));
    EXPECT_LT(room[0].group.status().loop_lateness.greatest, 10s);
}

/// A component in two groups, found by the beacon alone.
struct Component {
    Component(const std::string& name, const std::string& beacon)
        : coordinator(CoordinatorOptions{.component = name, .beacon = beacon}) {
        for (const char* instance : {"A", "B"}) {
            Group& group = coordinator.join_group("room", instance, spec_of(2));
            group.on_joined([this](const Joined&) { ++joined; });
        }
    }
    Coordinator coordinator;
    int joined = 0;
};

TEST(SharedBeacon, one_serves_all_groups_of_a_component) {
    const std::string beacon = "127.255.255.255:" + std::to_string(20000 + getpid() % 20000);
    Component first("first", beacon);
    Component second("second", beacon);
    const auto deadline = std::chrono::steady_clock::now() + 15s;
    while (first.joined + second.joined < 4 && std::chrono::steady_clock::now() < deadline) {
        first.coordinator.dispatch(1ms);
        second.coordinator.dispatch(1ms);
    }
    EXPECT_EQ(first.joined, 2);
    EXPECT_EQ(second.joined, 2);
    EXPECT_EQ(threads_named("q:beacon"), 2u) << "one a component";
    EXPECT_EQ(first.coordinator.get_group("room", "A")->status().beacon_problem, "");
}

TEST(SharedBeacon, ends_with_the_last_group_on_it) {
    Coordinator coordinator{
        {.component = "first",
         .beacon = "127.255.255.255:" + std::to_string(20000 + getpid() % 20000)}};
    Group& group = coordinator.join_group("room", "A", spec_of(1));
    bool joined = false;
    group.on_joined([&](const Joined&) { joined = true; });
    while (!joined && coordinator.dispatch(15s) > 0) {
    }
    // A thread names itself, once it runs.
    const auto deadline = std::chrono::steady_clock::now() + 15s;
    while (threads_named("q:beacon") < 1 && std::chrono::steady_clock::now() < deadline) {
        coordinator.dispatch(1ms);
    }
    EXPECT_EQ(threads_named("q:beacon"), 1u);
    bool left = false;
    group.on_left([&](const Left&) { left = true; });
    ASSERT_TRUE(coordinator.leave_group(group));
    while (!left && coordinator.dispatch(15s) > 0) {
    }
    EXPECT_TRUE(left);
    EXPECT_EQ(threads_named("q:beacon"), 0u);
}

}  // namespace
}  // namespace quorate::testing
