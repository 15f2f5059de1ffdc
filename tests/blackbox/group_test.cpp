// Three processes in a group: the story from founding to the loss of the leader and back.
#include <gtest/gtest.h>
#include <signal.h>

#include "group_of_members.h"

namespace quorate::blackbox {
namespace {

using std::chrono::milliseconds;

/// Awaits a leader other than `old` at each of them; its id.
std::string await_new_leader(const std::vector<Member*>& members, const std::string& old) {
    std::string leader;
    for (Member* member : members) {
        const Json elected = member->process.await([&](const Json& json) {
            return json["event"] == "leader_elected" && json["leader"] != old;
        });
        EXPECT_FALSE(elected.is_null()) << member->name << " learned of no new leader";
        leader = elected.value("leader", "");
    }
    return leader;
}

TEST(GroupOfThree, agrees_on_members_and_leader) {
    GroupOfMembers group(3);
    const Json reference = group[0].status();
    EXPECT_EQ(reference["members"].size(), 3u);
    for (auto& member : group.all()) {
        const Json status = member->status();
        EXPECT_EQ(status["leader"], group.leader_id());
        EXPECT_EQ(status["incarnation"], reference["incarnation"]);
        EXPECT_EQ(status["quorum"], true);
        const bool leads = member->id == group.leader_id();
        EXPECT_EQ(status["state"], leads ? "leader" : "follower");
        EXPECT_TRUE(leads || status["lease"] == false);
    }
}

TEST(GroupOfThree, delivers_messages_to_whom_they_are_for) {
    GroupOfMembers group(3);
    Member& sender = group.follower();
    EXPECT_EQ(sender.ask("send to  all")["ok"], true);
    for (auto& member : group.all()) {
        if (member.get() == &sender) continue;  // its own came before the reply, and was skipped
        const Json message = member->process.await_event("message");
        EXPECT_EQ(message["data"], "to  all");
        EXPECT_EQ(message["from"], sender.id);
        EXPECT_EQ(message["ordered"], false);
        EXPECT_FALSE(message.contains("index"));
        EXPECT_GT(message["sent_ns"].get<std::int64_t>(), 0);
        EXPECT_GT(message["received_ns"].get<std::int64_t>(), 0);
    }
    Member& leader = group.leader();
    EXPECT_EQ(sender.ask("send-leader to the leader")["ok"], true);
    const Json to_leader = leader.process.await_event("message_to_leader");
    EXPECT_EQ(to_leader["data"], "to the leader");
    EXPECT_EQ(to_leader["from"], sender.id);

    EXPECT_EQ(sender.ask("send-member " + leader.id + " to you")["ok"], true);
    const Json direct = leader.process.await_event("message_to_member");
    EXPECT_EQ(direct["data"], "to you");
    EXPECT_EQ(direct["from_leader"], false);
    EXPECT_FALSE(direct.contains("term"));
    EXPECT_EQ(leader.ask("send-member - and back")["ok"], true);
    const Json answer = sender.process.await_event("message_to_member");
    EXPECT_EQ(answer["data"], "and back");
    EXPECT_EQ(answer["from_leader"], true);
    EXPECT_GT(answer["term"].get<std::uint64_t>(), 0u);
    EXPECT_GT(answer["epoch"].get<std::uint64_t>(), 0u);
}

TEST(GroupOfTwo, the_id_of_nobody_is_not_that_of_the_last_sender) {
    GroupOfMembers group(2);
    ASSERT_EQ(group[0].ask("send-member " + group[1].id + " to you")["ok"], true);
    ASSERT_FALSE(group[1].process.await_event("message_to_member").is_null());
    const Json lost = group[1].ask("send-member " + std::string(32, '0') + " to nobody");
    EXPECT_EQ(lost["error"], "unknown_member") << lost;
    EXPECT_EQ(group[1].ask("send-member - and back")["ok"], true);
    EXPECT_EQ(group[0].process.await_event("message_to_member")["data"], "and back");
}

TEST(GroupOfThree, delivers_ordered_messages_in_one_order) {
    GroupOfMembers group(3);
    for (int i = 0; i < 20; ++i) {
        for (auto& member : group.all()) {
            member->process.write_line("send-ordered " + member->name + "-" + std::to_string(i));
        }
    }
    std::vector<std::pair<std::uint64_t, std::string>> reference;
    for (auto& member : group.all()) {
        std::vector<std::pair<std::uint64_t, std::string>> heard;
        for (int i = 0; i < 60; ++i) {
            const Json message = member->process.await_event("message");
            ASSERT_FALSE(message.is_null());
            EXPECT_EQ(message["ordered"], true);
            heard.emplace_back(message["index"], message["data"]);
        }
        EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
        if (reference.empty()) reference = heard;
        EXPECT_EQ(heard, reference);
    }
}

TEST(GroupOfThree, votes_and_all_hear_the_same_outcome) {
    GroupOfMembers group(3);
    const Json asked = group.follower().ask("request-vote majority 10000 open breaker 7");
    ASSERT_EQ(asked["ok"], true) << asked;
    const std::string poll = asked["poll"];
    EXPECT_EQ(group[0].ask("vote " + poll + " yes")["ok"], true);
    EXPECT_EQ(group[0].ask("vote " + poll + " yes")["ok"], true)
        << "again the same changes nothing";
    EXPECT_EQ(group[0].ask("vote " + poll + " no")["error"], "already_voted");
    const Json voted = group[1].ask("vote " + poll + " yes");
    EXPECT_EQ(voted["ok"], true) << voted;
    const Json first = group[2].process.await_event("vote_result");
    EXPECT_EQ(first["outcome"], "yes");
    EXPECT_EQ(first["yes"], 2);
    EXPECT_EQ(first["no"], 0);
    EXPECT_EQ(first["electorate"], 3);
    EXPECT_EQ(group[2].ask("vote " + poll + " no")["error"], "too_late");
}

TEST(GroupOfThree, a_vote_may_come_before_its_voter_knows_the_poll) {
    GroupOfMembers group(3);
    Member& voter = group.follower();
    for (int round = 0; round < 50; ++round) {
        voter.process.send_signal(SIGSTOP);  // so that the command may well be read first
        const Json asked = group.leader().ask("request-vote majority 10000 open breaker 7");
        ASSERT_EQ(asked["ok"], true) << asked;
        const std::string vote = "vote " + asked["poll"].get<std::string>() + " yes";
        voter.write_command(vote);
        voter.process.send_signal(SIGCONT);
        const Json voted = voter.await_reply();
        ASSERT_EQ(voted["ok"], true) << voted;
        EXPECT_EQ(group.leader().ask(vote)["ok"], true);
    }
}

TEST(GroupOfThree, members_told_to_answer_by_themselves_do) {
    GroupOfMembers group(3, {"--vote", "yes"});
    group[0].process.write_line("request-vote consensus 5000 all of you?");
    for (auto& member : group.all()) {
        const Json asked = member->process.await_event("vote_requested");
        EXPECT_EQ(asked["topic"], "all of you?");
        EXPECT_EQ(asked["kind"], "consensus");
        EXPECT_EQ(asked["subject"], "value");
        EXPECT_EQ(asked["timeout_ms"], 5000);
        EXPECT_FALSE(asked.contains("at_ns"));
        const Json result = member->process.await_event("vote_result");
        EXPECT_EQ(result["outcome"], "yes");
        EXPECT_EQ(result["yes"], 3);
    }
}

TEST(GroupOfThree, a_vote_without_answers_ends_at_its_deadline) {
    GroupOfMembers group(3);
    const Json asked = group[0].ask("request-vote majority 300 anybody?");
    ASSERT_EQ(asked["ok"], true);
    for (auto& member : group.all()) {
        const Json result = member->process.await_event("vote_result");
        EXPECT_EQ(result["outcome"], "timeout");
        EXPECT_EQ(result["poll"], asked["poll"]);
    }
}

TEST(GroupOfThree, replaces_a_leader_that_was_killed_and_lets_it_in_again) {
    GroupOfMembers group(3);
    Member& killed = group.leader();
    const auto rest = group.others(killed);
    const std::uint64_t term = rest[0]->status()["term"];
    killed.process.kill();
    const std::string leader = await_new_leader(rest, killed.id);
    for (Member* member : rest) {
        const Json left = member->process.await_event("member_left");
        EXPECT_EQ(left["id"], killed.id);
        EXPECT_EQ(left["reason"], "lost");
    }
    EXPECT_GT(rest[0]->status()["term"].get<std::uint64_t>(), term);
    EXPECT_EQ(rest[0]->ask("send-ordered on we go")["ok"], true);

    Member& again = group.add("again", {"--listen", killed.endpoint});
    EXPECT_NE(again.id, killed.id) << "a volatile member that restarts is a new one";
    EXPECT_EQ(again.process.await_event("joined")["members"].size(), 3u);
    EXPECT_EQ(again.process.await_event("leader_elected")["leader"], leader);
    for (Member* member : rest) {
        EXPECT_EQ(member->process.await_event("member_joined")["id"], again.id);
    }
}

TEST(GroupOfThree, a_leader_that_hung_finds_itself_replaced) {
    GroupOfMembers group(3);
    Member& hung = group.leader();
    hung.process.send_signal(SIGSTOP);
    const std::string leader = await_new_leader(group.others(hung), hung.id);
    hung.process.send_signal(SIGCONT);
    EXPECT_EQ(hung.process.await_event("leader_lost")["leader"], hung.id);
    const Json elected = hung.process.await([&](const Json& json) {
        return json["event"] == "leader_elected" && json["leader"] == leader;
    });
    EXPECT_FALSE(elected.is_null());
    EXPECT_EQ(hung.status()["lease"], false);
}

TEST(GroupOfThree, goes_on_when_its_leader_leaves) {
    GroupOfMembers group(3);
    Member& leaving = group.leader();
    EXPECT_EQ(leaving.ask("leave")["ok"], true);
    EXPECT_EQ(leaving.process.await_exit(milliseconds(3500)), 0);
    const auto rest = group.others(leaving);
    await_new_leader(rest, leaving.id);
    EXPECT_EQ(rest[0]->ask("send-ordered on we go")["ok"], true);
}

TEST(GroupOfThree, hands_leadership_on_when_told) {
    GroupOfMembers group(3);
    Member& heir = group.follower();
    EXPECT_EQ(group.leader().ask("transfer " + heir.id)["ok"], true);
    const Json elected = heir.process.await_event("leader_elected");
    EXPECT_EQ(elected["leader"], heir.id);
    EXPECT_EQ(elected["trigger"], "transfer");
    EXPECT_EQ(group.leader().ask("transfer " + heir.id)["error"], "not_leader");
    EXPECT_EQ(heir.ask("transfer " + std::string(32, 'a'))["error"], "unknown_member");
}

TEST(GroupOfThree, has_no_leader_for_commands_while_leadership_is_handed_on) {
    GroupOfMembers group(3, {"--heartbeat-ms", "100", "--election-min-ms", "2000",
                             "--election-max-ms", "4000", "--peer-timeout-ms", "10000"});
    Member& heir = group.follower();
    heir.process.send_signal(SIGSTOP);  // so that it takes a while
    group.leader().write_command("transfer " + heir.id);
    const Json meanwhile = group.leader().ask("send-ordered meanwhile");
    heir.process.send_signal(SIGCONT);
    EXPECT_EQ(meanwhile["error"], "no_leader") << meanwhile;
}

TEST(GroupOfThree, without_a_quorum_decides_nothing_and_says_so) {
    GroupOfMembers group(3, {"--refound-after-ms", "never"});
    Member& last = group.follower();
    const Json incarnation = last.status()["incarnation"];
    for (Member* other : group.others(last)) other->process.kill();
    EXPECT_FALSE(last.process.await_event("quorum_lost").is_null());
    const Json reply = last.ask("send-ordered x");
    EXPECT_EQ(reply["ok"], false);
    EXPECT_EQ(last.status()["quorum"], false);
    EXPECT_EQ(last.status()["lease"], false);
    // However sure it is that the others are gone.
    const auto alive = [&] {
        const Json status = last.status();
        const Json& all = status["members"];
        return std::count_if(all.begin(), all.end(),
                             [](const Json& one) { return one["alive"] == true; });
    };
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (alive() > 1 && std::chrono::steady_clock::now() < deadline) {
    }
    EXPECT_EQ(alive(), 1);
    EXPECT_EQ(last.status()["incarnation"], incarnation);
}

TEST(GroupOfThree, refuses_a_member_with_another_spec) {
    GroupOfMembers group(3);
    Process other(member_arguments(
        "other", {"--size", "5", "--seed", group[0].endpoint, "--seed", group[1].endpoint}));
    EXPECT_EQ(other.await_exit(), 77);
    const std::string errors = other.errors();
    EXPECT_NE(errors.find("size"), std::string::npos) << errors;
    EXPECT_EQ(other.remaining_events().back()["event"], "left");
}

TEST(GroupOfThree, refuses_one_more_while_all_are_alive) {
    GroupOfMembers group(3);
    Member& one_more = group.add("one-more");
    EXPECT_EQ(one_more.process.await_exit(), 77);
    EXPECT_NE(one_more.process.errors(), "");
}

TEST(GroupOfThree, members_of_another_group_at_the_same_seeds_never_meet) {
    GroupOfMembers group(3);
    Process other({"member", "--group", "test.B", "--beacon", "off", "--json", "--size", "1",
                   "--seed", group[0].endpoint});
    EXPECT_EQ(other.await_event("joined")["members"].size(), 1u);
    EXPECT_EQ(group[0].status()["members"].size(), 3u);
}

}  // namespace
}  // namespace quorate::blackbox
