// What can be seen of a running member from outside: quorate status, members, watch and elections,
// its metrics over HTTP, and its log.
#include <gtest/gtest.h>
#include <signal.h>

#include <map>

#include "stranger.h"
#include "watch.h"

namespace quorate::blackbox {
namespace {

std::vector<Json> lines_of(const std::string& output) {
    std::vector<Json> lines;
    for (std::size_t begin = 0; begin < output.size();) {
        const std::size_t end = std::min(output.find('\n', begin), output.size());
        lines.push_back(Json::parse(output.substr(begin, end - begin)));
        begin = end + 1;
    }
    return lines;
}

/// What a subcommand answers about the member, as JSON objects.
std::vector<Json> ask(const std::string& subcommand, const Member& member) {
    const Ended ended = run({subcommand, "--connect", member.endpoint, "--json"});
    EXPECT_EQ(ended.status, 0) << ended.errors;
    EXPECT_EQ(ended.errors, "");
    return lines_of(ended.output);
}

/// The member's record of the election that `leader` won; null if there is none (yet).
Json find_election(const Member& member, const std::string& leader) {
    for (const Json& election : ask("elections", member)) {
        if (election["outcome"] == "elected" && election["leader"] == leader) return election;
    }
    return nullptr;
}

TEST(Inspect, status_tells_what_the_member_itself_replies) {
    GroupOfMembers group(3);
    Member& leader = group.leader();
    const Json reply = leader.status();
    const auto answers = ask("status", leader);
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0]["group"], "test.A");
    EXPECT_EQ(answers[0]["name"], leader.name);
    EXPECT_EQ(answers[0]["leader_name"], leader.name);
    EXPECT_EQ(answers[0]["endpoint"], leader.endpoint);
    for (const char* field : {"id", "state", "leader", "term", "epoch", "incarnation", "quorum"}) {
        EXPECT_EQ(answers[0][field], reply[field]) << field;
    }
    const Ended readable = run({"status", "--connect", leader.endpoint});
    EXPECT_EQ(readable.status, 0);
    EXPECT_NE(readable.output.find("state        leader"), std::string::npos) << readable.output;
}

TEST(Inspect, a_member_that_is_in_no_group_yet_answers_too) {
    Member alone("alone", {"--size", "3"});
    const auto answers = ask("status", alone);
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_EQ(answers[0]["state"], "outside");
    EXPECT_EQ(answers[0]["leader"], nullptr);
    EXPECT_TRUE(ask("members", alone).empty());
    EXPECT_TRUE(ask("elections", alone).empty());
}

TEST(Inspect, members_has_one_line_each) {
    GroupOfMembers group(3);
    const auto members = ask("members", group.follower());
    ASSERT_EQ(members.size(), 3u);
    std::map<std::string, Json> by_id;
    for (const Json& member : members) by_id[member["id"]] = member;
    for (auto& member : group.all()) {
        ASSERT_TRUE(by_id.contains(member->id));
        EXPECT_EQ(by_id[member->id]["name"], member->name);
        EXPECT_EQ(by_id[member->id]["voter"], true);
        EXPECT_EQ(by_id[member->id]["leader"], member->id == group.leader_id());
    }
}

/// The whole story of a leader's death, as the next leader and a voter saw it.
TEST(Inspect, elections_says_why_who_voted_how_and_how_long_it_took) {
    GroupOfMembers group(3, calm_timing());
    Member& dead = group.leader();
    const auto rest = group.others(dead);
    dead.process.kill();
    Watch watch(rest);
    std::string next;
    ASSERT_TRUE(watch.until([&] {
        next = watch.common_leader(rest);
        return next != "" && next != dead.id;
    }));
    Member& winner = rest[0]->id == next ? *rest[0] : *rest[1];
    Member& voter = rest[0]->id == next ? *rest[1] : *rest[0];

    const Json won = find_election(winner, next);
    ASSERT_FALSE(won.is_null());
    EXPECT_EQ(won["trigger"], "leader_dead");
    EXPECT_EQ(won["leader_name"], winner.name);
    EXPECT_EQ(won["previous_leader"], dead.id);
    EXPECT_EQ(won["previous_leader_name"], dead.name);
    EXPECT_EQ(won["campaigned"], true);
    EXPECT_GE(won["took_us"], 0);
    EXPECT_GT(won["began_ns"], 0);
    std::map<std::string, std::string> voted;
    for (const Json& vote : won["votes"]) {
        EXPECT_EQ(vote["candidate"], next);
        if (vote["pre_vote"] == false) voted[vote["voter_name"]] = vote["answer"];
    }
    EXPECT_EQ(voted[winner.name], "granted");
    EXPECT_EQ(voted[voter.name], "granted");

    const Json seen = find_election(voter, next);
    ASSERT_FALSE(seen.is_null());
    EXPECT_EQ(seen["trigger"], "leader_dead");
    EXPECT_EQ(seen["term"], won["term"]);
    const Ended readable = run({"elections", "--connect", winner.endpoint});
    EXPECT_NE(readable.output.find("proven dead"), std::string::npos) << readable.output;
}

