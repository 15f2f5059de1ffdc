// The election record: what set an election off, who voted how and why.
#include "group/election_recorder.h"

#include <gtest/gtest.h>

#include <map>

namespace quorate::group {
namespace {

using raft::Role;
using raft::Trigger;
using raft::VoteRefusal;
using std::chrono::milliseconds;

const MemberId self{0, 1}, two{0, 2}, three{0, 3};

/// One member's recorder, and the time.
struct Story {
    std::map<MemberId, std::string> names = {{self, "one"}, {two, "two"}, {three, "three"}};
    ElectionRecorder recorder{{.name_of = [this](MemberId id) { return names[id]; },
                               .realtime = [] { return Nanos(1'700'000'000'000'000'000); }}};
    Nanos now{milliseconds(1000)};

    void pass(milliseconds time) { now += time; }
    const ElectionRecord* stands(Role role, raft::Term term, MemberId leader,
                                 Trigger trigger = Trigger::none) {
        return recorder.observe({.now = now,
                                 .self = self,
                                 .role = role,
                                 .term = term,
                                 .leader = leader,
                                 .trigger = trigger,
                                 .quiet = milliseconds(300)});
    }
    /// In, and following `two` in term 1.
    void follow_two() {
        recorder.entered(now, false);
        EXPECT_EQ(stands(Role::follower, 1, two), nullptr);
    }
    void asked_by(MemberId candidate, raft::VoteRequest request, raft::VoteReply answer) {
        recorder.asked(now, candidate, request);
        recorder.answered(now, self, candidate, answer);
    }
};

raft::VoteRequest rehearsal(raft::Term term, MemberId dead_leader = {}) {
    raft::VoteRequest request;
    request.term = term;
    request.pre_vote = true;
    request.dead_leader = dead_leader;
    return request;
}
raft::VoteRequest request(raft::Term term, raft::Term handed_on = 0) {
    raft::VoteRequest asked;
    asked.term = term;
    asked.handed_on = handed_on;
    return asked;
}
raft::VoteReply refused(VoteRefusal why, bool pre_vote) {
    return {.granted = false, .pre_vote = pre_vote, .refusal = why};
}
raft::VoteReply granted(bool pre_vote) {
    return {.granted = true, .pre_vote = pre_vote};
}

TEST(ElectionRecorder, TellsACandidateWhoVotedHowAndWhy) {
    Story story;
    story.follow_two();
    story.pass(milliseconds(200));
    story.stands(Role::pre_candidate, 1, {}, Trigger::timeout);
    story.pass(milliseconds(1));
    story.recorder.vote_arrived(story.now, self, two, refused(VoteRefusal::sticky, true));
    story.recorder.vote_arrived(story.now, self, three, granted(true));
    story.stands(Role::candidate, 2, {}, Trigger::timeout);
    story.pass(milliseconds(1));
    story.recorder.vote_arrived(story.now, self, three, granted(false));
    const ElectionRecord* record = story.stands(Role::leader, 2, self, Trigger::timeout);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->trigger, ElectionTrigger::timeout);
    EXPECT_EQ(record->outcome, ElectionOutcome::elected);
    EXPECT_EQ(record->term, 2u);
    EXPECT_EQ(record->leader_name, "one");
    EXPECT_EQ(record->previous_leader_name, "two");
    EXPECT_TRUE(record->campaigned);
    EXPECT_EQ(record->took, milliseconds(2));
    EXPECT_EQ(record->began_ns, 1'700'000'000'000'000'000);
    ASSERT_EQ(record->votes.size(), 5u);
    EXPECT_EQ(record->votes[0].voter, self);  // for itself, in the rehearsal
    EXPECT_EQ(record->votes[1].voter_name, "two");
    EXPECT_EQ(record->votes[1].answer, VoteAnswer::sticky);
    EXPECT_TRUE(record->votes[2].pre_vote);
    EXPECT_EQ(record->votes[2].term, 2u);
    EXPECT_EQ(record->votes[3].voter, self);  // … and in the term
    EXPECT_EQ(record->votes[4].voter, three);
    EXPECT_EQ(record->votes[4].answer, VoteAnswer::granted);
    EXPECT_EQ(record->votes[4].after, milliseconds(2));
}

TEST(ElectionRecorder, TellsAVoterWhyItWasAskedAndWhatItAnswered) {
    Story story;
    story.follow_two();
    story.asked_by(three, rehearsal(2, two), granted(true));
    story.asked_by(three, request(2), granted(false));
    EXPECT_EQ(story.stands(Role::follower, 2, {}), nullptr);
    const ElectionRecord* record = story.stands(Role::follower, 2, three);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->trigger, ElectionTrigger::leader_dead);
    EXPECT_EQ(record->leader, three);
    EXPECT_FALSE(record->campaigned);
    ASSERT_EQ(record->votes.size(), 2u);
    EXPECT_EQ(record->votes[0].voter, self);
    EXPECT_EQ(record->votes[0].candidate, three);
    EXPECT_EQ(record->votes[1].term, 2u);
}

