// Anything may come from the network (design rule 12). What can't be is ignored; what would mean
// that Raft itself is broken stops the program.
#include <gtest/gtest.h>

#include <limits>

#include "raft/validate.h"
#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

void expect_ignored(const Message& message) {
    Solo solo;
    solo.hear(2, message);
    EXPECT_TRUE(solo.sent.empty());
    EXPECT_EQ(solo.raft.term(), 0u);
    EXPECT_EQ(solo.raft.leader(), MemberId{});
}

TEST(Hostile, AppendsThatCannotBeAreIgnored) {
    expect_ignored(append_of(0, 0, 0));
    expect_ignored(append_of(std::numeric_limits<Term>::max(), 0, 0));
    expect_ignored(append_of(2, 5, 3));
    expect_ignored(append_of(2, 0, 1));
    expect_ignored(append_of(2, 0, 0, {command(2, 1)}));
    expect_ignored(append_of(2, 0, 0, {command(1, 1), command(3, 1)}));
    expect_ignored(append_of(2, 0, 0, {command(1, 2), command(2, 1)}));
    expect_ignored(append_of(2, 0, 0, {command(1, 3)}));
    expect_ignored(append_of(2, 0, 0, {command(1, 0)}));
    expect_ignored(append_of(2, std::numeric_limits<Index>::max(), 1, {command(0, 1)}));
}

TEST(Hostile, ConfigurationsThatCannotBeAreIgnored) {
    const auto with = [](std::shared_ptr<const Configuration> configuration) {
        Entry entry = command(1, 1, "");
        entry.kind = EntryKind::configuration;
        entry.configuration = std::move(configuration);
        return append_of(1, 0, 0, {entry});
    };
    const auto make = [](Configuration configuration) {
        return std::make_shared<const Configuration>(std::move(configuration));
    };
    expect_ignored(with(nullptr));
    expect_ignored(with(make({})));
    expect_ignored(with(make({members({1, 1}), {}, {}})));
    expect_ignored(with(make({members({1, 2}), {}, members({2})})));
    expect_ignored(with(make({members({1, 2}), members({1, 3}), members({3}), {}, 2, 2})));
    expect_ignored(with(make({members({1, 2}), members({1, 3}), {}, {}, 2, 0})));
    expect_ignored(with(make({members({1, 2}), {}, {}, {}, 0})));
    expect_ignored(InstallSnapshot{1, nullptr, {}});
    auto broken = std::make_shared<Snapshot>();
    expect_ignored(InstallSnapshot{1, broken, {}});
}

/// A term that is adopted is never given up again: by leaps to the last one there would be no
/// election any more.
TEST(Hostile, TermsFarAheadAreIgnored) {
    expect_ignored(append_of(max_term_leap + 1, 0, 0));
    expect_ignored(vote_for(max_term, 1, 1));
    Solo solo;
    solo.hear(2, append_of(max_term_leap, 0, 0));
    EXPECT_EQ(solo.raft.term(), max_term_leap) << "a leap that may just be";
}

TEST(Hostile, VoteRequestsThatCannotBeAreIgnored) {
    expect_ignored(vote_for(0));
    expect_ignored(vote_for(1, 1, 1));
    VoteRequest handed_on = vote_for(3);
    handed_on.handed_on = 3;
    expect_ignored(handed_on);
}

TEST(Hostile, AnAcknowledgementBeyondTheLogIsIgnored) {
    Solo solo;
    solo.win_election();
    AppendReply reply = solo.acknowledgement(2);
    reply.match = 1000;
    solo.hear(2, reply);
    EXPECT_EQ(solo.raft.match_index(member(2)), 0u);
    EXPECT_EQ(solo.raft.commit_index(), 0u);
}

TEST(Hostile, RepliesOfStrangersAreIgnored) {
    Solo solo;
    solo.win_election();
    AppendReply reply = solo.acknowledgement(2);
    solo.hear(77, reply);
    reply.term += 100;
    solo.hear(77, reply);
    EXPECT_EQ(solo.raft.role(), Role::leader);
    EXPECT_EQ(solo.raft.commit_index(), 0u);
}

TEST(Hostile, OwnMessagesComingBackAreIgnored) {
    Solo solo;
    solo.win_election();
    const Append own = *solo.last<Append>(2);
    solo.hear(1, own);
    EXPECT_EQ(solo.raft.role(), Role::leader);
}

TEST(Hostile, AStrangerCannotContradictWhatIsCommitted) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0, {command(1, 1)}, 1));
    solo.hear(77, append_of(5, 0, 0, {command(1, 5)}, 1));
    EXPECT_EQ(solo.raft.log().term_at(1), 1u);
}

TEST(Hostile, AnySequenceOfRandomMessagesIsSurvived) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        base::Random random(seed);
        Solo solo;
        for (int step = 0; step < 200; ++step) {
            const std::uint64_t from = 70 + random.below(3);  // strangers: they can lie about all
            const Term term = random.below(4);
            const Index index = random.below(4);
            switch (random.below(7)) {
                case 0:
                    solo.hear(from, vote_for(term, index, random.below(3)));
                    break;
                case 1:
                    solo.hear(from, pre_vote_for(term, index, random.below(3)));
                    break;
                case 2: {
                    Entries entries;
                    for (Index at = 1; at <= random.below(4); ++at) {
                        entries.push_back(command(index + at, random.below(4)));
                    }
                    solo.hear(from,
                              append_of(term, index, random.below(3), entries, random.below(6)));
                    break;
                }
                case 3: {
                    AppendReply reply;
                    reply.term = term;
                    reply.accepted = random.one_in(2);
                    reply.match = reply.hint_index = index;
                    reply.needs_snapshot = random.one_in(3);
                    reply.sent = solo.now.boottime;
                    solo.hear(2 + random.below(2), reply);
                    break;
                }
                case 4: {
                    VoteReply reply;
                    reply.term = term;
                    reply.granted = random.one_in(2);
                    reply.pre_vote = random.one_in(2);
                    reply.sent = solo.now.boottime;
                    solo.hear(2 + random.below(2), reply);
                    break;
                }
                case 5: {
                    auto snapshot = std::make_shared<Snapshot>(*founding(members({1, 2, 3})));
                    snapshot->index = index;
                    snapshot->term = random.below(4);
                    solo.hear(from, InstallSnapshot{term, snapshot, {}});
                    break;
                }
                default:
                    solo.wait_for_timer();
                    break;
            }
        }
    }
}

using HostileDeathTest = ::testing::Test;

TEST(HostileDeathTest, TwoLeadersInOneTermStopTheProgram) {
    Solo solo;
    solo.win_election();
    EXPECT_DEATH(solo.hear(2, append_of(solo.raft.term(), 0, 0)), "one leader");
}

TEST(HostileDeathTest, ALeaderThatLacksACommittedEntryStopsTheProgram) {
    Solo solo;
    solo.hear(2, append_of(1, 0, 0, {command(1, 1)}, 1));
    EXPECT_DEATH(solo.hear(3, append_of(2, 0, 0, {command(1, 2)})), "every committed entry");
}

}  // namespace
}  // namespace quorate::raft::test
