// What a member tells its component when it is given the state in place of the log: its leader
// played by hand, over the state as the leader would have it.
#include "lone_loop.h"

namespace quorate::group {
namespace {

constexpr IncarnationId incarnation{9, 9};
constexpr PollId breaker{7, 1};

/// One of two members; the other leads.
class GivenState : public LoneLoop {
protected:
    GivenState() : LoneLoop(GroupSpec{.size = 2}) {}

    void SetUp() override {
        hear(wire::FoundingProposal{incarnation, spec, {}, clock.moment.boottime});
        consensus::Founding founding{incarnation, 1'700'000'000, spec, {}};
        founding.roster = {{other, "relay 2", seed, Role::member},
                           {loop.id(), "relay 1", own_endpoint, Role::member}};
        hear(wire::FoundingDone{founding, true});
        leaders = std::make_unique<consensus::StateMachine>(founding);
        for (const consensus::MemberRecord& each : founding.roster) {
            configuration.voters.push_back(each.id);
        }
        configuration.seats = 2;
        append({});
        ASSERT_EQ(loop.status().leader, other);
    }
    void hear(wire::Body body) {
        wire::Frame frame{{group_name, incarnation, other, loop.id()}, std::move(body)};
        turn({io::FrameArrived{wire::encode(frame), 1, key_of(2)}});
    }
    /// The leader's log goes on by these.
    void note(const consensus::Command& command) {
        entries.push_back({});
        entries.back().index = ++last;
        entries.back().term = 1;
        entries.back().kind = raft::EntryKind::command;
        entries.back().data = consensus::encode(command);
        (void)leaders->apply(last, entries.back().data);
    }
    /// This member gets what was noted last, and all is committed.
    void append(raft::Entries fresh) {
        raft::Append append;
        append.term = 1;
        append.prev_index = last - fresh.size();
        append.prev_term = append.prev_index > 0 ? 1 : 0;
        append.commit = last;
        append.entries = std::move(fresh);
        append.sent = clock.moment.boottime;
        hear(wire::RaftFrame{append});
        entries.clear();
    }
    void give_state() {
        raft::Snapshot snapshot{last, 1, configuration, leaders->serialize()};
        raft::InstallSnapshot install;
        install.term = 1;
        install.snapshot = std::make_shared<const raft::Snapshot>(std::move(snapshot));
        install.sent = clock.moment.boottime;
        hear(wire::RaftFrame{install});
    }
    consensus::OpenPoll question(PollId poll) {
        return {poll, other, 1, "close breaker 7", Voting::majority, 10s};
    }
    /// Asked for at `now`, for 10 s later.
    consensus::OpenPoll action(PollId poll, Nanos now) {
        consensus::OpenPoll open = question(poll);
        open.action = {now + 10s, 1ms, 1s, ActionClock::realtime};
        open.stamp = {now, now};
        return open;
    }
    void agree(PollId poll, Nanos now) {
        note(consensus::CastVote{poll, other, true});
        note(consensus::CastVote{poll, loop.id(), true});
        note(consensus::CloseAction{poll, {now, now}});
    }

    raft::Configuration configuration;
    std::unique_ptr<consensus::StateMachine> leaders;
    raft::Entries entries;
    raft::Index last = 0;
};

TEST_F(GivenState, tells_of_an_action_that_is_past_that_it_was_missed) {
    const Nanos now = clock.realtime();
    note(action(breaker, now));
    append(entries);
    ASSERT_EQ(component.all<VoteRequest>().size(), 1u);
    agree(breaker, now);
    note(action({7, 2}, now + 60s));  // by which the first one is past, for certain
    ASSERT_FALSE(leaders->actions().contains(breaker));
    give_state();
    ASSERT_EQ(component.all<VoteResult>().size(), 1u);
    EXPECT_TRUE(component.all<VoteResult>()[0].yes());
    const auto missed = component.all<ActionMissed>();
    ASSERT_EQ(missed.size(), 1u);
    EXPECT_EQ(missed[0].poll, breaker);
    EXPECT_EQ(missed[0].topic, "close breaker 7");
    EXPECT_EQ(missed[0].scheduled, now + 10s);
}

TEST_F(GivenState, tells_of_an_action_that_was_called_off) {
    const Nanos now = clock.realtime();
    note(action(breaker, now));
    append(entries);
    agree(breaker, now);
    note(consensus::CancelAction{breaker, other, 2, {now, now}});
    give_state();
    EXPECT_EQ(component.all<ActionCancelled>().size(), 1u);
    EXPECT_TRUE(component.all<ActionMissed>().empty());
}

TEST_F(GivenState, tells_of_a_poll_whose_end_nobody_knows_any_more_that_it_is_lost) {
    note(question(breaker));
    append(entries);
    note(consensus::ExpirePoll{breaker});
    for (std::uint64_t i = 0; i < consensus::StateMachine::max_closed_polls; ++i) {
        note(question({8, i + 1}));
        note(consensus::ExpirePoll{{8, i + 1}});
    }
    ASSERT_FALSE(leaders->find_result(breaker));
    give_state();
    const auto results = component.all<VoteResult>();
    const auto of_it = std::find_if(results.begin(), results.end(),
                                    [](const VoteResult& e) { return e.poll == breaker; });
    ASSERT_NE(of_it, results.end());
    EXPECT_EQ(of_it->outcome, Outcome::lost);
}

TEST_F(GivenState, refuses_a_vote_that_can_not_count_any_more) {
    note(question(breaker));
    append(entries);
    note(consensus::Leave{loop.id(), Departure::lost});
    note(consensus::Join{{loop.id(), "relay 1", own_endpoint, Role::member}});
    append(entries);
    std::vector<io::Command> commands{io::SendVote{5, breaker, true}};
    loop.turn({}, commands);
    const auto answers = component.all<RequestDone>();
    ASSERT_EQ(answers.size(), 1u);
    ASSERT_TRUE(answers[0].error);
    EXPECT_EQ(answers[0].error->code, ErrorCode::too_late);
}

}  // namespace
}  // namespace quorate::group
