// Members on hosts of their own, whose links are cut and healed.
//
// Checked over all that they tell: one leader a term, one message an index, nothing lost that was
// acknowledged, no decision of a minority.
#include <gtest/gtest.h>

#include <random>

#include "network.h"
#include "watch.h"

namespace quorate::netns {
namespace {

using blackbox::Arguments;
using blackbox::Duration;
using blackbox::Json;
using blackbox::Member;
using blackbox::Watch;

constexpr std::size_t five = 5;

class RealLinks : public testing::Test {
protected:
    void SetUp() override {
        if (const auto why = Network::why_not()) GTEST_SKIP() << *why;
        network_ = std::make_unique<Network>(five);
        for (std::size_t host = 0; host < five; ++host) {
            const Arguments options{"--size",   "5",
                                    "--listen", "tcp://" + network_->address(host) + ":5600",
                                    "--seed",   "tcp://" + network_->address(0) + ":5600"};
            members_.push_back(std::make_unique<Member>("m" + std::to_string(host), options,
                                                        network_->space(host)));
            watch_.add(*members_.back());
        }
        ASSERT_TRUE(settled()) << "five hosts that know one of them form a group";
    }
    void TearDown() override {
        if (!network_) return;
        expect_one_leader_a_term();
        expect_one_message_an_index();
        expect_nothing_acknowledged_is_lost();
    }

    std::vector<Member*> at(const std::vector<std::size_t>& hosts) {
        std::vector<Member*> some;
        for (const std::size_t host : hosts) some.push_back(members_[host].get());
        return some;
    }
    std::vector<Member*> all() { return at({0, 1, 2, 3, 4}); }
    std::size_t host_of(const std::string& id) {
        for (std::size_t host = 0; host < five; ++host) {
            if (members_[host]->id == id) return host;
        }
        ADD_FAILURE() << "no member " << id;
        return 0;
    }
    std::size_t leading_host() { return host_of(watch_.common_leader(all())); }
    std::vector<std::size_t> others(const std::vector<std::size_t>& some) {
        std::vector<std::size_t> rest;
        for (std::size_t host = 0; host < five; ++host) {
            if (std::find(some.begin(), some.end(), host) == some.end()) rest.push_back(host);
        }
        return rest;
    }
    /// Everybody is in, follows one leader, and what any of them says through the log is heard by all.
    bool settled() {
        return watch_.until([&] {
            // Where links have just been healed, who leads may change once more.
            const std::string leader = watch_.common_leader(all());
            if (leader.empty()) return false;
            const Json status = watch_.ask(*members_[host_of(leader)], "status");
            return status["lease"] == true && status["members"].size() == five;
        });
    }
    /// Waits for that, and says how long after `healed_at` the last of them had the leader.
    void expect_converged(std::int64_t healed_at) {
        ASSERT_TRUE(settled());
        std::int64_t last = healed_at;
        for (Member* member : all()) {
            for (const Json& json : watch_.told(*member)) {
                const std::string event = json["event"];
                if (event == "leader_elected" || event == "joined" || event == "quorum_regained") {
                    last = std::max(last, json["t_ns"].get<std::int64_t>());
                }
            }
        }
        const auto took = (last - healed_at) / 1'000'000;
        RecordProperty("converged_after_ms", static_cast<int>(took));
        std::cout << "converged " << took << " ms after the links were whole\n";
        EXPECT_LE(took, 2000);
        const std::string word = "whole again " + std::to_string(++words_);
        EXPECT_EQ(say(*members_[0], word)["ok"], true);
        EXPECT_TRUE(watch_.until([&] { return watch_.all_told(all(), "message", "data", word); }));
    }
    Json say(Member& member, const std::string& word) {
        return watch_.ask(member, "send-ordered " + word);
    }
    /// The minority says something that must never be agreed on; the majority goes on.
    void expect_only_the_majority_decides(const std::vector<std::size_t>& minority) {
        const std::vector<std::size_t> majority = others(minority);
        ASSERT_TRUE(watch_.until([&] { return !watch_.common_leader(at(majority)).empty(); }));
        for (const std::size_t host : minority) {
            EXPECT_EQ(say(*members_[host], "of few " + std::to_string(++words_))["ok"], false);
        }
        EXPECT_TRUE(watch_.until([&] {
            return say(*members_[majority[0]], "of many " + std::to_string(++words_))["ok"] == true;
        }));
    }

