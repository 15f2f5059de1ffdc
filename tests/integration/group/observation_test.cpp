// What a component can see of its group: elections, metrics, log lines, and the answers to
// questions from outside.
#include <gtest/gtest.h>

#include <mutex>

#include "members.h"
#include "quorate/inspector.h"

namespace quorate::testing {
namespace {

using namespace std::chrono_literals;

std::uint64_t leader_changes(const GroupMetrics& metrics, ElectionTrigger trigger) {
    return metrics.leader_changes[static_cast<std::size_t>(trigger)];
}

const ElectionRecord* find_election(const std::vector<ElectionRecord>& elections,
                                    std::uint64_t term) {
    for (const ElectionRecord& election : elections) {
        if (election.term == term) return &election;
    }
    return nullptr;
}

TEST(Observation, a_transfer_is_recorded_and_counted_by_all_who_saw_it) {
    Room room(3);
    Member& old_leader = room.leader();
    Member& next = room.follower();
    ASSERT_TRUE(old_leader.group.transfer_leadership(next.group.id()));
    ASSERT_TRUE(room.await([&] {
        for (Member* member : room.pointers()) {
            const auto elections = member->group.elections();
            const bool seen =
                leader_changes(member->group.metrics(), ElectionTrigger::transfer) == 1;
            if (!seen || elections.empty() || elections.back().votes.empty()) return false;
        }
        return true;
    }));
    for (Member* member : room.pointers()) {
        const auto elections = member->group.elections();
        const ElectionRecord* record = find_election(elections, member->group.metrics().term);
        ASSERT_NE(record, nullptr);
        EXPECT_EQ(record->trigger, ElectionTrigger::transfer);
        EXPECT_EQ(record->leader, next.group.id());
        EXPECT_EQ(record->previous_leader, old_leader.group.id());
        EXPECT_EQ(record->campaigned, member == &next);
        EXPECT_EQ(member->group.metrics().election_duration.count(), 2u);  // the founding's too
    }
}

TEST(Observation, a_leader_measures_its_commits_and_its_peers) {
    Room room(3);
    Member& leader = room.leader();
    ASSERT_TRUE(leader.group.await(leader.group.send_ordered("counted")));
    GroupMetrics metrics;
    ASSERT_TRUE(room.await([&] {
        metrics = leader.group.metrics();
        return metrics.commit_latency.count() > 0 && metrics.peers.size() == 2 &&
               metrics.peers[0].round_trip > 0ns && metrics.peers[1].round_trip > 0ns;
    }));
    EXPECT_EQ(metrics.state, State::leader);
    EXPECT_GT(metrics.commit_latency.sum(), 0ns);
    EXPECT_GT(metrics.loop_lateness.count(), 0u);
    EXPECT_EQ(metrics.members, 3u);
    EXPECT_LT(metrics.peers[0].round_trip, 1s);
    EXPECT_NE(metrics.peers[0].name, "");
}

TEST(Observation, an_inspector_hears_what_the_member_itself_would_say) {
    Room room(3);
    Member& leader = room.leader();
    ASSERT_TRUE(room.await([&] { return leader.group.am_leader(); }));
    const auto inspector = Inspector::open({.endpoint = leader.endpoint});
    ASSERT_TRUE(inspector) << inspector.error().message;
    const auto answer = (*inspector)->status();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->group, "room.A");
    EXPECT_EQ(answer->status.id, leader.group.id());
    EXPECT_EQ(answer->status.state, State::leader);
    EXPECT_EQ(answer->status.leader, leader.group.id());
    EXPECT_EQ(answer->status.incarnation, leader.group.status().incarnation);
    EXPECT_EQ(answer->status.members.size(), 3u);
    const auto elections = (*inspector)->elections();
    ASSERT_TRUE(elections);
    ASSERT_EQ(elections->elections.size(), leader.group.elections().size());
    EXPECT_EQ(elections->elections.front().trigger, ElectionTrigger::founding);
}

/// Whoever asks and asks costs the member a bounded number of answers, and the group nothing.
TEST(Observation, questions_beyond_the_bound_are_dropped_and_counted) {
    Room room(3);
    Member& leader = room.leader();
    const auto inspector = Inspector::open({.endpoint = leader.endpoint, .timeout = 10s});
    ASSERT_TRUE(inspector);
    const auto dropped = [&] {
        return leader.group.metrics().dropped[static_cast<std::size_t>(DropCause::rate_limited)];
    };
    int answers = 0;
    const auto began = std::chrono::steady_clock::now();
    while (dropped() == 0) {
        ASSERT_TRUE((*inspector)->status());
        ++answers;
        ASSERT_LT(std::chrono::steady_clock::now() - began, 20s) << "all were answered";
    }
    EXPECT_GE(answers, 20);
    EXPECT_EQ(room.leader().group.id(), leader.group.id());
}

struct Logged {
    LogOptions options(LogLevels levels) {
        return {levels, [this](const LogLine& line) {
                    std::lock_guard lock(mutex);
                    lines.push_back(line);
                }};
    }
    std::mutex mutex;
    std::vector<LogLine> lines;
};

Group& join_alone(Coordinator& coordinator, LogOptions log) {
    MemberOptions options;
    options.beacon.clear();
    options.log = std::move(log);
    return coordinator.join_group("room", "B", spec_of(1), options);
}

TEST(Observation, log_lines_are_of_the_modules_that_were_asked_for) {
    Logged logged;
    Coordinator coordinator{{.component = "alone"}};
    LogLevels levels{};
    levels[static_cast<std::size_t>(LogModule::raft)] = LogLevel::info;
    Group& group = join_alone(coordinator, logged.options(levels));
    const auto deadline = std::chrono::steady_clock::now() + 15s;
    while (!group.am_leader() && std::chrono::steady_clock::now() < deadline) {
        coordinator.dispatch(5ms);
    }
    std::lock_guard lock(logged.mutex);
    ASSERT_FALSE(logged.lines.empty());
    for (const LogLine& line : logged.lines) {
        EXPECT_EQ(line.module, LogModule::raft);
        EXPECT_EQ(line.group, "room.B");
        EXPECT_EQ(line.name, "alone");
    }
    EXPECT_NE(logged.lines[0].text.find("founding"), std::string::npos) << logged.lines[0].text;
}

TEST(Observation, nothing_is_logged_unless_it_was_asked_for) {
    Logged logged;
    Coordinator coordinator{{.component = "alone"}};
    Group& group = join_alone(coordinator, logged.options({}));
    const auto deadline = std::chrono::steady_clock::now() + 15s;
    while (!group.am_leader() && std::chrono::steady_clock::now() < deadline) {
        coordinator.dispatch(5ms);
    }
    EXPECT_TRUE(group.am_leader());
    EXPECT_TRUE(logged.lines.empty());
}

}  // namespace
}  // namespace quorate::testing
