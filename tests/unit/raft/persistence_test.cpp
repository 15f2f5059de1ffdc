// What must be on disk before what leaves (section 3.8), with a store that takes its time.
#include <gtest/gtest.h>

#include "tests/unit/raft/cluster.h"

namespace quorate::raft::test {
namespace {

template <class Kind>
std::size_t count_of(const std::vector<Outgoing>& messages) {
    std::size_t count = 0;
    for (const Outgoing& outgoing : messages) {
        count += std::holds_alternative<Kind>(outgoing.message);
    }
    return count;
}

TEST(Persistence, AVoteLeavesOnlyAfterIt) {
    Solo solo;
    solo.raft.receive(solo.now, member(2), vote_for(3));
    const Output out = solo.raft.take_output(solo.now);
    ASSERT_TRUE(out.hard_state);
    EXPECT_EQ(*out.hard_state, (HardState{3, member(2)}));
    EXPECT_TRUE(out.send_now.empty());
    EXPECT_EQ(count_of<VoteReply>(out.send_after_persist), 1u);
}

TEST(Persistence, AnAcknowledgementLeavesOnlyAfterIt) {
    Solo solo;
    solo.raft.receive(solo.now, member(2), append_of(1, 0, 0, {command(1, 1)}, 1));
    const Output out = solo.raft.take_output(solo.now);
    EXPECT_EQ(out.entries.size(), 1u);
    EXPECT_EQ(out.last_persisting, 1u);
    EXPECT_EQ(out.committed.size(), 1u);
    EXPECT_TRUE(out.send_now.empty());
    EXPECT_EQ(count_of<AppendReply>(out.send_after_persist), 1u);
    const Output next = solo.raft.take_output(solo.now);
    EXPECT_TRUE(next.entries.empty() && next.send_after_persist.empty() && next.committed.empty())
        << "everything is given out once";
}

TEST(Persistence, ACandidateAsksOnlyWhenItsOwnVoteIsOnDisk) {
    Solo solo;
    solo.raft.campaign(solo.now, Trigger::founding);
    const Output out = solo.raft.take_output(solo.now);
    EXPECT_EQ(*out.hard_state, (HardState{1, member(1)}));
    EXPECT_TRUE(out.send_now.empty());
    EXPECT_EQ(count_of<VoteRequest>(out.send_after_persist), 2u);
}

TEST(Persistence, ALeaderSendsBeforeItsDiskIsDoneButCountsItselfOnlyAfter) {
    Solo solo;
    solo.establish();
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("x")));
    const Output out = solo.raft.take_output(solo.now);
    EXPECT_EQ(count_of<Append>(out.send_now), 2u);
    AppendReply reply;
    reply.term = solo.raft.term();
    reply.accepted = reply.promise = true;
    reply.match = 2;
    reply.sent = solo.now.boottime;
    solo.raft.receive(solo.now, member(2), reply);
    EXPECT_EQ(solo.raft.commit_index(), 1u) << "it and one other, but its own is not on disk";
    solo.raft.persisted(solo.now, out.last_persisting);
    EXPECT_EQ(solo.raft.commit_index(), 2u);
}

TEST(Persistence, TwoOthersAreEnoughWithoutTheLeadersDisk) {
    Solo solo;
    solo.establish();
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("x")));
    (void)solo.raft.take_output(solo.now);
    AppendReply reply;
    reply.term = solo.raft.term();
    reply.accepted = reply.promise = true;
    reply.match = 2;
    reply.sent = solo.now.boottime;
    solo.raft.receive(solo.now, member(2), reply);
    solo.raft.receive(solo.now, member(3), reply);
    EXPECT_EQ(solo.raft.commit_index(), 2u);
}

TEST(Persistence, ASingleVoterTellsNobodyBeforeItsTermIsOnDisk) {
    Solo solo(timing(1), founding(members({1}), members({2})));
    solo.raft.campaign(solo.now, Trigger::founding);
    const Output out = solo.raft.take_output(solo.now);
    EXPECT_TRUE(out.send_now.empty());
    EXPECT_EQ(count_of<Append>(out.send_after_persist), 1u);
    EXPECT_EQ(solo.raft.commit_index(), 0u);
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("x")));
    const Output next = solo.raft.take_output(solo.now);
    EXPECT_TRUE(next.send_now.empty()) << "the term is still on its way to the disk";
    solo.raft.persisted(solo.now, out.last_persisting);
    solo.raft.persisted(solo.now, next.last_persisting);
    EXPECT_EQ(solo.raft.commit_index(), 2u);
}

/// Makes a follower of 3 the leader of term 3, with the vote of 2, while the disk does nothing.
void lead_without_disk(Solo& solo) {
    VoteReply grant;
    grant.term = 3;
    grant.granted = true;
    solo.raft.declare_dead(solo.now, member(3));
    solo.wait(25ms);
    solo.raft.tick(solo.now);
    grant.sent = solo.now.boottime;
    for (const bool pre_vote : {true, false}) {
        grant.pre_vote = pre_vote;
        solo.raft.receive(solo.now, member(2), grant);
    }
    ASSERT_EQ(solo.raft.role(), Role::leader);
}

TEST(Persistence, WhatIsTakenBackIsSaidAndDoesNotCountAsOnDisk) {
    for (const bool disk_was_faster : {true, false}) {
        Solo solo;
        solo.raft.receive(solo.now, member(2),
                          append_of(1, 0, 0, {command(1, 1), command(2, 1), command(3, 1)}));
        const Output first = solo.raft.take_output(solo.now);
        if (disk_was_faster) solo.raft.persisted(solo.now, first.last_persisting);
        solo.raft.receive(solo.now, member(3), append_of(2, 1, 1, {command(2, 2)}));
        const Output second = solo.raft.take_output(solo.now);
        EXPECT_EQ(second.truncate_from, 2u);
        ASSERT_EQ(second.entries.size(), 1u);
        EXPECT_EQ(second.last_persisting, 2u);
        if (!disk_was_faster) solo.raft.persisted(solo.now, first.last_persisting);
        lead_without_disk(solo);
        EXPECT_EQ(solo.raft.match_index(member(1)), 1u) << "the 2 on disk is not the 2 of term 2";
        solo.raft.persisted(solo.now, second.last_persisting);
        EXPECT_EQ(solo.raft.match_index(member(1)), 2u);
    }
}

TEST(Persistence, EntriesTakenBackBeforeTheyLeftAreNeverSeen) {
    Solo solo;
    solo.raft.receive(solo.now, member(2), append_of(1, 0, 0, {command(1, 1), command(2, 1)}));
    solo.raft.receive(solo.now, member(3), append_of(2, 0, 0, {command(1, 2)}));
    const Output out = solo.raft.take_output(solo.now);
    EXPECT_FALSE(out.truncate_from);
    ASSERT_EQ(out.entries.size(), 1u);
    EXPECT_EQ(out.entries[0].term, 2u);
}

}  // namespace
}  // namespace quorate::raft::test
