#include "wire/frame_reader.h"

namespace quorate::wire {

template <class SomeHello>
SomeHello FrameReader::hello(capn::Hello::Reader source) const {
    return {introduction(source.getSelf()), standing(source.getStanding()), spec(source.getSpec()),
            source.getNonce(), contacts(source.getContacts())};
}

FoundingProposal FrameReader::founding_proposal(capn::FoundingProposal::Reader source) const {
    return {some_id<IncarnationId>(source.getFounding()), spec(source.getSpec()),
            contacts(source.getInvited()), time(source.getSentNs())};
}

FoundingAck FrameReader::founding_ack(capn::FoundingAck::Reader source) const {
    FoundingAck read;
    read.founding = some_id<IncarnationId>(source.getFounding());
    read.accepted = source.getAccepted();
    read.waiting = source.getWaiting();
    read.highest_epoch = sound_epoch(source.getHighestEpoch());
    read.self = introduction(source.getSelf());
    read.sent = time(source.getSentNs());
    return read;
}

FoundingDone FrameReader::founding_done(capn::FoundingDone::Reader source) const {
    FoundingDone read;
    require(source.getFounding().getRoster().size() <= limits_.members, "too many members");
    require(consensus::read_founding(source.getFounding(), read.founding), "not a founding");
    require(!find_problem(read.founding.spec), "a founding with an unusable spec");
    read.by_all = source.getByAll();
    return read;
}

JoinRequest FrameReader::join_request(capn::JoinRequest::Reader source) const {
    return {introduction(source.getSelf()), spec(source.getSpec()), source.getNonce()};
}

JoinReply FrameReader::join_reply(capn::JoinReply::Reader source) const {
    JoinReply read;
    read.answer = enumerator(source.getAnswer(), JoinReply::Answer::refused);
    read.leader = consensus::read_id<MemberId>(source.getLeader());
    read.leader_endpoint = endpoint_or_none(source.getLeaderEndpoint());
    require(read.answer != JoinReply::Answer::redirect || !read.leader_endpoint.empty(),
            "a redirect to nowhere");
    read.reason = sentence(source.getReason());
    read.nonce = source.getNonce();
    return read;
}

ProposalReply FrameReader::proposal_reply(capn::ProposalReply::Reader source) const {
    return {source.getRequest(), enumerator(source.getError(), ErrorCode::internal)};
}

AppMessages FrameReader::app_messages(capn::AppMessages::Reader source) const {
    AppMessages read;
    read.sequence = source.getSequence();
    read.from_leader = source.getFromLeader();
    read.epoch = sound_epoch(source.getEpoch());
    read.term = source.getTerm();
    const auto messages = source.getMessages();
    require(messages.size() > 0 && messages.size() <= limits_.messages, "too many messages");
    read.messages.reserve(messages.size());
    for (const auto message : messages) {
        read.messages.push_back({enumerator(message.getAddress(), AppMessage::Address::member),
                                 message.getSentNs(), payload(message.getData())});
    }
    return read;
}

Beacon FrameReader::beacon(capn::Beacon::Reader source) const {
    return {introduction(source.getSelf()), standing(source.getStanding()), key(source.getKey())};
}

Body FrameReader::body(capn::Frame::Body::Reader source) const {
    raft::Message message;
    if (raft_message(source, message)) return RaftFrame{std::move(message)};
    switch (source.which()) {
        case capn::Frame::Body::HELLO:
            return hello<Hello>(source.getHello());
        case capn::Frame::Body::HELLO_REPLY:
            return hello<HelloReply>(source.getHelloReply());
        case capn::Frame::Body::FOUNDING_PROPOSAL:
            return founding_proposal(source.getFoundingProposal());
        case capn::Frame::Body::FOUNDING_ACK:
            return founding_ack(source.getFoundingAck());
        case capn::Frame::Body::FOUNDING_DONE:
            return founding_done(source.getFoundingDone());
        case capn::Frame::Body::JOIN_REQUEST:
            return join_request(source.getJoinRequest());
        case capn::Frame::Body::JOIN_REPLY:
            return join_reply(source.getJoinReply());
        case capn::Frame::Body::PROPOSAL:
            return Proposal{source.getProposal().getRequest(),
                            payload(source.getProposal().getCommand())};
        case capn::Frame::Body::PROPOSAL_REPLY:
            return proposal_reply(source.getProposalReply());
        case capn::Frame::Body::APP_MESSAGES:
            return app_messages(source.getAppMessages());
        case capn::Frame::Body::FAREWELL:
            return Farewell{source.getFarewell().getTerm()};
        case capn::Frame::Body::BEACON:
            return beacon(source.getBeacon());
        case capn::Frame::Body::OTHER_DEPLOYMENT:
            return OtherDeployment{source.getOtherDeployment().getNonce()};
        case capn::Frame::Body::INSPECT:
            return inspect(source.getInspect());
        case capn::Frame::Body::INSPECTION:
            return inspection(source.getInspection());
        default:
            throw Bad{"an unknown kind of frame"};
    }
}

}  // namespace quorate::wire
