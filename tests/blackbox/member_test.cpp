// One member alone: its commands and replies, and every way to end it.
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <set>

#include "group_of_members.h"

namespace quorate::blackbox {
namespace {

using std::chrono::milliseconds;

void expect_clean_end(Process& process, Duration limit = milliseconds(3500)) {
    EXPECT_EQ(process.await_exit(limit), 0);
    const auto events = process.remaining_events();
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back()["event"], "left") << events.back();
    EXPECT_EQ(process.errors(), "");
}

TEST(Member, every_line_says_what_when_and_of_which_group) {
    Process process(member_arguments("alone", {"--size", "1"}));
    const Json started = process.await_event("started");
    EXPECT_TRUE(started["t_ns"].is_number_integer());
    EXPECT_EQ(started["group"], "test.A");
    EXPECT_EQ(started["id"].get<std::string>().size(), 32u);
    EXPECT_EQ(started["endpoint"].get<std::string>().rfind("tcp://127.0.0.1:", 0), 0u);
    const Json joined = process.await_event("joined");
    ASSERT_EQ(joined["members"].size(), 1u);
    EXPECT_EQ(joined["members"][0]["id"], started["id"]);
    EXPECT_EQ(joined["members"][0]["name"], "alone");
    EXPECT_EQ(joined["members"][0]["role"], "member");
    EXPECT_EQ(joined["members"][0]["voter"], true);
    const Json elected = process.await_event("leader_elected");
    EXPECT_EQ(elected["leader"], started["id"]);
    EXPECT_EQ(elected["incarnation"], joined["incarnation"]);
    EXPECT_GT(elected["epoch"].get<std::uint64_t>(), 0u);
    EXPECT_GT(elected["term"].get<std::uint64_t>(), 0u);
}

TEST(Member, tells_that_it_started_before_it_answers_anything) {
    for (int round = 0; round < 20; ++round) {
        Process process(member_arguments("alone", {"--size", "1"}));
        process.write("status\nsend x\n");  // before it can have read its options
        const Json first = process.await([](const Json&) { return true; });
        ASSERT_EQ(first["event"], "started") << "round " << round << ": " << first;
        for (const std::uint64_t seq : {1u, 2u}) {
            EXPECT_EQ(process.await_event("reply")["seq"], seq);
        }
    }
}

TEST(Member, leaves_when_standard_input_closes) {
    GroupOfMembers group(1);
    group[0].process.close_input();
    expect_clean_end(group[0].process);
}

TEST(Member, leaves_when_told_and_replies_before_it_is_gone) {
    GroupOfMembers group(1);
    const Json reply = group[0].ask("leave");
    EXPECT_EQ(reply["ok"], true);
    expect_clean_end(group[0].process);
}

/// The replies of a process that has ended, by number: each once, and `left` behind them all.
std::map<std::uint64_t, Json> replies_before_left(Process& process) {
    EXPECT_EQ(process.await_exit(), 0);
    std::map<std::uint64_t, Json> replies;
    const auto events = process.remaining_events();
    for (const Json& json : events) {
        if (json["event"] != "reply") continue;
        EXPECT_TRUE(replies.emplace(json["seq"], json).second) << "twice: " << json;
    }
    EXPECT_TRUE(!events.empty() && events.back()["event"] == "left");
    return replies;
}

TEST(Member, answers_what_comes_with_and_after_the_word_to_leave) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    const std::uint64_t before = group[0].commands;
    process.send_signal(SIGSTOP);
    process.write("send-ordered one\nleave\nsend two\nstatus\nnonsense\nleave\nstatus");
    process.close_input();  // the last line is one, too
    process.send_signal(SIGCONT);
    auto replies = replies_before_left(process);
    ASSERT_EQ(replies.size(), 7u);
    const char* const errors[] = {"", "no_quorum", "", "bad_command", "no_quorum", ""};
    for (std::uint64_t i = 0; i < std::size(errors); ++i) {
        const Json& reply = replies[before + 2 + i];
        EXPECT_EQ(reply.value("error", ""), errors[i]) << reply;
        EXPECT_EQ(reply.value("ok", false), reply.value("error", "").empty()) << reply;
    }
    EXPECT_EQ(replies[before + 1]["command"], "send-ordered") << "it had been taken before";
    EXPECT_TRUE(replies[before + 4].contains("members")) << replies[before + 4];
}

TEST(Member, answers_what_it_was_told_before_a_signal) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    const std::uint64_t before = group[0].commands;
    process.send_signal(SIGSTOP);
    process.send_signal(SIGTERM);
    process.write("status\nsend x\n");
    process.send_signal(SIGCONT);
    auto replies = replies_before_left(process);
    ASSERT_EQ(replies.size(), 2u);
    EXPECT_EQ(replies[before + 1].value("ok", false), true);
    EXPECT_EQ(replies[before + 2].value("command", ""), "send");
}