TEST(ElectionRecorder, VotesThatComeBehindTheOutcomeBelongToIt) {
    Story winner;
    winner.follow_two();
    winner.stands(Role::candidate, 2, {}, Trigger::timeout);
    winner.recorder.vote_arrived(winner.now, self, three, granted(false));
    ASSERT_NE(winner.stands(Role::leader, 2, self), nullptr);
    ASSERT_TRUE(winner.recorder.take_changed());
    winner.pass(milliseconds(3));
    winner.recorder.vote_arrived(winner.now, self, two, refused(VoteRefusal::log_behind, false));
    EXPECT_TRUE(winner.recorder.take_changed());
    EXPECT_FALSE(winner.recorder.take_changed());
    const ElectionRecord& won = winner.recorder.records().back();
    ASSERT_EQ(won.votes.size(), 3u);
    EXPECT_EQ(won.votes[2].answer, VoteAnswer::log_behind);
    EXPECT_EQ(won.votes[2].after, milliseconds(3));

    // Asked and led in one turn: the answer leaves at its end.
    Story voter;
    voter.follow_two();
    voter.recorder.asked(voter.now, three, request(2));
    ASSERT_NE(voter.stands(Role::follower, 2, three), nullptr);
    voter.recorder.answered(voter.now, self, three, granted(false));
    ASSERT_EQ(voter.recorder.records().back().votes.size(), 1u);
    EXPECT_EQ(voter.recorder.records().back().votes[0].candidate, three);
}

TEST(ElectionRecorder, KnowsATransferByTheRequest) {
    Story story;
    story.follow_two();
    story.asked_by(three, request(2, 1), granted(false));
    const ElectionRecord* record = story.stands(Role::follower, 2, three);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->trigger, ElectionTrigger::transfer);
}

TEST(ElectionRecorder, WhoAsksAgainGetsOneLineWithItsLastAnswer) {
    Story story;
    story.follow_two();
    for (int i = 0; i < 10; ++i) {
        story.asked_by(three, rehearsal(2), refused(VoteRefusal::sticky, true));
    }
    story.asked_by(three, rehearsal(2), granted(true));
    const ElectionRecord* record = story.stands(Role::follower, 2, three);
    ASSERT_NE(record, nullptr);
    ASSERT_EQ(record->votes.size(), 1u);
    EXPECT_EQ(record->votes[0].answer, VoteAnswer::granted);
}

TEST(ElectionRecorder, ACampaignThatComesToNothingIsOneRecord) {
    Story story;
    story.follow_two();
    for (int i = 0; i < 5; ++i) {
        story.asked_by(three, rehearsal(2), refused(VoteRefusal::sticky, true));
        EXPECT_EQ(story.stands(Role::follower, 1, two), nullptr);
        story.pass(milliseconds(100));
    }
    story.pass(milliseconds(300));
    const ElectionRecord* record = story.stands(Role::follower, 1, two);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->outcome, ElectionOutcome::kept);
    EXPECT_EQ(record->leader, two);
    EXPECT_EQ(record->took, milliseconds(400));
    EXPECT_EQ(story.recorder.records().size(), 1u);
}

TEST(ElectionRecorder, AFoundingIsTheFirstAndANewcomersFirstLeaderIsNoElection) {
    Story founder;
    founder.recorder.entered(founder.now, true);
    const ElectionRecord* record = founder.stands(Role::leader, 1, self, Trigger::founding);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->trigger, ElectionTrigger::founding);
    EXPECT_FALSE(record->previous_leader);
    Story newcomer;
    newcomer.follow_two();
    EXPECT_TRUE(newcomer.recorder.records().empty());
}

TEST(ElectionRecorder, AnIncarnationGivenUpEndsTheRecord) {
    Story story;
    story.follow_two();
    story.stands(Role::follower, 1, {});
    story.pass(milliseconds(7));
    story.recorder.left(story.now);
    ASSERT_EQ(story.recorder.records().size(), 1u);
    EXPECT_EQ(story.recorder.records().back().outcome, ElectionOutcome::given_up);
    EXPECT_EQ(story.recorder.records().back().took, milliseconds(7));
    story.recorder.left(story.now);  // nothing is open any more
    EXPECT_EQ(story.recorder.records().size(), 1u);
}

TEST(ElectionRecorder, IsBoundedInRecordsAndVotes) {
    Story story;
    story.follow_two();
    for (raft::Term term = 2; term < 102; ++term) {
        story.stands(Role::follower, term, term % 2 == 0 ? two : three);
    }
    EXPECT_EQ(story.recorder.records().size(), kept_elections);
    EXPECT_EQ(story.recorder.records().back().number, 100u);
    for (std::uint64_t i = 10; i < 110; ++i) {
        story.asked_by({1, i}, rehearsal(200), refused(VoteRefusal::sticky, true));
    }
    const ElectionRecord* record = story.stands(Role::follower, 200, two);
    ASSERT_NE(record, nullptr);
    EXPECT_EQ(record->votes.size(), kept_election_votes);
    EXPECT_EQ(record->votes_left_out, 100 - kept_election_votes);
}

}  // namespace
}  // namespace quorate::group
