// active_replica: a client gets each answer once, from whoever is there.
#include <gtest/gtest.h>

#include "members.h"

namespace quorate::blackbox {
namespace {

class ActiveReplica : public ::testing::Test {
protected:
    ActiveReplica() {
        for (const char* name : {"anna", "bert", "carl"}) members_.start(name, {"replica", name});
    }
    /// Each once, in their order, and right.
    void expect_answers(const ExampleMember& client, std::uint64_t count) {
        const auto questions = client.all("10\\^10 \\+ ([0-9]+) is divisible by [0-9]+");
        const auto answers = client.all("10\\^10 \\+ [0-9]+ is divisible by ([0-9]+)");
        ASSERT_EQ(questions.size(), count);
        for (std::uint64_t i = 0; i < count; ++i) {
            EXPECT_EQ(questions[i], std::to_string(i + 1));
            const std::uint64_t divisor = std::stoull(answers[i]);
            EXPECT_GT(divisor, 1u);
            EXPECT_EQ((10'000'000'000 + i + 1) % divisor, 0u) << answers[i];
        }
    }

    Members members_{"active_replica"};
};

int first_number(const std::vector<std::string>& found) {
    return found.size() == 1 ? std::stoi(found.front()) : -1;
}

TEST_F(ActiveReplica, all_answer_and_the_client_drops_all_answers_but_the_first) {
    ExampleMember& client = members_.start("client", {"client", "20"});
    client.expect_end();
    expect_answers(client, 20);
    EXPECT_EQ(first_number(client.all("asked ([0-9]+), dropped [0-9]+ answers")), 20);
    // The last question's may still have been under way.
    const int dropped = first_number(client.all("asked [0-9]+, dropped ([0-9]+) answers"));
    EXPECT_GE(dropped, 2 * 19);
    EXPECT_LE(dropped, 2 * 20);
}

class KilledReplica : public ActiveReplica, public ::testing::WithParamInterface<const char*> {};

TEST_P(KilledReplica, is_not_noticed_by_the_client) {
    ExampleMember& client = members_.start("client", {"client", "40"});
    client.await("10\\^10 \\+ 15 is .*");
    members_.kill(GetParam());
    client.expect_end();
    expect_answers(client, 40);
    EXPECT_EQ(first_number(client.all("asked ([0-9]+), dropped [0-9]+ answers")), 40)
        << "no question was asked twice";
    // Three answered the first 14 questions, and two the last 15 at least: the kill may come late.
    // The last question's second answer may still have been under way.
    const int dropped = first_number(client.all("asked [0-9]+, dropped ([0-9]+) answers"));
    EXPECT_GE(dropped, 14 * 2 + 26 - 1);
    EXPECT_LE(dropped, 25 * 2 + 15);
}

INSTANTIATE_TEST_SUITE_P(WhoeverItIs, KilledReplica, ::testing::Values("anna", "bert", "carl"));

}  // namespace
}  // namespace quorate::blackbox
