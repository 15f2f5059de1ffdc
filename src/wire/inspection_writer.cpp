#include "wire/inspection_writer.h"

#include "consensus/schema_values.h"

namespace quorate::wire {

namespace {
namespace capn = schema::wire;
namespace log = schema::log;

using consensus::as_text;
using consensus::count_of;
using consensus::to_schema;
using consensus::write_id;

// An upper bound each, the struct's own fields and its list's place included.
constexpr std::size_t status_words = 24;
constexpr std::size_t member_words = 6;
constexpr std::size_t election_words = 20;
constexpr std::size_t vote_words = 12;

std::size_t words_of(const std::string& text) {
    return text.size() / 8 + 2;
}

struct MeasureAnswer {
    std::size_t operator()(const GroupStatus& status) const {
        std::size_t words =
            status_words + words_of(status.endpoint) + words_of(status.beacon_problem);
        for (const MemberInfo& member : status.members) {
            words += member_words + words_of(member.name);
        }
        return words;
    }
    std::size_t operator()(const std::vector<ElectionRecord>& elections) const {
        std::size_t words = 2;
        for (const ElectionRecord& election : elections) {
            words += election_words + words_of(election.leader_name) +
                     words_of(election.previous_leader_name);
            for (const ElectionVote& vote : election.votes) {
                words += vote_words + words_of(vote.voter_name);
            }
        }
        return words;
    }
};

void write(capn::Status::Builder to, const GroupStatus& status) {
    write_id(to.getLeader(), status.leader);
    write_id(to.getIncarnation(), status.incarnation);
    to.setTerm(status.term);
    to.setEpoch(status.epoch);
    to.setCommitIndex(status.commit_index);
    to.setState(to_schema<capn::Status::State>(status.state));
    to.setQuorum(status.quorum);
    to.setSize(status.size);
    to.setLease(status.lease);
    to.setEndpoint(as_text(status.endpoint));
    to.setBeaconProblem(as_text(status.beacon_problem));
    auto members = to.initMembers(count_of(status.members.size()));
    for (unsigned i = 0; i < status.members.size(); ++i) {
        const MemberInfo& member = status.members[i];
        write_id(members[i].getId(), member.id);
        members[i].setName(as_text(member.name));
        members[i].setRole(to_schema<log::Role>(member.role));
        members[i].setVoter(member.voter);
        members[i].setAlive(member.alive);
    }
}

void write(capn::Vote::Builder to, const ElectionVote& vote) {
    write_id(to.getVoter(), vote.voter);
    write_id(to.getCandidate(), vote.candidate);
    to.setTerm(vote.term);
    to.setAfterNs(vote.after.count());
    to.setPreVote(vote.pre_vote);
    to.setAnswer(to_schema<capn::Vote::Answer>(vote.answer));
    to.setVoterName(as_text(vote.voter_name));
}

void write(capn::Election::Builder to, const ElectionRecord& election) {
    to.setNumber(election.number);
    to.setTerm(election.term);
    write_id(to.getLeader(), election.leader);
    write_id(to.getPreviousLeader(), election.previous_leader);
    to.setBeganNs(election.began_ns);
    to.setTookNs(election.took.count());
    to.setTrigger(to_schema<capn::Election::Trigger>(election.trigger));
    to.setOutcome(to_schema<capn::Election::Outcome>(election.outcome));
    to.setCampaigned(election.campaigned);
    to.setVotesLeftOut(election.votes_left_out);
    to.setLeaderName(as_text(election.leader_name));
    to.setPreviousLeaderName(as_text(election.previous_leader_name));
    auto votes = to.initVotes(count_of(election.votes.size()));
    for (unsigned i = 0; i < election.votes.size(); ++i) write(votes[i], election.votes[i]);
}

struct AnswerWriter {
    capn::Inspection::Builder to;

    void operator()(const GroupStatus& status) { write(to.initStatus(), status); }
    void operator()(const std::vector<ElectionRecord>& elections) {
        auto list = to.initElections(count_of(elections.size()));
        for (unsigned i = 0; i < elections.size(); ++i) write(list[i], elections[i]);
    }
};
}  // namespace

std::size_t inspection_words(const Inspection& inspection) {
    return words_of(inspection.name) + std::visit(MeasureAnswer{}, inspection.answer);
}

void write_inspection(capn::Inspection::Builder to, const Inspection& inspection) {
    to.setNonce(inspection.nonce);
    to.setName(as_text(inspection.name));
    std::visit(AnswerWriter{to}, inspection.answer);
}

}  // namespace quorate::wire
