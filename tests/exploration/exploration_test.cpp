// A short run of every setting, and deliberate faults that an exploration must find.
#include "tests/exploration/explorer.h"

#include <gtest/gtest.h>

#include "tests/exploration/opening.h"

namespace quorate::exploration {
namespace {

Setting named(const std::string& name) {
    for (const Setting& setting : settings()) {
        if (setting.name == name) return setting;
    }
    ADD_FAILURE() << "no setting is called " << name;
    return {};
}

Founding voters(std::initializer_list<Node> nodes) {
    Founding founding;
    for (const Node node : nodes) founding.voters.push_back(member(node));
    return founding;
}

TEST(Exploration, every_rule_holds_in_every_setting_and_nothing_rare_is_left_out) {
    Counts total;
    for (const Setting& setting : settings()) {
        const Report report = explore(setting, {.states = 150'000, .depth = 1000, .until = {}});
        EXPECT_FALSE(report.violation) << setting.name << ":\n" << report.story;
        EXPECT_GE(report.depth, 5u) << setting.name;
        total.add(report.counts);
    }
    EXPECT_GE(total.states, settings().size() * 150'000);
    EXPECT_GT(total.leaders, 0u);
    EXPECT_GT(total.deposed, 0u);
    EXPECT_GT(total.commits, 0u);
    EXPECT_GT(total.truncations, 0u);
    EXPECT_GT(total.changes_done, 0u);
    EXPECT_GT(total.crashes, 0u);
    EXPECT_GT(total.restarts, 0u);
    EXPECT_GT(total.transfers, 0u);
    EXPECT_GT(total.states_taken, 0u);
    EXPECT_GT(total.leases, 0u);
    EXPECT_GT(total.joint, 0u);
    EXPECT_GT(total.twins, 100u) << "fingerprints leave nothing out that matters";
}

TEST(Exploration, the_same_limits_visit_the_same_states) {
    const Limits limits{.states = 20'000, .depth = 1000, .until = {}};
    const Report one = explore(named("led"), limits);
    const Report other = explore(named("led"), limits);
    EXPECT_EQ(one.counts.transitions, other.counts.transitions);
    EXPECT_EQ(one.counts.commits, other.counts.commits);
}

TEST(Exploration, ends_where_there_is_nothing_more) {
    Setting alone = named("cold");
    alone.founding.fill(voters({0}));
    alone.bounds.terms = 1;
    alone.bounds.crashes = 0;
    alone.seats = 1;
    const Report report = explore(alone, {.states = 100'000, .depth = 1000, .until = {}});
    EXPECT_TRUE(report.exhausted);
    EXPECT_LT(report.counts.states, 1000u);
    EXPECT_FALSE(report.violation) << report.story;
}

TEST(Exploration, a_copy_of_a_core_goes_its_own_way) {
    raft::Options options;
    options.self = member(0);
    options.heartbeat = tick;
    options.election_min = options.election_max = election_ticks * tick;
    auto base = std::make_shared<raft::Snapshot>();
    base->configuration.voters = {member(0)};
    Moment now;
    raft::Raft original(options, now, base);
    original.campaign(now, raft::Trigger::founding);
    original.take_output(now);
    ASSERT_EQ(original.role(), raft::Role::leader);
    const auto before = original.fingerprint(now, 10 * tick);
    raft::Raft copy = original;
    EXPECT_EQ(copy.fingerprint(now, 10 * tick), before);
    ASSERT_TRUE(copy.propose(now, Payload("open")));
    EXPECT_NE(copy.fingerprint(now, 10 * tick), before);
    EXPECT_EQ(original.fingerprint(now, 10 * tick), before);
    EXPECT_EQ(original.log().last_index() + 1, copy.log().last_index());
}

// ---- faults that must be found ----

TEST(ExplorationFinds, a_second_leader_where_a_restart_forgets_the_vote) {
    Setting setting = named("cold");
    setting.mutations.amnesia = true;
    setting.bounds.proposals = 0;
    setting.bounds.terms = 1;
    setting.open = [](Opening& opening) { opening.win(0, 2); };
    const Report report = explore(setting, {.states = 2'000'000, .depth = 1000, .until = {}});
    ASSERT_TRUE(report.violation);
    EXPECT_EQ(report.violation->rule, "one leader a term") << report.story;
    EXPECT_NE(report.story.find("starts again"), std::string::npos) << report.story;
    EXPECT_NE(report.story.find("BROKEN"), std::string::npos) << report.story;
}

TEST(ExplorationFinds, a_second_lease_where_a_restart_forgets_its_promise) {
    Setting setting = named("waking");
    setting.mutations.no_withholding = true;
    const Report report = explore(setting, {.states = 2'000'000, .depth = 1000, .until = {}});
    ASSERT_TRUE(report.violation);
    EXPECT_EQ(report.violation->rule, "a lease is never held by two") << report.story;
}

/// Node 1 was founded alone, nodes 2 and 3 together: what the seat floor is for.
Setting split(std::uint32_t seats) {
    Setting setting = named("cold");
    setting.founding = {voters({0}), voters({1, 2}), voters({1, 2})};
    setting.bounds.crashes = 0;
    setting.bounds.proposals = 0;
    setting.seats = seats;
    return setting;
}

TEST(ExplorationFinds, a_leader_of_its_own_on_each_side_where_the_seat_floor_is_one) {
    const Report report = explore(split(1), {.states = 1'000'000, .depth = 1000, .until = {}});
    ASSERT_TRUE(report.violation);
    EXPECT_NE(report.story.find("LEADER"), std::string::npos) << report.story;
    const Report floored = explore(split(3), {.states = 200'000, .depth = 1000, .until = {}});
    EXPECT_FALSE(floored.violation) << floored.story;
}

TEST(ExplorationFinds, a_lost_entry_where_a_liar_acknowledges_what_it_does_not_hold) {
    Setting setting = named("fork");
    setting.bounds.crashes = 0;
    setting.bounds.proposals = 1;
    setting.open = [](Opening& opening) {
        opening.elect(0);
        opening.propose(0);
        opening.lose_everything();
        raft::AppendReply lie;
        lie.term = 1;
        lie.accepted = lie.promise = true;
        lie.match = 2;
        opening.forge(2, 0, lie);
    };
    const Report report = explore(setting, {.states = 8'000'000, .depth = 1000, .until = {}});
    ASSERT_TRUE(report.violation);
    EXPECT_EQ(report.violation->rule, "a leader has every entry committed in earlier terms")
        << report.story;
}

TEST(ExplorationFinds, an_entry_of_another_content_where_a_liar_appends_it) {
    Setting setting = named("led");
    setting.bounds.crashes = 0;
    setting.open = [](Opening& opening) {
        opening.elect(0);
        raft::Append lie;
        lie.term = 1;
        lie.prev_index = 1;
        lie.prev_term = 1;
        raft::Entry entry;
        entry.term = 1;
        entry.index = 2;
        entry.kind = raft::EntryKind::command;
        entry.data = Payload("forged");
        lie.entries = {entry};
        opening.forge(0, 1, lie);
    };
    const Report report = explore(setting, {.states = 1'000'000, .depth = 1000, .until = {}});
    ASSERT_TRUE(report.violation);
    EXPECT_EQ(report.violation->rule, "log matching") << report.story;
}

TEST(ExplorationFinds, a_broken_invariant_of_the_core_itself) {
    Setting setting = named("led");
    setting.open = [](Opening& opening) {
        opening.elect(0);
        raft::Append lie;
        lie.term = 1;
        opening.forge(2, 1, lie);  // node 3 claims to lead node 1's term
    };
    const Report report = explore(setting, {.states = 100'000, .depth = 1000, .until = {}});
    ASSERT_TRUE(report.violation);
    EXPECT_EQ(report.violation->rule, "the core's own invariant") << report.story;
    EXPECT_EQ(report.depth, 0u) << "the shortest story is one step";
}

}  // namespace
}  // namespace quorate::exploration
