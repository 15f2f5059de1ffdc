// Questions from outside, and their answers.
#include "wire/frame_reader.h"

namespace quorate::wire {

namespace {
std::string required_name(capnp::Text::Reader source) {
    std::string read;
    require(consensus::read_name(source, read), "not a name");
    return read;
}
}  // namespace

Inspect FrameReader::inspect(capn::Inspect::Reader source) const {
    return {enumerator(source.getSubject(), Inspect::Subject::elections), source.getNonce(),
            endpoint(source.getReplyTo())};
}

Inspection FrameReader::inspection(capn::Inspection::Reader source) const {
    Inspection read;
    read.nonce = source.getNonce();
    read.name = required_name(source.getName());
    switch (source.which()) {
        case capn::Inspection::STATUS:
            read.answer = status(source.getStatus());
            return read;
        case capn::Inspection::ELECTIONS: {
            std::vector<ElectionRecord> elections;
            require(source.getElections().size() <= kept_elections, "too many elections");
            for (const auto each : source.getElections()) elections.push_back(election(each));
            read.answer = std::move(elections);
            return read;
        }
    }
    throw Bad{"an unknown kind of answer"};
}

GroupStatus FrameReader::status(capn::Status::Reader source) const {
    GroupStatus read;
    read.leader = consensus::read_id<MemberId>(source.getLeader());
    read.incarnation = consensus::read_id<IncarnationId>(source.getIncarnation());
    read.term = source.getTerm();
    read.epoch = sound_epoch(source.getEpoch());
    read.commit_index = source.getCommitIndex();
    read.state = enumerator(source.getState(), State::outside);
    read.quorum = source.getQuorum();
    read.size = source.getSize();
    read.lease = source.getLease();
    read.endpoint = endpoint_or_none(source.getEndpoint());
    read.beacon_problem = sentence(source.getBeaconProblem());
    require(source.getMembers().size() <= limits_.members, "too many members");
    for (const auto member : source.getMembers()) {
        read.members.push_back({some_id<MemberId>(member.getId()), required_name(member.getName()),
                                enumerator(member.getRole(), Role::witness), member.getVoter(),
                                member.getAlive()});
    }
    return read;
}

ElectionRecord FrameReader::election(capn::Election::Reader source) const {
    ElectionRecord read;
    read.number = source.getNumber();
    read.trigger = enumerator(source.getTrigger(), ElectionTrigger::founding);
    read.outcome = enumerator(source.getOutcome(), ElectionOutcome::given_up);
    read.term = source.getTerm();
    read.leader = consensus::read_id<MemberId>(source.getLeader());
    read.leader_name = name_or_none(source.getLeaderName());
    read.previous_leader = consensus::read_id<MemberId>(source.getPreviousLeader());
    read.previous_leader_name = name_or_none(source.getPreviousLeaderName());
    read.campaigned = source.getCampaigned();
    read.began_ns = time(source.getBeganNs()).count();
    read.took = time(source.getTookNs());
    require(source.getVotes().size() <= kept_election_votes, "too many votes");
    for (const auto each : source.getVotes()) read.votes.push_back(vote(each));
    read.votes_left_out = source.getVotesLeftOut();
    return read;
}

ElectionVote FrameReader::vote(capn::Vote::Reader source) const {
    ElectionVote read;
    read.voter = some_id<MemberId>(source.getVoter());
    read.voter_name = name_or_none(source.getVoterName());
    read.candidate = some_id<MemberId>(source.getCandidate());
    read.term = source.getTerm();
    read.pre_vote = source.getPreVote();
    read.answer = enumerator(source.getAnswer(), VoteAnswer::withheld);
    read.after = time(source.getAfterNs());
    return read;
}

}  // namespace quorate::wire
