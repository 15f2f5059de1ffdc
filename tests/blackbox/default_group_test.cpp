// Groups without a leader: whoever comes is in at once, and each member sees for itself who is
// there.
#include <gtest/gtest.h>
#include <signal.h>

#include "group_of_members.h"

namespace quorate::blackbox {
namespace {

const Arguments of_default_kind{"--kind", "default"};

Arguments with(Arguments options, const Arguments& more) {
    options.insert(options.end(), more.begin(), more.end());
    return options;
}

/// Two that know of each other.
struct Pair {
    Pair() : first("first", of_default_kind), second("second", options_for(first)) {
        EXPECT_EQ(first.process.await_event("member_joined")["id"], second.id);
        EXPECT_EQ(second.process.await_event("member_joined")["id"], first.id);
    }
    static Arguments options_for(const Member& seed) {
        return with(of_default_kind, {"--seed", seed.endpoint});
    }
    Member first;
    Member second;
};

TEST(DefaultGroup, one_alone_is_in_at_once) {
    Member alone("alone", of_default_kind);
    const Json joined = alone.process.await_event("joined");
    ASSERT_EQ(joined["members"].size(), 1u) << joined;
    EXPECT_EQ(joined["members"][0]["id"], alone.id);
    EXPECT_TRUE(joined["incarnation"].is_null()) << joined;
    EXPECT_EQ(alone.ask("send hello")["ok"], true);
    alone.process.write_line("send myself");
    const Json heard =
        alone.process.await([](const Json& json) { return json["data"] == "myself"; });
    EXPECT_EQ(heard["from"], alone.id);
    EXPECT_EQ(heard["ordered"], false);
}

TEST(DefaultGroup, has_nothing_that_takes_a_leader) {
    Member alone("alone", of_default_kind);
    for (const char* command :
         {"send-ordered x", "send-leader x", "request-vote majority 100 x",
          "request-action majority 100 200 x", "vote 0123456789abcdef0123456789abcdef yes",
          "cancel 0123456789abcdef0123456789abcdef", "transfer 0123456789abcdef0123456789abcdef"}) {
        const Json reply = alone.ask(command);
        EXPECT_EQ(reply["error"], "not_coordinated") << reply;
    }
    const Json status = alone.status();
    EXPECT_EQ(status["state"], "follower");
    EXPECT_TRUE(status["leader"].is_null());
    EXPECT_TRUE(status["incarnation"].is_null());
    EXPECT_EQ(status["quorum"], false);
    EXPECT_EQ(status["lease"], false);
}

TEST(DefaultGroup, members_meet_through_one_that_they_know) {
    Pair pair;
    Member third("third", Pair::options_for(pair.second));
    std::set<std::string> met;
    for (int i = 0; i < 2; ++i) met.insert(third.process.await_event("member_joined")["id"]);
    EXPECT_EQ(met, (std::set<std::string>{pair.first.id, pair.second.id}));
    EXPECT_EQ(pair.first.process.await_event("member_joined")["id"], third.id);
    EXPECT_EQ(pair.second.process.await_event("member_joined")["id"], third.id);
    EXPECT_EQ(third.ask("send to all")["ok"], true);
    for (Member* member : {&pair.first, &pair.second}) {
        EXPECT_EQ(member->process.await_event("message")["data"], "to all");
    }
    EXPECT_EQ(pair.first.ask("send-member " + third.id + " to you")["ok"], true);
    EXPECT_EQ(third.process.await_event("message_to_member")["from"], pair.first.id);
    EXPECT_EQ(third.ask("send-member - and back")["ok"], true);
    EXPECT_EQ(pair.first.process.await_event("message_to_member")["data"], "and back");
}

TEST(DefaultGroup, one_that_leaves_and_one_that_is_killed_are_missed) {
    Pair pair;
    Member third("third", Pair::options_for(pair.first));
    for (Member* member : {&pair.first, &pair.second}) {
        ASSERT_EQ(member->process.await_event("member_joined")["id"], third.id);
    }
    third.process.write_line("leave");
    EXPECT_EQ(third.process.await_exit(), 0);
    for (Member* member : {&pair.first, &pair.second}) {
        const Json left = member->process.await_event("member_left");
        EXPECT_EQ(left["id"], third.id);
        EXPECT_EQ(left["reason"], "left");
    }
    pair.second.process.kill();
    const Json lost = pair.first.process.await_event("member_left");
    EXPECT_EQ(lost["id"], pair.second.id);
    EXPECT_EQ(lost["reason"], "lost");
    EXPECT_EQ(pair.first.status()["members"].size(), 1u);
}

TEST(DefaultGroup, one_that_was_stopped_is_missed_and_comes_back) {
    Pair pair;
    pair.second.process.send_signal(SIGSTOP);
    const Json lost = pair.first.process.await_event("member_left");
    EXPECT_EQ(lost["id"], pair.second.id);
    EXPECT_EQ(lost["reason"], "lost");
    pair.second.process.send_signal(SIGCONT);
    EXPECT_EQ(pair.first.process.await_event("member_joined")["id"], pair.second.id);
    // It was stopped itself, and misses nobody for that.
    EXPECT_EQ(pair.second.ask("send I am back")["ok"], true);
    EXPECT_EQ(pair.first.process.await_event("message")["data"], "I am back");
    pair.second.process.write_line("leave");
    pair.second.process.await_exit();
    for (const Json& event : pair.second.process.remaining_events()) {
        EXPECT_NE(event["event"], "member_left") << event;
    }
}

TEST(DefaultGroup, who_comes_with_another_specification_is_refused) {
    Pair pair;
    for (const Arguments& others : {Arguments{"--kind", "coordinated"},
                                    Arguments{"--kind", "default", "--heartbeat-ms", "60"}}) {
        Member other("other", with(others, {"--seed", pair.first.endpoint}));
        EXPECT_EQ(other.process.await_exit(), 77);
        const std::string why = other.process.errors();
        EXPECT_NE(why.find(others.size() == 2 ? "--kind" : "--heartbeat-ms"), std::string::npos)
            << why;
    }
    EXPECT_EQ(pair.first.status()["members"].size(), 2u);
}

TEST(DefaultGroup, has_no_place_for_a_witness) {
    const Ended ended = run(member_arguments("w", with(of_default_kind, {"--role", "witness"})));
    EXPECT_EQ(ended.status, 64);
    EXPECT_NE(ended.errors.find("--role witness"), std::string::npos) << ended.errors;
}

}  // namespace
}  // namespace quorate::blackbox