TEST(Inspect, watch_tells_what_changes_and_when_the_member_is_gone) {
    GroupOfMembers group(3, calm_timing());
    Member& dead = group.leader();
    Member& follower = group.follower();
    Process watching({"watch", "--connect", follower.endpoint, "--interval-ms", "50", "--json"});
    const Json first = watching.await_event("watching");
    ASSERT_FALSE(first.is_null()) << watching.errors();
    EXPECT_EQ(first["leader"], dead.id);
    EXPECT_EQ(first["members"].size(), 3u);
    dead.process.kill();
    const Json changed = watching.await([&](const Json& json) {
        return json["event"] == "changed" && json.contains("leader") && !json["leader"].is_null() &&
               json["leader"] != dead.id;
    });
    ASSERT_FALSE(changed.is_null());
    EXPECT_FALSE(changed.contains("endpoint"));  // what did not change is not told
    follower.process.kill();
    EXPECT_FALSE(watching.await_event("silent").is_null());
}

TEST(Inspect, where_nobody_answers_it_says_so_and_exits_69) {
    std::string endpoint;
    {
        Member gone("gone", {"--size", "1"});
        endpoint = gone.endpoint;
        gone.process.kill();
    }
    for (const char* subcommand : {"status", "members", "watch", "elections"}) {
        const Ended ended = run({subcommand, "--connect", endpoint, "--timeout-ms", "500"});
        EXPECT_EQ(ended.status, 69) << subcommand;
        EXPECT_EQ(ended.output, "");
        EXPECT_NE(ended.errors.find(endpoint), std::string::npos) << ended.errors;
    }
    // A process that listens, and says nothing.
    Member hung("hung", {"--size", "1"});
    hung.process.send_signal(SIGSTOP);
    const Ended ended = run({"status", "--connect", hung.endpoint, "--timeout-ms", "300"});
    hung.process.send_signal(SIGCONT);
    EXPECT_EQ(ended.status, 69);
    EXPECT_NE(ended.errors.find("300 ms"), std::string::npos) << ended.errors;
}

TEST(Inspect, a_member_of_another_group_is_told_apart) {
    Member member("one", {"--size", "1"});
    const Arguments question{"status", "--connect", member.endpoint, "--group"};
    Arguments right = question;
    right.push_back("test.A");
    EXPECT_EQ(run(right).status, 0);
    Arguments wrong = question;
    wrong.push_back("test.B");
    const Ended ended = run(wrong);
    EXPECT_EQ(ended.status, 69);
    EXPECT_NE(ended.errors.find("test.A"), std::string::npos) << ended.errors;
}

TEST(Inspect, bad_usage_names_the_option) {
    for (const auto& [arguments, named] : std::vector<std::pair<Arguments, std::string>>{
             {{"status"}, "--connect"},
             {{"status", "--connect", "127.0.0.1:5601"}, "--connect"},
             {{"members", "--connect", "tcp://127.0.0.1:0"}, "--connect"},
             {{"watch", "--connect", "tcp://127.0.0.1:1", "--interval-ms", "1"}, "--interval-ms"},
             {{"elections", "--connect", "tcp://127.0.0.1:1", "--timeout-ms", "x"}, "--timeout-ms"},
             {{"elections", "--connect", "tcp://127.0.0.1:1", "--interval-ms", "100"},
              "interval-ms"}}) {
        const Ended ended = run(arguments);
        EXPECT_EQ(ended.status, 64) << arguments[0];
        EXPECT_NE(ended.errors.find(named), std::string::npos) << ended.errors;
    }
}

/// GET, as Prometheus asks; what follows the header.
std::string fetch(const std::string& url) {
    const std::string address = url.substr(7, url.find('/', 7) - 7);
    Stranger browser("tcp://" + address);
    EXPECT_TRUE(browser.connected()) << url;
    browser.write("GET /metrics HTTP/1.0\r\nHost: " + address + "\r\n\r\n");
    const std::string answer = browser.read_to_end();
    EXPECT_EQ(answer.substr(0, 5), "HTTP/") << answer;
    const std::size_t body = answer.find("\r\n\r\n");
    return body == std::string::npos ? "" : answer.substr(body + 4);
}