    void expect_one_leader_a_term() {
        std::map<std::pair<std::string, std::uint64_t>, std::string> leaders;
        for (Member* member : all()) {
            for (const Json& json : watch_.told(*member, "leader_elected")) {
                const auto term = std::pair(json["incarnation"].get<std::string>(),
                                            json["term"].get<std::uint64_t>());
                const std::string leader = json["leader"];
                EXPECT_EQ(leaders.try_emplace(term, leader).first->second, leader) << json;
            }
        }
    }
    void expect_one_message_an_index() {
        std::map<std::uint64_t, std::string> messages;
        for (Member* member : all()) {
            std::uint64_t last = 0;
            for (const Json& json : watch_.told(*member, "message")) {
                const std::uint64_t index = json["index"];
                EXPECT_GT(index, last) << json;
                last = index;
                const std::string data = json["data"];
                EXPECT_EQ(messages.try_emplace(index, data).first->second, data) << json;
                EXPECT_EQ(data.rfind("of few", 0), std::string::npos) << "a minority decided: " << json;
            }
        }
    }
    /// Who was not in the roster meanwhile did not get it; most of them did.
    void expect_nothing_acknowledged_is_lost() {
        std::map<std::uint64_t, std::size_t> heard;
        for (Member* member : all()) {
            for (const Json& json : watch_.told(*member, "message")) ++heard[json["index"]];
        }
        for (Member* member : all()) {
            for (const Json& json : watch_.told(*member, "reply")) {
                if (json["command"] != "send-ordered" || json["ok"] != true) continue;
                EXPECT_GE(heard[json["index"]], five / 2 + 1) << json;
            }
        }
    }

    std::unique_ptr<Network> network_;
    std::vector<std::unique_ptr<Member>> members_;
    Watch watch_{{}};
    int words_ = 0;
};

TEST_F(RealLinks, a_leader_cut_off_with_one_more_is_replaced_by_the_three) {
    const std::size_t leader = leading_host();
    const std::vector<std::size_t> minority{leader, others({leader})[0]};
    network_->part({minority, others(minority)});
    expect_only_the_majority_decides(minority);
    network_->heal();
    expect_converged(blackbox::monotonic_ns());
}

TEST_F(RealLinks, two_followers_cut_off_change_nothing_for_the_three) {
    const std::size_t leader = leading_host();
    const std::vector<std::size_t> rest = others({leader});
    const std::vector<std::size_t> minority{rest[0], rest[1]};
    network_->part({minority, others(minority)});
    expect_only_the_majority_decides(minority);
    EXPECT_EQ(watch_.common_leader(at(others(minority))), members_[leader]->id);
    network_->heal();
    expect_converged(blackbox::monotonic_ns());
}

TEST_F(RealLinks, a_leader_alone_steps_down) {
    const std::size_t leader = leading_host();
    network_->part({{leader}, others({leader})});
    EXPECT_TRUE(watch_.until(
        [&] { return !watch_.told(*members_[leader], "quorum_lost").empty(); }));
    expect_only_the_majority_decides({leader});
    network_->heal();
    expect_converged(blackbox::monotonic_ns());
}

TEST_F(RealLinks, a_leader_that_hears_and_is_not_heard_is_replaced) {
    const std::size_t leader = leading_host();
    for (const std::size_t other : others({leader})) network_->silence(leader, other);
    expect_only_the_majority_decides({leader});
    network_->heal();
    expect_converged(blackbox::monotonic_ns());
}

TEST_F(RealLinks, that_flap_every_100_ms_for_a_minute_break_no_promise) {
    std::mt19937 dice(4711);
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    int sent = 0;
    while (std::chrono::steady_clock::now() < end) {
        // Each host goes to one of two sides; now and then nobody is cut off.
        std::vector<std::vector<std::size_t>> sides(2);
        const bool whole = dice() % 3 == 0;
        for (std::size_t host = 0; host < five; ++host) sides[whole ? 0 : dice() % 2].push_back(host);
        network_->part(sides);
        Member& speaker = *members_[dice() % five];
        speaker.process.write_line("send-ordered in the storm " + std::to_string(++sent));
        ++speaker.commands;
        watch_.listen_for(Duration(100));
    }
    network_->heal();
    expect_converged(blackbox::monotonic_ns());
    std::size_t acknowledged = 0;
    for (Member* member : all()) {
        for (const Json& json : watch_.told(*member, "reply")) acknowledged += json["ok"] == true;
    }
    EXPECT_GT(acknowledged, 0u);
    std::cout << acknowledged << " of " << sent << " were acknowledged in the storm\n";
}

}  // namespace
}  // namespace quorate::netns
