// A busy leader brings up who is behind at a pace (pace.h).
#include <gtest/gtest.h>

#include "tests/unit/raft/solo.h"

namespace quorate::raft::test {
namespace {

TEST(Pace, IsKeptByWhoCommitsAsMuchAsTheRateUntilARoundWithLess) {
    Pace pace(1000, 1h);
    pace.begin(0s);
    pace.note_committed(50ms, 100);
    pace.note_round(100ms);
    EXPECT_FALSE(pace.allows(100ms, 101));
    pace.note_committed(150ms, 99);
    pace.note_round(200ms);
    EXPECT_TRUE(pace.allows(200ms, 1000)) << "less than the rate";
    pace.note_committed(250ms, 1000);
    pace.note_round(300ms);
    EXPECT_FALSE(pace.allows(300ms, 2000));
    pace.begin(300ms);
    EXPECT_TRUE(pace.allows(300ms, 2000)) << "another leadership";
}

TEST(Pace, OfARateOfNothingIsKeptOnlyByWhoCommits) {
    Pace pace(0, 1h);
    pace.begin(0s);
    pace.note_round(1s);
    EXPECT_TRUE(pace.allows(1s, 1));
}

TEST(Pace, EndsWithTheCommits) {
    Pace pace(1, 5ms);
    pace.begin(0s);
    pace.note_committed(50ms, 100);
    pace.note_round(50ms);
    EXPECT_EQ(pace.quiet_at(), Nanos(55ms));
    EXPECT_FALSE(pace.allows(55ms - 1ns, 101));
    EXPECT_TRUE(pace.allows(55ms, 101));
    pace.note_committed(56ms, 10);
    EXPECT_FALSE(pace.allows(56ms, 111)) << "and goes on with them";
}

/// Bytes that somebody who lacks plenty is sent in pieces, as often as it may be, while so many are
/// committed in lumps.
std::uint64_t sent_meanwhile(std::size_t piece, std::size_t lump, std::size_t committed) {
    Pace pace(1, 1h);
    pace.begin(0s);
    pace.note_committed(1s, 1000);
    pace.note_round(1s);
    Pace::Position resume_at = pace.resume_after(1000, 0);
    std::uint64_t sent = 0;
    for (std::size_t at = 0; at < committed; at += lump) {
        pace.note_committed(1s, lump);
        while (pace.allows(1s, resume_at)) {
            sent += piece;
            resume_at = pace.resume_after(resume_at, piece);
        }
    }
    return sent;
}

TEST(Pace, IsHalfAsFastAgainAsTheCommitsHoweverTheyCome) {
    for (const std::size_t lump : {1, 99, 100, 136, 137, 1000, 5000}) {
        const std::uint64_t sent = sent_meanwhile(204, lump, 100'000);
        EXPECT_GE(sent, 149'000u) << lump;
        EXPECT_LE(sent, 151'000u) << lump;
    }
}

TEST(Pace, IsTheSameForPiecesOfAllSizes) {
    Pace pace(1, 1h);
    pace.begin(0s);
    pace.note_committed(1s, 1000);
    pace.note_round(1s);
    Pace::Position resume_at = 1000;
    std::uint64_t sent = 0;
    for (int i = 0; i < 100; ++i) {
        pace.note_committed(1s, 80'000);
        while (pace.allows(1s, resume_at)) {
            const std::size_t piece = i % 2 == 0 ? 100'000 : 200;
            sent += piece;
            resume_at = pace.resume_after(resume_at, piece);
        }
    }
    EXPECT_GE(sent, 11'900'000u);
    EXPECT_LE(sent, 12'100'000u);
}

TEST(Pace, KeepsForLaterWhatIsCommittedWithinTheTimeThatEndsIt) {
    Pace pace(1, 10ms);
    pace.begin(0s);
    pace.note_committed(1s, 1'000'000);
    pace.note_round(1s);
    Pace::Position resume_at = 0;
    std::size_t sent = 0;
    for (; sent < 1'000'000 && pace.allows(1s, resume_at); sent += 300) {
        resume_at = pace.resume_after(resume_at, 300);
    }
    EXPECT_NEAR(static_cast<double>(sent), 1.5 * 10'000, 600);
}

TEST(Pace, WhatWasSentMeanwhileIsNotPaidForLater) {
    Pace pace(1, 5ms);
    pace.begin(0s);
    pace.note_committed(1s, 1000);
    pace.note_round(1s);
    Pace::Position resume_at = 1000;
    for (int i = 0; i < 100; ++i) resume_at = pace.resume_after(resume_at, 200);
    EXPECT_EQ(resume_at, 1133u) << "as after one";
}

/// 3 was away while 2 answered, and is back. The leader has committed much since, and is busy
/// whatever it commits.
class Paced : public testing::Test {
protected:
    static Options options() {
        Options options = timing(1);
        options.max_in_flight = 4;
        options.max_append_entries = 3;
        options.snapshot_chunk_bytes = 300;
        options.max_snapshot_in_flight_bytes = 10'000;
        options.busy_rate = 1;
        return options;
    }
    void SetUp() override {
        solo.establish();
        for (int i = 0; i < 200; ++i) commit_one();
        heartbeat();
        commit_one();
        for (int i = 0; i < 100 && !paced(); ++i) solo.acknowledge(3);
        ASSERT_TRUE(paced());
        solo.acknowledge(3);
        ASSERT_TRUE(paced()) << "though its window has room";
    }
    void commit_one() {
        solo.propose();
        solo.acknowledge(2);
        last_commit = solo.now.monotonic;
    }
    void commit_two() {
        commit_one();
        commit_one();
    }
    bool paced() const { return solo.raft.paced(solo.now, member(3)); }
    Index match_of_3() const { return solo.raft.match_index(member(3)); }
    void heartbeat() {
        solo.wait_for_timer();
        solo.acknowledge(2);
    }
    /// Entries that 3 is sent meanwhile.
    template <class Action>
    std::size_t given_by(Action&& action) {
        const std::size_t before = entries_to_3();
        action();
        return entries_to_3() - before;
    }
    std::size_t entries_to_3() const {
        std::size_t entries = 0;
        for (const Outgoing& outgoing : solo.sent) {
            const Append* append = std::get_if<Append>(&outgoing.message);
            if (outgoing.to == member(3) && append != nullptr) entries += append->entries.size();
        }
        return entries;
    }

    Solo solo{options()};
    Nanos last_commit{};
};

TEST_F(Paced, WhoIsBehindIsGivenThreeEntriesForEachTwoThatAreCommitted) {
    EXPECT_EQ(given_by([&] { solo.acknowledge(3); }), 0u);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(given_by([&] { commit_two(); }), 3u);
        solo.acknowledge(3);
    }
    for (int i = 0; i < 1000 && match_of_3() < solo.raft.commit_index(); ++i) {
        commit_one();
        solo.acknowledge(3);
    }
    EXPECT_EQ(match_of_3(), solo.raft.commit_index()) << "so it gains on the others, and";
    EXPECT_EQ(given_by([&] { solo.propose(); }), 1u) << "once it has caught up, has it all at once";
}

TEST_F(Paced, ARoundTakesSomethingAlong) {
    solo.wait(49ms);
    commit_one();
    solo.acknowledge(3);
    ASSERT_TRUE(paced());
    EXPECT_EQ(given_by([&] { heartbeat(); }), 3u);
    ASSERT_TRUE(paced()) << "and no more than that";
}

TEST_F(Paced, WhereTheOthersStopItIsGivenAllWithinATenthOfAHeartbeat) {
    EXPECT_GE(given_by([&] { solo.wait_for_timer(); }), 3u) << "2 says nothing more";
    EXPECT_LE(solo.now.monotonic, last_commit + 5ms) << "and 3 was not waited for";
    for (int i = 0; i < 100 && match_of_3() < solo.raft.log().last_index(); ++i) {
        solo.acknowledge(3);
    }
    EXPECT_EQ(match_of_3(), solo.raft.log().last_index());
    EXPECT_LE(solo.now.monotonic, last_commit + 5ms);
    EXPECT_GT(solo.raft.next_deadline(), solo.now.monotonic + 5ms) << "a heartbeat comes next";
}

TEST_F(Paced, WhoIsToLeadIsWaitedFor) {
    EXPECT_TRUE(solo.raft.transfer_leadership(solo.now, member(3)));
    EXPECT_EQ(given_by([&] { solo.turn(); }), 6u) << "a piece with each turn";
}

TEST_F(Paced, TheLogIsToBeKeptForWhoIsBehindAndAnswers) {
    EXPECT_EQ(solo.raft.needed_after(solo.now), match_of_3());
    solo.acknowledge(3);
    const Index has = match_of_3();
    EXPECT_EQ(solo.raft.needed_after(solo.now), has);
    solo.raft.suspect(member(3));
    solo.turn();
    EXPECT_EQ(solo.raft.needed_after(solo.now), has) << "though it is asked where it is";
    for (int i = 0; i < 13; ++i) heartbeat();
    EXPECT_EQ(solo.raft.needed_after(solo.now), max_index) << "it answers no more";
}

TEST(PacedWitness, IsNotBehindWithAllThatItMayHave) {
    auto base = std::make_shared<Snapshot>(*founding(members({1, 2, 3, 4, 5})));
    base->configuration.witnesses = members({5});
    Solo solo(timing(1), base);
    solo.establish({2, 3, 4, 5});
    ASSERT_TRUE(solo.raft.propose(solo.now, Payload("x")));
    Output out = solo.raft.take_output(solo.now);  // and the leader's disk takes its time
    for (Outgoing& message : out.send_now) solo.sent.push_back(std::move(message));
    for (const std::uint64_t id : {2, 3, 4}) {
        const AppendReply accepted = solo.acknowledgement(id);
        solo.raft.receive(solo.now, member(id), accepted);
    }
    ASSERT_EQ(solo.raft.commit_index(), solo.raft.log().last_index());
    ASSERT_LT(solo.raft.match_index(member(5)), solo.raft.commit_index());
    EXPECT_EQ(solo.raft.needed_after(solo.now), max_index);
}

/// With a state of 6000 bytes, in pieces of 300.
class PacedState : public Paced {
protected:
    void SetUp() override {
        Paced::SetUp();
        cut();
        commit_two();
        for (int i = 0; i < 50 && !paced(); ++i) solo.turn();
        ASSERT_GE(chunks(), 1u) << "the log doesn't reach back to it";
    }
    void cut() { solo.raft.compact(solo.raft.commit_index(), Payload(std::string(6000, 's')), 0); }
    std::size_t chunks() const { return solo.count<InstallSnapshot>(3); }
    /// 3 has what it was sent of the state, and with the last piece all of it.
    void take_chunk() {
        const InstallSnapshot& chunk = *solo.last<InstallSnapshot>(3);
        if (chunk.done) {
            AppendReply installed;
            installed.term = chunk.term;
            installed.accepted = installed.promise = true;
            installed.match = chunk.snapshot->index;
            installed.sent = chunk.sent;
            return solo.hear(3, installed);
        }
        const std::size_t received = chunk.offset + chunk.snapshot->state.size();
        solo.hear(3, SnapshotReply{chunk.term, chunk.snapshot->index, received, chunk.sent});
    }
};

TEST_F(PacedState, ComesInChunksWithTheCommits) {
    ASSERT_TRUE(paced());
    const std::size_t before = chunks();
    solo.turn();
    EXPECT_EQ(chunks(), before);
    for (int i = 0; i < 20; ++i) commit_one();
    const std::size_t bytes = 20 * (sizeof(Entry) + 1);
    EXPECT_NEAR(static_cast<double>(chunks() - before), bytes * 1.5 / 300, 1.0);
    EXPECT_EQ(solo.raft.needed_after(solo.now), solo.raft.log().snapshot()->index)
        << "of the log it needs what comes after it";
}

TEST_F(PacedState, IsSentOnWhereTheOthersStop) {
    const std::size_t before = chunks();
    solo.wait_for_timer();
    EXPECT_GT(chunks(), before);
    EXPECT_LE(solo.now.monotonic, last_commit + 5ms);
}

TEST_F(PacedState, IsNotPacedOnceTheLogHasGoneOnWithoutItAgain) {
    for (int i = 0; i < 100 && solo.raft.sends_state(); ++i) {
        commit_one();
        take_chunk();
    }
    ASSERT_FALSE(solo.raft.sends_state());
    for (int i = 0; i < 20; ++i) commit_one();
    cut();
    solo.acknowledge(3);
    ASSERT_TRUE(solo.raft.sends_state());
    for (int i = 0; i < 20; ++i) commit_one();

    for (int i = 0; i < 20 && solo.raft.sends_state(); ++i) take_chunk();
    EXPECT_FALSE(solo.raft.sends_state()) << "though nothing was committed meanwhile";
    for (int i = 0; i < 20; ++i) solo.acknowledge(3);
    EXPECT_EQ(match_of_3(), solo.raft.commit_index()) << "nor is the log after it";

    for (int i = 0; i < 200; ++i) commit_one();
    for (int i = 0; i < 20; ++i) solo.acknowledge(3);
    EXPECT_TRUE(paced()) << "the next time it is again";
}

}  // namespace
}  // namespace quorate::raft::test