TEST(Member, answers_what_is_still_unread_when_it_has_left) {
    constexpr std::uint64_t count = 12'000;
    std::string lines = "leave\n";
    for (std::uint64_t i = 0; i < count; ++i) lines += "status\n";
    for (int round = 0; round < 4; ++round) {
        GroupOfMembers group(1);
        Process& process = group[0].process;
        // More than it reads at once, which takes it about as long as leaving does.
        process.widen_input(1 << 17);
        process.send_signal(SIGSTOP);
        process.write(lines);
        process.send_signal(SIGCONT);
        EXPECT_EQ(replies_before_left(process).size(), count + 1);
    }
}

TEST(Member, leaves_on_signals) {
    for (const int signal : {SIGINT, SIGTERM}) {
        GroupOfMembers group(1);
        group[0].process.send_signal(signal);
        expect_clean_end(group[0].process);
    }
}

TEST(Member, leaves_in_bounded_time_without_a_quorum) {
    GroupOfMembers group(3);
    Member& last = group.leader();
    for (Member* other : group.others(last)) other->process.kill();
    last.process.close_input();
    expect_clean_end(last.process);
}

TEST(Member, leaves_while_nobody_was_found) {
    Member alone("alone", {"--size", "3"});
    alone.process.send_signal(SIGTERM);
    expect_clean_end(alone.process);
}

TEST(Member, stays_on_hold_when_standard_input_closes) {
    GroupOfMembers group(1, {"--hold"});
    Process& process = group[0].process;
    process.write_line("send-ordered last words");
    process.close_input();
    EXPECT_EQ(process.await_event("message")["data"], "last words");
    EXPECT_EQ(process.await_exit(milliseconds(300)), std::nullopt);
    process.send_signal(SIGTERM);
    expect_clean_end(process);
}

TEST(Member, ends_with_its_input_although_nobody_reads_its_output) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    std::string flood;
    for (int i = 0; i < 60'000; ++i) flood += "send x\n";
    ASSERT_TRUE(process.write_until_full(flood, milliseconds(1000)));
    process.close_input();
    EXPECT_EQ(process.await_exit_unread(milliseconds(10000)), 0);
}

TEST(Member, ends_on_a_signal_although_nobody_reads_its_output) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    std::string flood;
    for (int i = 0; i < 60'000; ++i) flood += "send x\n";
    ASSERT_TRUE(process.write_until_full(flood, milliseconds(1000)))
        << "a member whose output nobody reads takes no more commands";
    process.send_signal(SIGTERM);
    EXPECT_EQ(process.await_exit_unread(milliseconds(6000)), 0);
}

TEST(Member, replies_to_each_command_once_by_its_number) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    const std::uint64_t before = group[0].commands;
    const std::vector<std::pair<std::string, std::string>> lines = {
        {"send hello", ""},
        {"", "bad_command"},
        {"   ", "bad_command"},
        {"nonsense", "bad_command"},
        {"\xff\xfe\x01garbage \xff", "bad_command"},
        {"send", "bad_command"},
        {"send-member", "bad_command"},
        {"send-member xyz hello", "bad_command"},
        {"send-member - hello", "unknown_member"},
        {"send-member " + std::string(32, 'a') + " hello", "unknown_member"},
        {"request-vote", "bad_command"},
        {"request-vote unanimity 100 x", "bad_command"},
        {"request-vote majority 0 x", "bad_command"},
        {"request-vote majority 1e3 x", "bad_command"},
        {"request-vote majority 100", "bad_command"},
        {"vote " + std::string(32, 'a') + " perhaps", "bad_command"},
        {"vote " + std::string(32, 'a') + " yes", "unknown_poll"},
        {"transfer me", "bad_command"},
        {"status please", "bad_command"},
        {"request-action majority 1000 1000 x", "bad_command"},
        {"request-action majority 100 x", "bad_command"},
        {"cancel", "bad_command"},
        {"cancel " + std::string(32, 'a'), "unknown_poll"},
        {"resize", "bad_command"},
        {"resize 0", "bad_command"},
        {"resize 3 members", "bad_command"},
        {"resize 2", "bad_command"},
        {"send-ordered ordered", ""},
        {"status", ""},
    };
    for (const auto& [line, error] : lines) process.write_line(line);
    std::map<std::uint64_t, Json> replies;
    while (replies.size() < lines.size()) {
        const Json reply = process.await_event("reply");
        ASSERT_FALSE(reply.is_null()) << replies.size() << " replies came";
        EXPECT_TRUE(replies.emplace(reply["seq"], reply).second) << "twice: " << reply;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto& [line, error] = lines[i];
        const Json& reply = replies[before + i + 1];
        EXPECT_EQ(reply["ok"], error.empty()) << line << ": " << reply;
        EXPECT_EQ(reply.value("error", ""), error) << line << ": " << reply;
        EXPECT_NE(reply.value("message", "") == "", !error.empty()) << line << ": " << reply;
    }
    EXPECT_EQ(replies[before + 1]["command"], "send");
    EXPECT_EQ(replies[before + 28]["command"], "send-ordered");
    EXPECT_GT(replies[before + 28]["index"].get<std::uint64_t>(), 0u);
}

