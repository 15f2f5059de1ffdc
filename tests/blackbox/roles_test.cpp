// Who takes part without a vote for the leader, and who votes without the data.
#include <gtest/gtest.h>

#include "watch.h"

namespace quorate::blackbox {
namespace {

Json record_of(const Json& status, const std::string& id) {
    for (const Json& member : status["members"]) {
        if (member["id"] == id) return member;
    }
    return {};
}

TEST(Observer, comes_on_top_of_the_deployment_and_has_no_seat) {
    GroupOfMembers group(3);
    Member& observer = group.add("looks-on", {"--role", "observer"});
    const Json joined = observer.process.await_event("joined");
    ASSERT_EQ(joined["members"].size(), 4u) << joined;
    for (std::size_t i = 0; i < 3; ++i) {
        const Json news = group[i].process.await_event("member_joined");
        EXPECT_EQ(news["role"], "observer") << news;
    }
    const Json status = observer.status();
    EXPECT_EQ(status["state"], "observer");
    EXPECT_EQ(status["quorum"], true);
    EXPECT_EQ(record_of(status, observer.id)["voter"], false);
    EXPECT_EQ(observer.ask("send-ordered seen from outside")["ok"], true);
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(group[i].process.await_event("message")["data"], "seen from outside");
    }
}

TEST(Observer, has_a_vote_in_polls) {
    GroupOfMembers group(3, {"--vote", "yes"});
    Member& observer = group.add("looks-on", {"--role", "observer"});
    ASSERT_FALSE(observer.process.await_event("joined").is_null());
    EXPECT_EQ(group[0].ask("request-vote consensus 4000 all of us?")["ok"], true);
    const Json result = observer.process.await_event("vote_result");
    EXPECT_EQ(result["outcome"], "yes");
    EXPECT_EQ(result["electorate"], 4) << result;
}

TEST(Observer, is_not_missed_when_a_quorum_is_counted) {
    GroupOfMembers group(3);
    std::vector<Member*> observers;
    for (const char* name : {"o1", "o2", "o3"}) {
        observers.push_back(&group.add(name, {"--role", "observer"}));
        ASSERT_FALSE(observers.back()->process.await_event("joined").is_null());
    }
    for (Member* observer : observers) observer->process.kill();
    EXPECT_EQ(group.leader().ask("send-ordered still here")["ok"], true);
}

TEST(Observer, is_none_of_those_that_are_alive_of_the_deployment) {
    GroupOfMembers group(3, {"--refound-after-ms", "never"});
    Member& observer = group.add("looks-on", {"--role", "observer"});
    ASSERT_FALSE(observer.process.await_event("joined").is_null());
    for (Member* follower : group.others(group.leader())) {
        if (follower != &observer) follower->process.send_signal(SIGSTOP);
    }
    const Json lost = group.leader().process.await_event("quorum_lost");
    EXPECT_EQ(lost["size"], 3);
    EXPECT_LE(lost.value("alive", 99), 3) << lost;
    for (Member* follower : group.others(group.leader())) {
        if (follower != &observer) follower->process.send_signal(SIGCONT);
    }
    const Json regained = group.leader().process.await_event("quorum_regained");
    EXPECT_LE(regained.value("alive", 99), 3) << regained;
}

TEST(Observer, refuses_nobody_its_place_in_the_deployment) {
    GroupOfMembers group(3);
    Member& observer = group.add("looks-on", {"--role", "observer"});
    ASSERT_FALSE(observer.process.await_event("joined").is_null());
    Member& one_more = group.add("one-more");
    EXPECT_EQ(one_more.process.await_exit(), 77);
}

/// Two members, and one that only keeps the balance.
struct TwoAndAWitness : GroupOfMembers {
    TwoAndAWitness() : GroupOfMembers({{}, {}, {"--role", "witness"}}, {}) {}
};

TEST(Witness, gets_no_messages_and_no_vote_but_a_seat) {
    TwoAndAWitness group;
    Member& witness = group[2];
    const Json status = witness.status();
    EXPECT_EQ(status["state"], "witness");
    EXPECT_EQ(record_of(status, witness.id)["role"], "witness");
    EXPECT_NE(group.leader_id(), witness.id);
    EXPECT_EQ(group[0].ask("send to members")["ok"], true);
    EXPECT_EQ(group[0].ask("send-ordered for members")["ok"], true);
    EXPECT_EQ(group[1].process.await_event("message")["data"], "to members");
    EXPECT_EQ(group[1].process.await_event("message")["data"], "for members");
    EXPECT_EQ(group[0].ask("request-vote consensus 4000 fine?")["ok"], true);
    for (std::size_t i = 0; i < 2; ++i) {
        const Json asked = group[i].process.await_event("vote_requested");
        EXPECT_EQ(group[i].ask("vote " + asked.value("poll", "") + " yes")["ok"], true);
    }
    const Json result = witness.process.await([](const Json& json) {
        EXPECT_NE(json["event"], "message") << json;
        EXPECT_NE(json["event"], "vote_requested") << json;
        return json["event"] == "vote_result";
    });
    EXPECT_EQ(result["outcome"], "yes");
    EXPECT_EQ(result["electorate"], 2) << result;
    const Json refused = witness.ask("send-ordered from nobody");
    EXPECT_EQ(refused["ok"], false);
    EXPECT_EQ(refused["error"], "bad_command");
    const Json unheard = group[0].ask("send-member " + witness.id + " to nobody");
    EXPECT_EQ(unheard["error"], "unknown_member") << unheard;
}

TEST(Witness, keeps_one_of_two_deciding) {
    TwoAndAWitness group;
    Member& lost = group.leader_id() == group[0].id ? group[0] : group[1];
    Member& left = &lost == &group[0] ? group[1] : group[0];
    EXPECT_EQ(lost.ask("send-ordered before")["ok"], true);
    EXPECT_EQ(left.process.await_event("message")["data"], "before");
    lost.process.kill();
    EXPECT_EQ(left.process.await_event("leader_elected")["leader"], left.id);
    EXPECT_EQ(left.ask("send-ordered after")["ok"], true);
}

TEST(Witness, of_three_only_one_is_let_in) {
    TwoAndAWitness group;
    group[0].process.kill();
    EXPECT_FALSE(group[1].process.await_event("member_left").is_null());
    Member& second = group.add("second", {"--role", "witness"});
    EXPECT_EQ(second.process.await_exit(), 77);
    EXPECT_NE(second.process.errors().find("witness"), std::string::npos);
}

}  // namespace
}  // namespace quorate::blackbox
