// The checkers do catch: each is shown a history that breaks its rule, beside one that keeps it.
#include <gtest/gtest.h>

#include "consensus/commands.h"
#include "raft/log.h"
#include "sim/actions_agreed.h"
#include "sim/committed_entries.h"
#include "sim/fencing_tokens.h"
#include "sim/incarnation_order.h"
#include "sim/log_matching.h"
#include "sim/log_watch.h"
#include "sim/membership_order.h"
#include "sim/one_leader_a_term.h"
#include "sim/poll_outcomes.h"
#include "sim/promises_kept.h"
#include "sim/request_outcomes.h"
#include "sim/right_receiver.h"
#include "sim/rule_broken.h"
#include "sim/same_commands.h"
#include "sim/seats_never_freed.h"
#include "sim/sender_order.h"
#include "sim/single_lease.h"
#include "sim/size_agreed.h"
#include "sim/size_carried.h"
#include "sim/stamps_given.h"
#include "sim/votes_count_once.h"

namespace quorate::sim {
namespace {

using namespace std::chrono_literals;

const IncarnationId first_life{1, 1};
const IncarnationId second_life{2, 2};
const MemberId ann{1, 1};
const MemberId bob{2, 2};
const MemberId cem{3, 3};
const PollId poll{7, 7};

raft::Entry entry(raft::Index index, raft::Term term, const std::string& text) {
    return {.term = term,
            .index = index,
            .kind = raft::EntryKind::application,
            .data = Payload(text),
            .configuration = nullptr};
}

raft::Log log_of(const raft::Entries& entries) {
    raft::Log log(std::make_shared<raft::Snapshot>());
    for (const raft::Entry& each : entries) log.append(each);
    return log;
}

TEST(OneLeaderATerm, a_second_leader_of_a_term_is_caught) {
    OneLeaderATerm rule;
    rule.leads(first_life, 3, 1, ann);
    rule.leads(first_life, 3, 1, ann);
    rule.leads(first_life, 4, 2, bob);
    rule.leads(second_life, 3, 2, bob);
    EXPECT_THROW(rule.leads(first_life, 3, 2, bob), RuleBroken);
}

TEST(OneLeaderATerm, another_that_speaks_with_its_token_is_caught) {
    OneLeaderATerm rule;
    rule.said(first_life, 3, bob);  // not seen leading yet
    rule.leads(first_life, 3, 1, ann);
    rule.said(first_life, 3, ann);
    EXPECT_THROW(rule.said(first_life, 3, bob), RuleBroken);
}

TEST(LogMatching, two_contents_of_one_index_and_term_are_caught) {
    LogMatching rule;
    const raft::Entry one = entry(5, 2, "open");
    const raft::Entry other = entry(5, 2, "close");
    EXPECT_TRUE(rule.stands(first_life, one, digest_of(one), 2));
    EXPECT_FALSE(rule.stands(first_life, one, digest_of(one), 2));
    EXPECT_TRUE(rule.stands(second_life, other, digest_of(other), 2));
    EXPECT_THROW(rule.stands(first_life, other, digest_of(other), 2), RuleBroken);
}

TEST(LogMatching, one_entry_behind_two_pasts_is_caught) {
    LogMatching rule;
    const raft::Entry one = entry(5, 3, "open");
    rule.stands(first_life, one, digest_of(one), 2);
    rule.stands(first_life, one, digest_of(one), std::nullopt);
    EXPECT_THROW(rule.stands(first_life, one, digest_of(one), 1), RuleBroken);
}

TEST(LogWatch, finds_what_was_rewritten_and_nothing_else) {
    LogWatch watch;
    std::vector<raft::Index> seen;
    int begun = 0;
    const auto look = [&](const raft::Log& log) {
        seen.clear();
        return watch.look(
            log, [&](const raft::Snapshot&) { ++begun; },
            [&](const raft::Entry& each, std::optional<raft::Term>) {
                seen.push_back(each.index);
            });
    };
    raft::Log log = log_of({entry(1, 1, "a"), entry(2, 1, "b"), entry(3, 1, "c")});
    look(log);
    EXPECT_EQ(seen, (std::vector<raft::Index>{1, 2, 3}));
    look(log);
    EXPECT_TRUE(seen.empty());
    log.truncate_from(2);
    log.append(entry(2, 2, "x"));
    log.append(entry(3, 2, "y"));
    EXPECT_EQ(look(log), 2u);
    EXPECT_EQ(seen, (std::vector<raft::Index>{2, 3}));
    EXPECT_EQ(begun, 1);
}

TEST(CommittedEntries, a_change_is_caught) {
    CommittedEntries rule;
    const raft::Entry one = entry(5, 2, "open");
    rule.committed(first_life, one, digest_of(one));
    rule.committed(first_life, one, digest_of(one));
    const raft::Entry later_term = entry(5, 3, "open");
    EXPECT_THROW(rule.committed(first_life, later_term, digest_of(later_term)), RuleBroken);
    const raft::Entry other = entry(5, 2, "close");
    EXPECT_THROW(rule.committed(first_life, other, digest_of(other)), RuleBroken);
}

TEST(CommittedEntries, an_elected_member_that_misses_one_is_caught) {
    CommittedEntries rule;
    const raft::Entry one = entry(2, 1, "open");
    rule.committed(first_life, one, digest_of(one));
    rule.elected(first_life, log_of({entry(1, 1, "a"), entry(2, 1, "open")}));
    EXPECT_THROW(rule.elected(first_life, log_of({entry(1, 1, "a")})), RuleBroken);
    EXPECT_THROW(rule.elected(first_life, log_of({entry(1, 1, "a"), entry(2, 2, "b")})),
                 RuleBroken);
}

TEST(CommittedEntries, an_acknowledged_message_that_is_not_there_is_caught) {
    CommittedEntries rule;
    const auto ordered = [](const std::string& text) {
        return consensus::encode(consensus::OrderedMessage{ann, 1, 0, Payload(text)});
    };
    raft::Entry one = entry(5, 2, "");
    one.data = ordered("open");
    rule.committed(first_life, one, digest_of(one));
    rule.acknowledged(first_life, 5, "open");
    EXPECT_THROW(rule.acknowledged(first_life, 5, "close"), RuleBroken);
    EXPECT_THROW(rule.acknowledged(first_life, 6, "open"), RuleBroken);
    EXPECT_THROW(rule.acknowledged(second_life, 5, "open"), RuleBroken);
}

TEST(IncarnationOrder, a_decision_after_one_of_a_later_incarnation_is_caught) {
    IncarnationOrder rule;
    rule.founded(first_life, 1s);
    rule.acts(first_life, 2s, "elects");
    rule.founded(second_life, 3s);
    rule.acts(first_life, 4s, "commits");
    rule.acts(second_life, 5s, "elects");
    rule.acts(second_life, 6s, "commits");
    EXPECT_THROW(rule.acts(first_life, 7s, "commits"), RuleBroken);
}

TEST(SingleLease, two_at_once_are_caught_in_any_incarnation) {
    SingleLease rule(true);
    rule.holds(1, first_life, 2s, 1s);
    rule.holds(2, second_life, 4s, 2s);
    EXPECT_THROW(rule.holds(1, first_life, 5s, 3s), RuleBroken);
}

TEST(SingleLease, a_lease_that_was_given_up_or_died_is_over) {
    SingleLease rule(true);
    rule.holds(1, first_life, 9s, 1s);
    rule.holds(1, first_life, 0s, 2s);
    rule.holds(2, first_life, 9s, 3s);
    rule.died(2);
    rule.holds(3, second_life, 9s, 4s);
    EXPECT_THROW(rule.holds(1, first_life, 6s, 5s), RuleBroken);
}

TEST(SingleLease, with_one_too_many_each_incarnation_is_judged_alone) {
    SingleLease rule(false);
    rule.holds(1, first_life, 9s, 1s);
    rule.holds(2, second_life, 9s, 2s);
    EXPECT_THROW(rule.holds(3, first_life, 9s, 3s), RuleBroken);
}

TEST(RightReceiver, a_frame_for_another_is_caught) {
    const RightReceiver rule("feeder.A");
    rule.taken(ann, {"feeder.A", first_life, bob, ann});
    rule.taken(ann, {"feeder.A", {}, bob, {}});
    EXPECT_THROW(rule.taken(ann, {"feeder.A", first_life, bob, cem}), RuleBroken);
    EXPECT_THROW(rule.taken(ann, {"feeder.B", first_life, bob, ann}), RuleBroken);
}

TEST(SeatsNeverFreed, fewer_voters_are_caught) {
    SeatsNeverFreed rule;
    rule.begins(1, first_life, 0, {.voters = {ann, bob}, .outgoing = {}, .learners = {}});
    rule.stands(1, 3, {.voters = {ann, bob, cem}, .outgoing = {ann, bob}, .learners = {}});
    rule.stands(1, 4, {.voters = {ann, bob, cem}, .outgoing = {}, .learners = {}});
    EXPECT_THROW(rule.stands(1, 5, {.voters = {ann, bob}, .outgoing = {}, .learners = {}}),
                 RuleBroken);
}

TEST(SeatsNeverFreed, fewer_seats_leave_as_many_voters) {
    SeatsNeverFreed rule;
    raft::Configuration before{{ann, bob, cem}, {}, {}, {}, 3};
    rule.begins(1, first_life, 0, before);
    rule.stands(1, 3, {{ann, bob}, {ann, bob, cem}, {}, {}, 2, 3});
    rule.stands(1, 4, {{ann, bob}, {}, {}, {}, 2});
    rule.begins(2, first_life, 0, {{ann, bob}, {}, {}, {}, 2});
    EXPECT_THROW(rule.stands(1, 5, {{ann}, {}, {}, {}, 2}), RuleBroken);
    SeatsNeverFreed fewer;
    fewer.begins(1, first_life, 0, before);
    EXPECT_THROW(fewer.stands(1, 3, {{ann}, {ann, bob, cem}, {}, {}, 2, 3}), RuleBroken)
        << "one voter for two seats";
}

raft::Entry command_at(raft::Index index, const consensus::Command& command) {
    return {.term = 1,
            .index = index,
            .kind = raft::EntryKind::command,
            .data = consensus::encode(command),
            .configuration = nullptr};
}

TEST(SizeAgreed, who_does_not_know_the_greater_size_is_caught) {
    GroupSpec spec{.size = 2};
    consensus::Founding founding{first_life, 1, spec, {}};
    for (const MemberId& id : {ann, bob}) {
        founding.roster.push_back({id, "relay", "tcp://10.0.0.1:1", Role::member});
    }
    consensus::StateMachine machine(founding);
    const auto replica = [](std::uint32_t seats) {
        auto base = std::make_shared<raft::Snapshot>();
        base->configuration = {{ann, bob}, {}, {}, {}, seats};
        raft::Options options;
        options.self = ann;
        options.heartbeat = 5ms;
        options.election_min = 15ms;
        options.election_max = 30ms;
        return raft::Raft(options, {}, base, {.term = 1, .voted_for = {}}, {});
    };
    const raft::Raft of_new_seats = replica(3);
    const raft::Raft of_old_seats = replica(2);
    const auto grow = [&](SizeAgreed& rule, const raft::Raft& own,
                          std::optional<raft::Index> others) {
        consensus::StateMachine grown = machine;
        const auto look = [&] {
            rule.look(grown, own, [&](MemberId, IncarnationId) { return others; });
        };
        look();
        grown.apply(5, consensus::encode(consensus::Resize{ann, 1, 3}));
        look();
        const raft::Entry finish = command_at(6, consensus::FinishResize{5, 5});
        rule.applies(grown, finish);
        grown.apply(6, finish.data);
        look();
    };
    SizeAgreed keeps;
    grow(keeps, of_new_seats, 5);
    SizeAgreed gone;
    grow(gone, of_new_seats, std::nullopt);
    SizeAgreed unknown;
    EXPECT_THROW(grow(unknown, of_new_seats, 4), RuleBroken);
    SizeAgreed just_admitted;
    EXPECT_THROW(grow(just_admitted, of_new_seats, 0), RuleBroken);
    SizeAgreed unseated;
    EXPECT_THROW(grow(unseated, of_old_seats, 5), RuleBroken);
}

TEST(SizeCarried, who_goes_with_less_than_it_acknowledged_is_caught) {
    const consensus::Resize grow{ann, 1, 5};
    SizeCarried rule;
    rule.inside(1, true, 3);
    rule.stands(1, ann, command_at(7, grow));
    EXPECT_NO_THROW(SizeCarried(rule).gave_up("ann", 1, 5));
    EXPECT_THROW(SizeCarried(rule).gave_up("ann", 1, 3), RuleBroken);
    SizeCarried overwritten = rule;
    overwritten.stands(1, ann, entry(7, 2, "x"));
    EXPECT_NO_THROW(overwritten.gave_up("ann", 1, 3));
    rule.applied(1, 7);
    EXPECT_NO_THROW(SizeCarried(rule).gave_up("ann", 1, 3)) << "it may have been called off";
    rule.inside(1, true, 5);
    EXPECT_THROW(rule.gave_up("ann", 1, 3), RuleBroken) << "it is on its way";
}

TEST(SizeCarried, a_newcomer_goes_with_what_it_was_let_in_with_or_acknowledged_since) {
    SizeCarried rule;
    rule.outside(1, 3);
    rule.inside(1, false, 3);
    rule.stands(1, ann, command_at(6, consensus::Resize{bob, 1, 7}));
    EXPECT_NO_THROW(SizeCarried(rule).gave_up("ann", 1, 3));
    EXPECT_THROW(SizeCarried(rule).gave_up("ann", 1, 2), RuleBroken);
    rule.stands(1, ann,
                command_at(7, consensus::Join{{ann, "relay", "tcp://10.0.0.1:1", Role::member}}));
    rule.stands(1, ann, command_at(8, consensus::Resize{bob, 2, 5}));
    EXPECT_NO_THROW(SizeCarried(rule).gave_up("ann", 1, 5));
    EXPECT_THROW(SizeCarried(rule).gave_up("ann", 1, 3), RuleBroken);
}

TEST(SeatsNeverFreed, what_was_cut_back_does_not_count) {
    SeatsNeverFreed rule;
    rule.begins(1, first_life, 0, {.voters = {ann, bob}, .outgoing = {}, .learners = {}});
    rule.stands(1, 3, {.voters = {ann, bob, cem}, .outgoing = {ann, bob}, .learners = {}});
    rule.stands(1, 3, {.voters = {ann, cem}, .outgoing = {ann, bob}, .learners = {}});
    rule.stands(1, 5, {.voters = {ann, bob, cem}, .outgoing = {ann, bob}, .learners = {}});
    rule.cut(1, 3);
    rule.stands(1, 4, {.voters = {ann, cem}, .outgoing = {ann, bob}, .learners = {}});
    EXPECT_THROW(rule.begins(2, first_life, 9, {.voters = {ann}, .outgoing = {}, .learners = {}}),
                 RuleBroken);
}

TEST(SameCommands, one_left_out_is_caught) {
    CommittedEntries committed;
    SameCommands rule(committed);
    rule.given_state(1, first_life, 0);
    const raft::Entry one = entry(1, 1, "a");
    const raft::Entry third = entry(3, 1, "c");
    rule.applied(1, one, digest_of(one));
    EXPECT_THROW(rule.applied(1, third, digest_of(third)), RuleBroken);
}

TEST(SameCommands, another_command_or_another_state_is_caught) {
    CommittedEntries committed;
    SameCommands rule(committed);
    rule.given_state(1, first_life, 0);
    rule.given_state(2, first_life, 0);
    const raft::Entry one = entry(1, 1, "a");
    const raft::Entry other = entry(1, 1, "b");
    rule.applied(1, one, digest_of(one));
    rule.state_is(1, 1, 77);
    EXPECT_THROW(rule.state_is(2, 1, 78), RuleBroken);
    EXPECT_THROW(rule.applied(2, other, digest_of(other)), RuleBroken);
}

VoteResult result(Outcome outcome, std::uint32_t yes, std::uint32_t no) {
    return {.poll = poll,
            .outcome = outcome,
            .yes_votes = yes,
            .no_votes = no,
            .electorate = 3,
            .index = outcome == Outcome::lost ? 0u : 9u};
}

TEST(PollOutcomes, two_outcomes_are_caught) {
    PollOutcomes rule;
    EXPECT_TRUE(rule.told(ann, result(Outcome::yes, 2, 0), 10s));
    EXPECT_FALSE(rule.told(bob, result(Outcome::yes, 2, 0), 10s));
    EXPECT_THROW(rule.told(cem, result(Outcome::no, 1, 2), 10s), RuleBroken);
}

TEST(PollOutcomes, an_outcome_told_twice_is_caught) {
    PollOutcomes rule;
    rule.told(ann, result(Outcome::yes, 2, 0), 10s);
    EXPECT_THROW(rule.told(ann, result(Outcome::yes, 2, 0), 10s), RuleBroken);
}

consensus::Poll question(Voting kind) {
    consensus::Poll open;
    open.id = poll;
    open.kind = kind;
    open.timeout = 1s;
    return open;
}

TEST(PollOutcomes, an_outcome_that_does_not_follow_from_the_votes_is_caught) {
    PollOutcomes rule;
    const VoteRequest request{
        .poll = poll, .topic = "", .kind = Voting::consensus, .requester = ann};
    rule.opened(question(Voting::consensus), 0s);
    rule.asked(ann, request);
    EXPECT_EQ(rule.owed(ann), poll);
    EXPECT_THROW(rule.told(ann, result(Outcome::yes, 2, 0), 10s), RuleBroken);
}

TEST(PollOutcomes, a_deadline_that_came_too_early_is_caught) {
    PollOutcomes rule;
    rule.opened(question(Voting::majority), 2s);
    EXPECT_THROW(rule.told(ann, result(Outcome::timeout, 1, 0), 2500ms), RuleBroken);
}

TEST(PollOutcomes, lost_without_a_reset_is_caught) {
    PollOutcomes rule;
    rule.told(ann, result(Outcome::lost, 0, 0), 10s);
    rule.end_of_turn(true);
    rule.told(bob, result(Outcome::lost, 0, 0), 10s);
    EXPECT_THROW(rule.end_of_turn(false), RuleBroken);
}

/// Agreed on by Ann and Bob, for second 100, give or take one.
ActionsAgreed agreed_action() {
    ActionsAgreed rule;
    rule.agreed(ann, {poll, "close breaker 7", {.at = 100s, .tolerance = 1s}, {ann, bob}});
    return rule;
}
const io::AlarmSetting alarm{poll, "close breaker 7", 100s, 1s, ActionClock::realtime};
io::ActionWoke woke_at(Nanos actual) {
    return {0, poll, actual, io::ActionWoke::Found::in_time};
}

TEST(ActionsAgreed, an_act_as_agreed_is_right) {
    ActionsAgreed rule = agreed_action();
    EXPECT_EQ(rule.owed(ann, 100s), std::nullopt);
    EXPECT_EQ(rule.owed(ann, 110s), poll);
    rule.woke(ann, alarm, woke_at(100s), 99500ms);
    rule.told(ann, poll, "done");
    EXPECT_EQ(rule.owed(ann, 110s), std::nullopt);
}

TEST(ActionsAgreed, an_act_that_nobody_agreed_on_is_caught) {
    ActionsAgreed rule = agreed_action();
    EXPECT_THROW(rule.woke(bob, alarm, woke_at(100s), 100s), RuleBroken);
}

TEST(ActionsAgreed, an_act_before_the_moment_or_too_far_from_it_is_caught) {
    EXPECT_THROW(agreed_action().woke(ann, alarm, woke_at(99s), 99500ms), RuleBroken);
    EXPECT_THROW(agreed_action().woke(ann, alarm, woke_at(100s), 98s), RuleBroken);
    EXPECT_THROW(agreed_action().woke(ann, alarm, woke_at(100s), 103s), RuleBroken);
}

TEST(ActionsAgreed, an_act_after_its_calling_off_and_a_second_one_are_caught) {
    ActionsAgreed rule = agreed_action();
    rule.told(ann, poll, "called off");
    EXPECT_THROW(rule.woke(ann, alarm, woke_at(100s), 100s), RuleBroken);
    EXPECT_THROW(rule.told(ann, poll, "missed"), RuleBroken);
    ActionsAgreed twice = agreed_action();
    twice.woke(ann, alarm, woke_at(100s), 100s);
    EXPECT_THROW(twice.woke(ann, alarm, woke_at(100s), 100s), RuleBroken);
}

TEST(ActionsAgreed, who_is_told_of_a_yes_is_owed_the_end_of_it) {
    ActionsAgreed rule = agreed_action();
    const MemberId cat{3, 3};
    rule.agreed(cat, {PollId{9, 9}, "", {.at = 100s, .tolerance = 1s}, {ann, cat}});
    EXPECT_EQ(rule.owed(ann, 110s), poll);
    rule.told(ann, poll, "done");
    EXPECT_EQ(rule.owed(ann, 110s), std::nullopt);
    rule.decided(ann, PollId{9, 9});
    EXPECT_EQ(rule.owed(ann, 110s), (PollId{9, 9}));
    rule.decided(bob, PollId{9, 9});
    EXPECT_EQ(rule.owed(bob, 110s), std::nullopt) << "he had no vote in it";
}

/// Ann, who is alone, has agreed on the action `poll`, which waits for her stamp.
consensus::StateMachine waiting_for_a_stamp() {
    consensus::Founding founding;
    founding.incarnation = first_life;
    founding.spec.size = 1;
    founding.roster = {{ann, "ann", "tcp://10.0.0.1:5601", Role::member}};
    consensus::StateMachine machine(founding);
    consensus::OpenPoll open{poll, ann, 1, "close breaker 7", Voting::majority, 1s};
    open.action = {.at = 100s, .tolerance = 1s, .clock = ActionClock::realtime};
    open.stamp = {50s, 50s};
    (void)machine.apply(1, consensus::encode(open));
    (void)machine.apply(2, consensus::encode(consensus::CastVote{poll, ann, true}));
    return machine;
}

TEST(ActionsAgreed, one_that_is_forgotten_before_its_moment_is_caught) {
    consensus::StateMachine machine = waiting_for_a_stamp();
    (void)machine.apply(3, consensus::encode(consensus::CloseAction{poll, {50s, 50s}}));
    ActionsAgreed rule;
    rule.agreed(ann, machine.actions().at(poll));
    rule.remembers(machine, 50s);
    consensus::OpenPoll open{PollId{9, 9}, ann, 2, "open it again", Voting::majority, 1s};
    open.action = {.at = 200s, .tolerance = 1s, .clock = ActionClock::realtime};
    open.stamp = {150s, 150s};
    (void)machine.apply(4, consensus::encode(open));
    ASSERT_TRUE(machine.actions().empty());
    EXPECT_THROW(rule.remembers(machine, 60s), RuleBroken);
    rule.remembers(machine, 100s);  // it is past
}

TEST(ActionsAgreed, a_stamp_that_is_not_of_now_is_caught) {
    const ActionsAgreed rule;
    const consensus::Command stamping = consensus::CloseAction{poll, {48s, 50s}};
    rule.appended(7, stamping, 50s);
    rule.appended(7, stamping, 48s);
    EXPECT_THROW(rule.appended(7, stamping, 50s + 1ns), RuleBroken);
    EXPECT_THROW(rule.appended(7, stamping, 48s - 1ns), RuleBroken);
}

TEST(StampsGiven, a_leader_that_lets_an_agreed_action_run_out_is_caught) {
    const consensus::StateMachine machine = waiting_for_a_stamp();
    StampsGiven rule(400ms);
    rule.leads(1, 4, machine, 10s);
    rule.leads(1, 4, machine, 13s);  // it was stopped: nothing was tried again meanwhile
    EXPECT_THROW(rule.leads(1, 4, machine, 13s), RuleBroken);
    StampsGiven hurried(400ms);
    for (int turn = 0; turn < 10; ++turn) hurried.leads(1, 4, machine, 10s + 40ms * turn);
    EXPECT_THROW(hurried.leads(1, 4, machine, 10s + 401ms), RuleBroken);
}

TEST(StampsGiven, a_stamp_counts_in_the_term_of_its_leader) {
    const consensus::StateMachine machine = waiting_for_a_stamp();
    StampsGiven rule(400ms);
    rule.appended(1, 4, consensus::CloseAction{poll, {50s, 50s}});
    for (int turn = 0; turn < 10; ++turn) rule.leads(1, 4, machine, 10s + 1s * turn);
    rule.rests(1);
    for (int turn = 0; turn < 2; ++turn) rule.leads(1, 6, machine, 30s + 1s * turn);
    EXPECT_THROW(rule.leads(1, 6, machine, 32s), RuleBroken) << "that one may have been lost";
    StampsGiven by_another(400ms);
    by_another.appended(2, 4, consensus::CloseAction{poll, {50s, 50s}});
    for (int turn = 0; turn < 2; ++turn) by_another.leads(1, 5, machine, 30s + 1s * turn);
    EXPECT_THROW(by_another.leads(1, 5, machine, 32s), RuleBroken);
}

TEST(StampsGiven, who_hands_leadership_on_begins_anew) {
    const consensus::StateMachine machine = waiting_for_a_stamp();
    StampsGiven rule(400ms);
    for (int turn = 0; turn < 2; ++turn) rule.leads(1, 4, machine, 10s + 1s * turn);
    rule.rests(1);
    for (int turn = 0; turn < 2; ++turn) rule.leads(1, 4, machine, 12s + 1s * turn);
    EXPECT_THROW(rule.leads(1, 4, machine, 14s), RuleBroken);
}

TEST(VotesCountOnce, a_vote_counted_twice_is_caught) {
    VotesCountOnce rule;
    rule.cast(poll, ann, true);
    rule.cast(poll, ann, true);
    rule.cast(poll, bob, true);
    rule.cast(poll, bob, false);
    rule.result(result(Outcome::yes, 2, 0));
    rule.result(result(Outcome::timeout, 1, 1));
    EXPECT_THROW(rule.result(result(Outcome::yes, 3, 0)), RuleBroken);
    EXPECT_THROW(rule.result(result(Outcome::yes, 2, 1)), RuleBroken);
}

TEST(PromisesKept, one_that_shrinks_is_caught) {
    PromisesKept rule;
    rule.promises(1, 1s, 5s, false);
    rule.promises(1, 2s, 6s, false);
    rule.promises(1, 7s, base::long_ago, false);  // it had run out
    rule.promises(1, 8s, 12s, false);
    rule.promises(1, 9s, 10s, true);  // lifted by the truth
    EXPECT_THROW(rule.promises(1, 9s, 9s + 1ms, false), RuleBroken);
}

TEST(FencingTokens, a_term_that_comes_again_is_caught) {
    FencingTokens rule;
    rule.elected(first_life, 10, 3);
    rule.elected(first_life, 10, 5);
    EXPECT_THROW(rule.elected(first_life, 10, 5), RuleBroken);
}

TEST(FencingTokens, an_epoch_that_a_founder_knew_is_caught) {
    FencingTokens rule;
    rule.entered(first_life, 10, 0);
    rule.entered(second_life, 11, 10);
    EXPECT_THROW(rule.entered({3, 3}, 11, 11), RuleBroken);
    rule.elected(second_life, 11, 1);
    EXPECT_TRUE(rule.elected(first_life, 10, 9)) << "counted, not judged";
}

TEST(MembershipOrder, another_order_is_caught) {
    MembershipOrder rule;
    rule.begins(1, ann, first_life, 0);
    rule.begins(2, bob, first_life, 0);
    rule.told(1, first_life, 5, MembershipOrder::Change::joined, cem);
    EXPECT_THROW(rule.told(2, first_life, 5, MembershipOrder::Change::lost, cem), RuleBroken);
}

TEST(MembershipOrder, a_change_passed_over_is_caught) {
    MembershipOrder rule;
    rule.begins(1, ann, first_life, 0);
    rule.begins(2, bob, first_life, 0);
    rule.begins(3, cem, first_life, 0);
    rule.told(1, first_life, 5, MembershipOrder::Change::joined, cem);
    rule.applied(1, 5);
    rule.applied(3, 5);  // not told of itself
    EXPECT_THROW(rule.applied(2, 6), RuleBroken);
}

TEST(MembershipOrder, a_change_that_others_passed_over_before_is_caught) {
    MembershipOrder rule;
    rule.begins(1, ann, first_life, 0);
    rule.begins(2, bob, first_life, 0);
    rule.applied(2, 6);
    EXPECT_THROW(rule.told(1, first_life, 5, MembershipOrder::Change::joined, cem), RuleBroken);
}

TEST(RequestOutcomes, an_answer_too_many_or_too_late_is_caught) {
    RequestOutcomes rule;
    rule.accepted(1, 1, "vote", 0s);
    rule.answered(1, 1);
    EXPECT_THROW(rule.answered(1, 1), RuleBroken);
    rule.accepted(1, 2, "vote", 1s);
    rule.check(1, 6s, 0s);
    rule.check(1, 9s, 8s);  // it was stopped until then
    EXPECT_THROW(rule.check(1, 7s, 0s), RuleBroken);
}

TEST(RequestOutcomes, what_comes_after_left_is_caught) {
    RequestOutcomes rule;
    rule.accepted(1, 1, "leave", 0s);
    EXPECT_THROW(rule.left(1), RuleBroken) << "a request was open";
    rule.left(2);
    EXPECT_THROW(rule.told(2), RuleBroken);
}

TEST(SenderOrder, an_older_message_after_a_newer_is_caught) {
    SenderOrder rule;
    rule.received(1, compose_message('g', 2, 7, 16));
    rule.received(1, compose_message('o', 2, 3, 200));
    rule.received(2, compose_message('g', 2, 6, 16));
    EXPECT_THROW(rule.received(1, compose_message('g', 2, 7, 16)), RuleBroken);
    EXPECT_THROW(rule.received(1, compose_message('g', 2, 6, 16)), RuleBroken);
    EXPECT_THROW(rule.received(1, "what nobody wrote"), RuleBroken);
}

}  // namespace
}  // namespace quorate::sim
