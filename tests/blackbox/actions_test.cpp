// Timed actions as programs see them (rule 9).
#include <csignal>

#include "group_of_members.h"

namespace quorate::blackbox {
namespace {

const Arguments on_one_host = {"--clock", "monotonic", "--vote", "yes"};

std::int64_t count_of(const Json& json, const char* field) {
    return json[field].get<std::int64_t>();
}

TEST(Action, is_done_by_all_at_the_agreed_moment) {
    GroupOfMembers group(3, on_one_host);
    const Json asked = group[0].ask("request-action majority 1000 2000 close breaker 7");
    ASSERT_EQ(asked["ok"], true) << asked;
    for (auto& member : group.all()) {
        const Json question = member->process.await_event("vote_requested");
        EXPECT_EQ(question["subject"], "action");
        EXPECT_EQ(question["at_ns"], asked["at_ns"]);
        const Json result = member->process.await_event("vote_result");
        EXPECT_EQ(result["outcome"], "yes");
        EXPECT_LT(count_of(result, "t_ns"), count_of(asked, "at_ns"));
        const Json due = member->process.await_event("action_due");
        EXPECT_EQ(due["poll"], asked["poll"]);
        EXPECT_EQ(due["topic"], "close breaker 7");
        EXPECT_EQ(due["scheduled_ns"], asked["at_ns"]);
        EXPECT_GE(count_of(due, "actual_ns"), count_of(due, "scheduled_ns"));
        EXPECT_GE(count_of(due, "t_ns"), count_of(due, "actual_ns"));
    }
}

TEST(Action, several_are_armed_at_once_and_done_in_their_order) {
    GroupOfMembers group(3, on_one_host);
    for (const char* in : {"2500", "1900", "2200"}) {
        ASSERT_EQ(
            group[1].ask("request-action consensus 1000 " + std::string(in) + " at " + in)["ok"],
            true);
    }
    for (auto& member : group.all()) {
        for (const char* topic : {"at 1900", "at 2200", "at 2500"}) {
            EXPECT_EQ(member->process.await_event("action_due")["topic"], topic);
        }
    }
}

TEST(Action, is_called_off_until_its_margin) {
    GroupOfMembers group(3, on_one_host);
    const Json asked = group[0].ask("request-action majority 1000 4000 close breaker 7");
    const std::string poll = asked["poll"];
    for (auto& member : group.all()) member->process.await_event("vote_result");
    EXPECT_EQ(group[2].ask("cancel " + poll)["ok"], true);
    for (auto& member : group.all()) {
        const Json off = member->process.await_event("action_cancelled");
        EXPECT_EQ(off["poll"], poll);
        EXPECT_EQ(off["scheduled_ns"], asked["at_ns"]);
    }
    EXPECT_EQ(group[1].ask("cancel " + poll)["error"], "too_late");
    // One that comes after it is done, and nothing of the first one is heard.
    ASSERT_EQ(group[0].ask("request-action majority 1000 4200 another")["ok"], true);
    for (auto& member : group.all()) {
        const Json next = member->process.await([](const Json& json) {
            return json["event"] == "action_due" || json["event"] == "action_missed";
        });
        EXPECT_EQ(next["topic"], "another") << next;
    }
}

TEST(Action, that_overlaps_is_refused_by_a_vote) {
    GroupOfMembers group(3, {"--clock", "monotonic"});
    ASSERT_EQ(group[0].ask("request-action majority 1000 3000 close breaker 7")["ok"], true);
    const auto vote = [&](const char* choice) {
        Json asked;
        for (auto& member : group.all()) {
            asked = member->process.await_event("vote_requested");
            member->process.write_line("vote " + asked["poll"].get<std::string>() + choice);
            ++member->commands;
        }
        return asked;
    };
    const Json first = vote(" yes");
    EXPECT_EQ(group[0].process.await_event("vote_result")["outcome"], "yes");
    ASSERT_EQ(group[1].ask("request-action majority 1000 3001 open breaker 7")["ok"], true);
    const Json second = vote(" no");
    EXPECT_LT(count_of(second, "at_ns") - count_of(first, "at_ns"), 3'000'000'000);
    EXPECT_EQ(group[0].process.await_event("vote_result")["outcome"], "no");
}

TEST(Action, a_member_that_was_stopped_at_the_moment_says_that_it_missed_it) {
    // Patient enough that nobody is evicted meanwhile.
    GroupOfMembers group(3,
                         {"--clock", "monotonic", "--vote", "yes", "--peer-timeout-ms", "60000"});
    const Json asked = group[0].ask("request-action majority 800 1500 close breaker 7");
    ASSERT_EQ(asked["ok"], true);
    Member& stopped = group.follower();
    EXPECT_EQ(stopped.process.await_event("vote_result")["outcome"], "yes");
    stopped.process.send_signal(SIGSTOP);
    for (Member* member : group.others(stopped)) {
        EXPECT_FALSE(member->process.await_event("action_due").is_null());
    }
    // Long past the tolerance of 100 ms, by the others' clock, which is its own.
    ASSERT_EQ(group.leader().ask("request-action majority 1000 2000 the next")["ok"], true);
    group.leader().process.await_event("action_due");
    stopped.process.send_signal(SIGCONT);
    const Json missed = stopped.process.await([](const Json& json) {
        const bool over = json["event"] == "action_due" || json["event"] == "action_missed";
        return over && json["topic"] == "close breaker 7";
    });
    if (missed["event"] == "action_missed") {
        EXPECT_NE(missed["reason"].get<std::string>().find("late"), std::string::npos) << missed;
    } else {
        EXPECT_LT(count_of(missed, "actual_ns") - count_of(missed, "scheduled_ns"), 100'000'000);
    }
}

TEST(Action, the_clock_decides_who_can_take_part) {
    // The second states an error of 10 s, and the tolerance is 100 ms.
    GroupOfMembers group({{"--clock-error-us", "1000"},
                          {"--clock-error-us", "10000000"},
                          {"--clock-error-us", "1000"}},
                         {"--vote", "yes"});
    const Json refused = group[1].ask("request-action majority 1000 2000 close breaker 7");
    EXPECT_EQ(refused["error"], "clock_unsynchronised");
    EXPECT_NE(refused["message"].get<std::string>().find("10000000 us"), std::string::npos);

    const bool leads = group.leader_id() == group[1].id;
    const Json asked = group[0].ask("request-action majority 1000 2000 close breaker 7");
    if (leads) {
        // By its clock it may be any time: no moment is far enough away.
        EXPECT_EQ(asked["error"], "too_late");
        return;
    }
    ASSERT_EQ(asked["ok"], true) << asked;
    for (auto& member : group.all()) {
        const Json result = member->process.await_event("vote_result");
        EXPECT_EQ(result["outcome"], "yes");
    }
    EXPECT_FALSE(group[0].process.await_event("action_due").is_null());
    const Json missed = group[1].process.await_event("action_missed");
    EXPECT_NE(missed["reason"].get<std::string>().find("10000000 us"), std::string::npos);
    EXPECT_FALSE(group[2].process.await_event("action_due").is_null());
}

TEST(Action, of_an_incarnation_that_is_given_up_is_disarmed) {
    GroupOfMembers group(3, {"--clock", "monotonic", "--vote", "yes", "--refound-after-ms", "300"});
    Member& last = group.follower();
    ASSERT_EQ(last.ask("request-action majority 1000 30000 much later")["ok"], true);
    EXPECT_EQ(last.process.await_event("vote_result")["outcome"], "yes");
    for (Member* member : group.others(last)) member->process.kill();
    const Json missed = last.process.await_event("action_missed");
    EXPECT_EQ(missed["topic"], "much later");
    EXPECT_FALSE(last.process.await_event("group_reset").is_null());
}

}  // namespace
}  // namespace quorate::blackbox
