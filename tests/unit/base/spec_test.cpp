#include "quorate/spec.h"

#include <gtest/gtest.h>

#include <cmath>

namespace quorate {
namespace {

using namespace std::chrono_literals;

/// The sentence, or "" for a usable spec.
std::string problem_of(const GroupSpec& spec) {
    const auto problem = find_problem(spec);
    if (!problem) return "";
    EXPECT_EQ(problem->code, ErrorCode::bad_argument);
    return problem->message;
}
std::string problem_of(const MemberOptions& options) {
    const auto problem = find_problem(options);
    return problem ? problem->message : "";
}

TEST(GroupSpec, IsUsableAsItComes) {
    EXPECT_EQ(problem_of(GroupSpec{}), "");
    EXPECT_EQ(problem_of(GroupSpec{.size = 1, .max_voters = 1}), "");
    EXPECT_EQ(problem_of(GroupSpec{.size = 1000, .max_voters = 15, .refound_after = {}}), "");
}

TEST(GroupSpec, KeepsItsBounds) {
    EXPECT_EQ(problem_of(GroupSpec{.size = 0}), "--size (0) must be 1 to 1000");
    EXPECT_EQ(problem_of(GroupSpec{.size = 1001}), "--size (1001) must be 1 to 1000");
    for (const std::uint32_t voters : {0u, 2u, 14u, 16u, 17u}) {
        EXPECT_EQ(
            problem_of(GroupSpec{.max_voters = voters}),
            "--max-voters (" + std::to_string(voters) + ") must be an odd number from 1 to 15");
    }
}

TEST(GroupSpec, NamesThePairOfTimesThatIsInTheWrongOrder) {
    EXPECT_EQ(problem_of(GroupSpec{.timing = {.heartbeat = 200ms}}),
              "--heartbeat-ms (200) must be smaller than --election-min-ms (150)");
    EXPECT_EQ(problem_of(GroupSpec{.timing = {.election_max = 150ms}}),
              "--election-min-ms (150) must be smaller than --election-max-ms (150)");
    EXPECT_EQ(problem_of(GroupSpec{.timing = {.peer_timeout = 250500us}}),
              "--election-max-ms (300) must be smaller than --peer-timeout-ms (250.5)");
    EXPECT_EQ(problem_of(GroupSpec{.timing = {.heartbeat = 0ms}}),
              "--heartbeat-ms must be greater than 0");
    EXPECT_EQ(problem_of(GroupSpec{.timing = {.peer_timeout = -1ms}}),
              "--peer-timeout-ms must be greater than 0");
    EXPECT_EQ(problem_of(GroupSpec{.timing = {.peer_timeout = Duration::max()}}),
              "--peer-timeout-ms must be at most 86400000");
}

TEST(GroupSpec, GivesUpNoSoonerThanAnElectionTakes) {
    EXPECT_EQ(problem_of(GroupSpec{.refound_after = 299ms}),
              "--refound-after-ms (299) must be at least --election-max-ms (300)");
    EXPECT_EQ(problem_of(GroupSpec{.refound_after = 300ms}), "");
    EXPECT_NE(problem_of(GroupSpec{.refound_after = Duration::max()}), "");
}

TEST(GroupSpec, RefusesWhatALaterVersionBrings) {
    EXPECT_NE(problem_of(GroupSpec{.durable = true}).find("--data-dir"), std::string::npos);
}

TEST(GroupSpec, DiffersInASentence) {
    EXPECT_EQ(find_difference({}, {}), std::nullopt);
    EXPECT_EQ(find_difference({.size = 5}, {.size = 3}),
              "--size is 5 on one side and 3 on the other");
    EXPECT_EQ(find_difference({.refound_after = {}}, {}),
              "--refound-after-ms is never on one side and 10000 on the other");
    EXPECT_EQ(find_difference({.durable = true}, {}),
              "durability (--data-dir) is durable on one side and volatile on the other");
    EXPECT_EQ(find_difference({.size = 5, .max_voters = 3}, {.size = 4, .max_voters = 5}),
              "--size is 5 on one side and 4 on the other")
        << "the first one is enough";
}

TEST(GroupSpec, HasNoDifferenceThatIsNotSaid) {
    const GroupSpec ours;
    const GroupSpec others[] = {
        {.size = 4},
        {.max_voters = 5},
        {.kind = Kind::default_kind},
        {.timing = {.heartbeat = 50ms + 1ns}},
        {.timing = {.election_min = 151ms}},
        {.timing = {.election_max = 301ms}},
        {.timing = {.peer_timeout = 1001ms}},
        {.refound_after = 10001ms},
        {.durable = true},
    };
    for (const GroupSpec& theirs : others) {
        EXPECT_NE(theirs, ours);
        EXPECT_TRUE(find_difference(theirs, ours));
    }
}

TEST(GroupName, IsMadeOfIdentifiers) {
    EXPECT_FALSE(find_problem_in_name("feeder_1-A"));
    EXPECT_TRUE(find_problem_in_name(""));
    EXPECT_TRUE(find_problem_in_name("a.b"));
    EXPECT_TRUE(find_problem_in_name(std::string(65, 'a')));
}

TEST(MemberOptions, AreUsableAsTheyCome) {
    EXPECT_EQ(problem_of(MemberOptions{}), "");
    MemberOptions options;
    options.listen = "tcp://[::]:0";
    options.advertise = "tcp://relay-7:5601";
    options.seeds = {"tcp://relay-8:5601", "tcp://[::1]:5601"};
    options.beacon = "";
    EXPECT_EQ(problem_of(options), "");
}

TEST(MemberOptions, NameTheAddressThatIsWrong) {
    const auto with = [](auto change) {
        MemberOptions options;
        change(options);
        return problem_of(options);
    };
    EXPECT_EQ(with([](auto& o) { o.listen = "127.0.0.1:0"; }),
              "--listen (127.0.0.1:0) must be tcp://HOST:PORT, with a port from 0 to 65535");
    EXPECT_EQ(with([](auto& o) { o.advertise = "tcp://relay-7:0"; }),
              "--advertise (tcp://relay-7:0) must be tcp://HOST:PORT, with a port from 1 to 65535");
    EXPECT_EQ(with([](auto& o) {
                  o.seeds = {"tcp://a:1", "tcp://b"};
              }),
              "--seed (tcp://b) must be tcp://HOST:PORT, with a port from 1 to 65535");
    EXPECT_EQ(with([](auto& o) { o.beacon = "tcp://127.255.255.255:17670"; }).substr(0, 8),
              "--beacon");
    EXPECT_EQ(with([](auto& o) { o.beacon = "127.255.255.255:0"; }).substr(0, 8), "--beacon");
}

TEST(MemberOptions, KeepTheirBounds) {
    const auto refused = [](auto change) {
        MemberOptions options;
        change(options);
        return find_problem(options).has_value();
    };
    EXPECT_TRUE(refused([](auto& o) { o.mailbox_commands = 0; }));
    EXPECT_TRUE(refused([](auto& o) { o.mailbox_events = 15; }));
    EXPECT_TRUE(refused([](auto& o) { o.message_bytes = 0; }));
    EXPECT_TRUE(refused([](auto& o) { o.message_bytes = (32u << 20) + 1; }));
    EXPECT_FALSE(refused([](auto& o) { o.message_bytes = 32u << 20; }));
    EXPECT_TRUE(refused([](auto& o) { o.link_messages = 1'000'001; }));
    EXPECT_TRUE(refused([](auto& o) { o.uncommitted_bytes = 1000; }));
    EXPECT_TRUE(refused([](auto& o) { o.kept_entries = 99; }));
    EXPECT_TRUE(refused([](auto& o) { o.kept_bytes = 1000; }));
    EXPECT_TRUE(refused([](auto& o) { o.open_polls = 1025; }));
    EXPECT_TRUE(refused([](auto& o) { o.peers = 15; }));
    EXPECT_TRUE(refused([](auto& o) { o.clock_drift = 0.21; }));
    EXPECT_TRUE(refused([](auto& o) { o.clock_drift = -0.01; }));
    EXPECT_TRUE(refused([](auto& o) { o.clock_drift = std::nan(""); }));
}

}  // namespace
}  // namespace quorate