TEST(Member, status_has_every_field_in_and_outside_of_an_incarnation) {
    Member outside("outside", {"--size", "3"});
    GroupOfMembers inside(1);
    for (Member* member : {&outside, &inside[0]}) {
        const Json status = member->status();
        for (const char* field : {"id", "state", "leader", "lease", "term", "epoch", "incarnation",
                                  "commit_index", "members", "quorum"}) {
            EXPECT_TRUE(status.contains(field)) << field;
        }
    }
    const Json nobody = outside.status();
    EXPECT_EQ(nobody["state"], "outside");
    EXPECT_TRUE(nobody["leader"].is_null());
    EXPECT_TRUE(nobody["incarnation"].is_null());
    EXPECT_EQ(nobody["lease"], false);
    EXPECT_EQ(nobody["quorum"], false);
    const Json leads = inside[0].status();
    EXPECT_EQ(leads["state"], "leader");
    EXPECT_EQ(leads["leader"], inside[0].id);
    EXPECT_EQ(leads["quorum"], true);
    EXPECT_EQ(leads["members"][0]["alive"], true);
}

TEST(Member, fails_at_once_what_needs_a_leader_where_there_is_none) {
    Member alone("alone", {"--size", "3"});
    for (const char* command : {"send-ordered x", "send-leader x", "request-vote majority 100 x"}) {
        const Json reply = alone.ask(command);
        EXPECT_EQ(reply["ok"], false) << reply;
        const std::string error = reply["error"];
        EXPECT_TRUE(error == "no_leader" || error == "no_quorum") << reply;
    }
}

TEST(Member, payloads_that_are_no_text_come_in_base64) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    process.write_line("send-ordered \xff\x01\x02");
    EXPECT_EQ(process.await_event("message")["data"]["base64"], "/wEC");
    process.write_line("send-ordered gr\xc3\xbc\xc3\x9f  dich ");
    EXPECT_EQ(process.await_event("message")["data"], "gr\xc3\xbc\xc3\x9f  dich ");
}

TEST(Member, lines_may_end_with_a_carriage_return) {
    GroupOfMembers group(1);
    Process& process = group[0].process;
    for (const char* command : {"send", "send-ordered"}) {
        process.write_line(std::string(command) + " crlf\r");
        EXPECT_EQ(process.await_event("message")["data"], "crlf") << command;
        process.write_line(std::string(command) + " two\r\r");
        EXPECT_EQ(process.await_event("message")["data"], "two\r") << "only one ends the line";
    }
    process.write("send-ordered the last\r");
    process.close_input();
    EXPECT_EQ(process.await_event("message")["data"], "the last");
}

TEST(Member, overlong_lines_are_answered_and_the_next_ones_too) {
    GroupOfMembers group(1);
    EXPECT_EQ(group[0].ask("send-ordered " + std::string(3 << 20, 'x'))["error"], "too_large");
    EXPECT_EQ(group[0].ask(std::string(3 << 20, 'x'))["error"], "bad_command");
    EXPECT_EQ(group[0].ask("send-ordered " + std::string((1 << 20) + 1, 'x'))["error"],
              "too_large");
    EXPECT_EQ(group[0].ask("send-ordered " + std::string(1 << 20, 'x'))["ok"], true);
    EXPECT_EQ(group[0].ask("send-ordered short")["ok"], true);
}

TEST(Member, takes_a_thousand_commands_at_once) {
    GroupOfMembers group(3);
    Member& member = group.follower();
    constexpr std::uint64_t count = 1024;
    std::string burst;
    for (std::uint64_t i = 0; i < count; ++i) burst += "send-ordered x\n";
    member.process.write(burst);
    std::set<std::uint64_t> answered;
    while (answered.size() < count) {
        const Json reply = member.process.await_event("reply");
        ASSERT_FALSE(reply.is_null()) << answered.size() << " replies came";
        EXPECT_EQ(reply["ok"], true) << reply;
        EXPECT_TRUE(answered.insert(reply["seq"].get<std::uint64_t>()).second);
    }
}

TEST(Member, tells_it_readably_unless_asked_for_json) {
    Process process(
        {"member", "--group", "test.A", "--beacon", "off", "--size", "1", "--name", "alone"});
    EXPECT_TRUE(process.await_line([](const std::string& line) {
        return line.find("leader_elected") != std::string::npos &&
               line.find("alone") != std::string::npos;
    }));
    process.write_line("status");
    EXPECT_TRUE(process.await_line(
        [](const std::string& line) { return line.find("commit_index") != std::string::npos; }));
    process.close_input();
    EXPECT_EQ(process.await_exit(), 0);
}

}  // namespace
}  // namespace quorate::blackbox
