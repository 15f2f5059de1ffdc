// The judge of histories: good and bad ones, told as stories of clients of one register.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "sim/core/history.h"

namespace quorate::sim::core {
namespace {

using namespace std::chrono_literals;

using Outcome = History::Outcome;

struct Told : History {
    void write(Value value, Nanos call, Nanos answer) {
        returned(invoked({.key = key, .write = true, .value = value, .call = call}), value, answer);
    }
    void write_of_unknown_outcome(Value value, Nanos call) {
        invoked({.key = key, .write = true, .value = value, .call = call});
    }
    void read(Value value, Nanos call, Nanos answer) {
        returned(invoked({.key = key, .write = false, .value = 0, .call = call}), value, answer);
    }
    std::uint32_t key = 0;
};

TEST(History, nothing_is_linearizable_and_so_is_one_after_the_other) {
    Told told;
    EXPECT_EQ(told.judge().outcome, Outcome::linearizable);
    told.read(0, 1s, 2s);
    told.write(7, 3s, 4s);
    told.read(7, 5s, 6s);
    told.write(8, 7s, 8s);
    told.read(8, 9s, 10s);
    EXPECT_EQ(told.judge().outcome, Outcome::linearizable);
}

TEST(History, a_stale_read_is_caught) {
    Told told;
    told.write(7, 1s, 2s);
    told.write(8, 3s, 4s);
    told.read(7, 5s, 6s);
    const History::Finding finding = told.judge();
    EXPECT_EQ(finding.outcome, Outcome::violated);
    EXPECT_EQ(finding.key, 0u);
    EXPECT_NE(finding.details.find("read 7"), std::string::npos) << finding.details;
}

TEST(History, a_lost_write_is_caught) {
    Told told;
    told.write(7, 1s, 2s);
    told.read(0, 3s, 4s);
    EXPECT_EQ(told.judge().outcome, Outcome::violated);
}

TEST(History, what_overlaps_may_come_in_either_order) {
    Told told;
    told.write(7, 1s, 10s);
    told.write(8, 2s, 9s);
    told.read(7, 3s, 4s);
    told.read(8, 5s, 6s);
    EXPECT_EQ(told.judge().outcome, Outcome::linearizable);
}

TEST(History, two_readers_that_see_two_orders_are_caught) {
    Told told;
    told.write(7, 1s, 10s);
    told.write(8, 1s, 10s);
    told.read(7, 2s, 3s);
    told.read(8, 4s, 5s);
    told.read(7, 6s, 7s);
    EXPECT_EQ(told.judge().outcome, Outcome::violated);
}

TEST(History, a_new_value_that_is_gone_again_is_caught) {
    Told told;
    told.write(7, 1s, 2s);
    told.write(8, 3s, 10s);
    told.read(8, 4s, 5s);
    told.read(7, 6s, 7s);
    EXPECT_EQ(told.judge().outcome, Outcome::violated);
}

TEST(History, an_unknown_outcome_may_come_late_or_never) {
    Told told;
    told.write_of_unknown_outcome(7, 1s);
    told.write_of_unknown_outcome(9, 1s);
    told.read(0, 2s, 3s);
    told.write(8, 4s, 5s);
    told.read(7, 6s, 7s);
    told.read(7, 8s, 9s);
    EXPECT_EQ(told.judge().outcome, Outcome::linearizable);
}

TEST(History, an_unknown_outcome_comes_once) {
    Told told;
    told.write_of_unknown_outcome(7, 1s);
    told.read(7, 2s, 3s);
    told.write(8, 4s, 5s);
    told.read(7, 6s, 7s);
    EXPECT_EQ(told.judge().outcome, Outcome::violated);
}

TEST(History, a_value_read_before_it_was_written_or_by_nobody_is_caught) {
    Told early;
    early.read(7, 1s, 2s);
    early.write(7, 3s, 4s);
    EXPECT_EQ(early.judge().outcome, Outcome::violated);
    Told nobodys;
    nobodys.read(9, 1s, 2s);
    EXPECT_EQ(nobodys.judge().outcome, Outcome::violated);
}

TEST(History, each_key_is_a_register_of_its_own) {
    Told told;
    told.write(7, 1s, 2s);
    told.key = 1;
    told.read(0, 3s, 4s);
    told.write(8, 5s, 6s);
    EXPECT_EQ(told.judge().outcome, Outcome::linearizable);
    told.read(0, 7s, 8s);
    const History::Finding finding = told.judge();
    EXPECT_EQ(finding.outcome, Outcome::violated);
    EXPECT_EQ(finding.key, 1u);
}

TEST(History, the_search_is_bounded) {
    Told told;
    for (Value value = 1; value <= 40; ++value) told.write(value, 1s, 10s);
    told.read(99, 11s, 12s);
    EXPECT_EQ(told.judge(1000).outcome, Outcome::given_up);
}

/// Operations of several clients on a real register, each taking effect somewhere within its span.
Told drawn(base::Random& random, int count) {
    struct Effect {
        Nanos at;
        Operation operation;
    };
    std::vector<Effect> effects;
    Value next = 0;
    for (int client = 0; client < 4; ++client) {
        Nanos at{0};
        for (int i = 0; i < count; ++i) {
            const Nanos call = at + random.between(1ms, 20ms);
            const Nanos effect = call + random.between(1ms, 30ms);
            at = effect + random.between(1ms, 30ms);
            const bool write = random.one_in(2);
            effects.push_back(
                {effect,
                 {.write = write, .value = write ? ++next : 0, .call = call, .answer = at}});
        }
    }
    std::sort(effects.begin(), effects.end(),
              [](const Effect& a, const Effect& b) { return a.at < b.at; });
    Told told;
    Value holds = 0;
    for (const Effect& effect : effects) {
        const Operation& each = effect.operation;
        if (!each.write) {
            told.read(holds, each.call, each.answer);
        } else {
            holds = each.value;
            if (random.one_in(5)) {
                told.write_of_unknown_outcome(each.value, each.call);
            } else {
                told.write(each.value, each.call, each.answer);
            }
        }
    }
    return told;
}

TEST(History, what_a_register_did_is_always_explained_and_quickly) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        base::Random random(seed);
        const History::Finding finding = drawn(random, 100).judge(50'000);
        EXPECT_EQ(finding.outcome, Outcome::linearizable) << seed << " " << finding.details;
    }
}

TEST(History, a_read_of_what_was_overwritten_long_ago_is_always_caught) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        base::Random random(seed);
        Told told = drawn(random, 50);
        told.write(1'000'000, 20s, 21s);
        told.write(1'000'001, 22s, 23s);
        told.read(1'000'000, 24s, 25s);
        EXPECT_EQ(told.judge().outcome, Outcome::violated) << seed;
    }
}

}  // namespace
}  // namespace quorate::sim::core
