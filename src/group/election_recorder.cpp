#include "group/election_recorder.h"

#include <algorithm>

namespace quorate::group {

namespace {

ElectionTrigger trigger_of(raft::Trigger trigger) {
    switch (trigger) {
        case raft::Trigger::none:
            return ElectionTrigger::unknown;
        case raft::Trigger::timeout:
            return ElectionTrigger::timeout;
        case raft::Trigger::leader_dead:
            return ElectionTrigger::leader_dead;
        case raft::Trigger::transfer:
            return ElectionTrigger::transfer;
        case raft::Trigger::founding:
            return ElectionTrigger::founding;
    }
    return ElectionTrigger::unknown;
}

/// What a candidate's request says of its reason.
ElectionTrigger trigger_of(const raft::VoteRequest& request) {
    if (request.handed_on != 0) return ElectionTrigger::transfer;
    if (request.dead_leader) return ElectionTrigger::leader_dead;
    return request.pre_vote ? ElectionTrigger::timeout : ElectionTrigger::unknown;
}

bool campaigns(raft::Role role) {
    return role == raft::Role::pre_candidate || role == raft::Role::candidate;
}

}  // namespace

VoteAnswer answer_of(const raft::VoteReply& reply) {
    if (reply.granted) return VoteAnswer::granted;
    switch (reply.refusal) {
        case raft::VoteRefusal::sticky:
            return VoteAnswer::sticky;
        case raft::VoteRefusal::log_behind:
            return VoteAnswer::log_behind;
        case raft::VoteRefusal::voted_already:
            return VoteAnswer::voted_already;
        case raft::VoteRefusal::withheld:
            return VoteAnswer::withheld;
        case raft::VoteRefusal::stale_term:
        case raft::VoteRefusal::none:
            break;
    }
    return VoteAnswer::stale_term;
}

ElectionTrigger ElectionRecorder::why_elected(MemberId leader, raft::Term term) const {
    if (records_.empty()) return ElectionTrigger::unknown;
    const ElectionRecord& last = records_.back();
    const bool of_it = last.leader == leader && last.term == term;
    return of_it ? last.trigger : ElectionTrigger::unknown;
}

ElectionRecord& ElectionRecorder::open(Nanos now) {
    if (!open_) {
        election_ = Election{};
        election_->began = now;
        open_.emplace();
        open_->began_ns = surroundings_.realtime().count();
        open_->previous_leader = leader_;
        if (leader_) open_->previous_leader_name = surroundings_.name_of(leader_);
    }
    election_->last_sign = now;
    return *open_;
}

/// Where a vote belongs that comes now.
ElectionRecord* ElectionRecorder::find_noted() {
    if (open_) return &*open_;
    return election_ && !records_.empty() ? &records_.back() : nullptr;
}

void ElectionRecorder::entered(Nanos now, bool by_founding) {
    open_.reset();
    election_.reset();
    leader_ = {};
    leader_term_ = 0;
    if (by_founding) open(now).trigger = ElectionTrigger::founding;
}

void ElectionRecorder::left(Nanos now) {
    if (open_) close(now, ElectionOutcome::given_up, {});
    election_.reset();
    leader_ = {};
    leader_term_ = 0;
}

const ElectionRecord* ElectionRecorder::observe(const View& view) {
    if (campaigns(view.role)) note_campaign(view);
    if (!view.leader) {
        if (leader_ && !open_) open(view.now);
        return nullptr;
    }
    const bool changed = view.leader != leader_ || view.term != leader_term_;
    if (!changed) {
        const bool quiet = open_ && election_->last_sign + view.quiet < view.now;
        return quiet ? close(election_->last_sign, ElectionOutcome::kept, view) : nullptr;
    }
    const bool first_seen = !leader_ && !open_;
    if (!first_seen) open(view.now);
    // A founder has no need of a rehearsal, and may win before anybody has looked.
    if (open_ && view.leader == view.self) note_campaign(view);
    leader_ = view.leader;
    leader_term_ = view.term;
    return first_seen ? nullptr : close(view.now, ElectionOutcome::elected, view);
}

void ElectionRecorder::note_campaign(const View& view) {
    const bool rehearsing = view.role == raft::Role::pre_candidate;
    const raft::Term asked = view.term + (rehearsing ? 1 : 0);
    if (open_ && election_->campaign == asked && election_->rehearsing == rehearsing) return;
    ElectionRecord& record = open(view.now);
    election_->campaign = asked;
    election_->rehearsing = rehearsing;
    record.campaigned = true;
    if (record.trigger == ElectionTrigger::unknown) record.trigger = trigger_of(view.trigger);
    note_vote(view.now, {view.self, {}, view.self, asked, rehearsing, VoteAnswer::granted, {}});
}

void ElectionRecorder::asked(Nanos now, MemberId candidate, const raft::VoteRequest& request) {
    ElectionRecord& record = open(now);
    if (record.trigger == ElectionTrigger::unknown) record.trigger = trigger_of(request);
    auto& asked = election_->asked;
    if (asked.size() < kept_election_votes || asked.contains(candidate)) {
        asked[candidate] = request.term;
    }
}

void ElectionRecorder::answered(Nanos now, MemberId self, MemberId candidate,
                                const raft::VoteReply& reply) {
    if (!election_) return;
    const auto asked = election_->asked.find(candidate);
    const raft::Term term = asked != election_->asked.end() ? asked->second : reply.term;
    note_vote(now, {self, {}, candidate, term, reply.pre_vote, answer_of(reply), {}});
}

void ElectionRecorder::vote_arrived(Nanos now, MemberId self, MemberId voter,
                                    const raft::VoteReply& reply) {
    // What was asked for before the last campaign decides nothing any more.
    if (!election_ || election_->campaign == 0 || reply.pre_vote != election_->rehearsing) return;
    note_vote(now, {voter, {}, self, election_->campaign, reply.pre_vote, answer_of(reply), {}});
}

/// Who asks again, while it is refused, gets one line: its last answer.
void ElectionRecorder::note_vote(Nanos now, ElectionVote vote) {
    ElectionRecord* record = find_noted();
    if (record == nullptr) return;
    changed_ |= !open_;
    vote.after = now - election_->began;
    const auto known =
        std::find_if(record->votes.begin(), record->votes.end(), [&](const ElectionVote& other) {
            return other.voter == vote.voter && other.candidate == vote.candidate &&
                   other.term == vote.term && other.pre_vote == vote.pre_vote;
        });
    if (known != record->votes.end()) {
        if (known->answer != vote.answer) {
            known->answer = vote.answer;
            known->after = vote.after;
        }
        return;
    }
    if (record->votes.size() >= kept_election_votes) {
        ++record->votes_left_out;
        return;
    }
    vote.voter_name = surroundings_.name_of(vote.voter);
    record->votes.push_back(std::move(vote));
}

const ElectionRecord* ElectionRecorder::close(Nanos now, ElectionOutcome outcome,
                                              const View& view) {
    ElectionRecord& record = *open_;
    record.number = ++ended_;
    record.outcome = outcome;
    record.term = view.term;
    record.leader = view.leader;
    if (view.leader) record.leader_name = surroundings_.name_of(view.leader);
    record.took = now - election_->began;
    if (records_.size() >= kept_elections) records_.pop_front();
    records_.push_back(std::move(record));
    open_.reset();
    changed_ = true;
    return &records_.back();
}

}  // namespace quorate::group