/// The value of one series; nothing if there is none.
std::optional<double> value_of(const std::string& text, const std::string& series) {
    const std::size_t at = ("\n" + text).find("\n" + series + " ");
    if (at == std::string::npos) return std::nullopt;
    return std::stod(text.substr(at + series.size() + 1));
}

/// The first answer in which `series` has that value; the last one if none has in time.
std::string fetch_until(const std::string& url, const std::string& series, double value) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::string text = fetch(url);
    while (value_of(text, series) != value && std::chrono::steady_clock::now() < deadline) {
        text = fetch(url);
    }
    return text;
}

TEST(Metrics, are_served_and_go_up_after_an_election) {
    GroupOfMembers group(3, calm_timing());
    Member& watched = group.add("watched", {"--role", "observer", "--metrics", "127.0.0.1:0"});
    const std::string url = watched.process.await_event("metrics").value("url", "");
    ASSERT_NE(url, "");
    ASSERT_FALSE(watched.process.await_event("leader_elected").is_null());
    const std::string changes =
        "quorate_leader_changes_total{group=\"test.A\",trigger=\"unknown\"}";
    // What is shown is at most a heartbeat old.
    const std::string in_group = "quorate_state{group=\"test.A\",state=\"observer\"}";
    const std::string before = fetch_until(url, in_group, 1.0);
    EXPECT_EQ(value_of(before, in_group), 1.0);
    EXPECT_EQ(value_of(before, changes), 0.0);
    const auto term = value_of(before, "quorate_term{group=\"test.A\"}");
    ASSERT_TRUE(term);
    group.leader().process.kill();
    ASSERT_FALSE(watched.process
                     .await([&](const Json& json) {
                         return json["event"] == "leader_elected" && json["term"] > *term;
                     })
                     .is_null());
    const std::string after = fetch_until(url, changes, 1.0);
    EXPECT_EQ(value_of(after, changes), 1.0);
    EXPECT_GT(value_of(after, "quorate_term{group=\"test.A\"}"), term);
    EXPECT_EQ(value_of(after, "quorate_election_duration_seconds_count{group=\"test.A\"}"), 1.0);
    EXPECT_GT(value_of(after, "quorate_loop_lateness_seconds_count{group=\"test.A\"}"), 0.0);
}

TEST(Metrics, an_address_that_cannot_be_had_ends_the_member_with_69) {
    const Ended taken = run(member_arguments("one", {"--metrics", "192.0.2.1:9"}));
    EXPECT_EQ(taken.status, 69);
    EXPECT_NE(taken.errors.find("--metrics"), std::string::npos) << taken.errors;
    const Ended none = run(member_arguments("one", {"--metrics", "here"}));
    EXPECT_EQ(none.status, 64);
    EXPECT_NE(none.errors.find("--metrics"), std::string::npos) << none.errors;
}

TEST(Log, goes_to_standard_error_by_module_and_only_when_asked_for) {
    const Arguments alone{"--size", "1"};
    Member quiet("quiet", alone);
    ASSERT_FALSE(quiet.process.await_event("leader_elected").is_null());
    quiet.process.write_line("leave");
    ASSERT_EQ(quiet.process.await_exit(), 0);
    EXPECT_EQ(quiet.process.errors(), "");

    Member telling("telling", {"--size", "1", "--log", "raft=debug,group=info"});
    ASSERT_FALSE(telling.process.await_event("leader_elected").is_null());
    telling.process.write_line("leave");
    ASSERT_EQ(telling.process.await_exit(), 0);
    const std::string log = telling.process.errors();
    EXPECT_NE(log.find("level=info module=raft group=test.A name=\"telling\""), std::string::npos)
        << log;
    EXPECT_NE(log.find("module=group"), std::string::npos) << log;
    EXPECT_EQ(log.find("module=discovery"), std::string::npos) << log;
}

TEST(Log, a_level_that_is_none_is_refused) {
    const Ended ended = run(member_arguments("one", {"--log", "loud"}));
    EXPECT_EQ(ended.status, 64);
    EXPECT_NE(ended.errors.find("--log"), std::string::npos) << ended.errors;
}

}  // namespace
}  // namespace quorate::blackbox
