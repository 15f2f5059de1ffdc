// Reads the parts of one frame, and refuses what is not within the limits.
//
// Throws Bad, or Cap'n Proto's kj::Exception; decode() turns both into values. Only src/wire's .cpp
// files include this: Cap'n Proto's headers are heavy.
#pragma once

#include <wire.capnp.h>

#include <memory>
#include <string>
#include <vector>

#include "consensus/schema_values.h"
#include "wire/codec.h"

namespace quorate::wire {

namespace capn = schema::wire;

/// Why a frame is refused. Never leaves decode().
struct Bad {
    const char* what;
};

inline void require(bool condition, const char* what) {
    if (!condition) throw Bad{what};
}

inline std::uint64_t sound_epoch(std::uint64_t epoch) {
    require(epoch <= consensus::max_epoch, "no such epoch");
    return epoch;
}

class FrameReader {
public:
    /// `owner` keeps the bytes alive that payloads refer to.
    FrameReader(std::shared_ptr<const void> owner, const DecodeLimits& limits)
        : owner_(std::move(owner)), limits_(limits) {}

    Body body(capn::Frame::Body::Reader source) const;

private:
    // frame_reader.cpp: whole bodies
    template <class SomeHello>
    SomeHello hello(capn::Hello::Reader source) const;
    FoundingProposal founding_proposal(capn::FoundingProposal::Reader source) const;
    FoundingAck founding_ack(capn::FoundingAck::Reader source) const;
    FoundingDone founding_done(capn::FoundingDone::Reader source) const;
    JoinRequest join_request(capn::JoinRequest::Reader source) const;
    JoinReply join_reply(capn::JoinReply::Reader source) const;
    ProposalReply proposal_reply(capn::ProposalReply::Reader source) const;
    AppMessages app_messages(capn::AppMessages::Reader source) const;
    Beacon beacon(capn::Beacon::Reader source) const;

    // inspection_reader.cpp: questions from outside
    Inspect inspect(capn::Inspect::Reader source) const;
    Inspection inspection(capn::Inspection::Reader source) const;
    GroupStatus status(capn::Status::Reader source) const;
    ElectionRecord election(capn::Election::Reader source) const;
    ElectionVote vote(capn::Vote::Reader source) const;

    // raft_reader.cpp: a Raft message; false if the body is none
    bool raft_message(capn::Frame::Body::Reader source, raft::Message& message) const;
    raft::VoteRequest vote_request(capn::VoteRequest::Reader source) const;
    raft::VoteReply vote_reply(capn::VoteReply::Reader source) const;
    raft::Append append(capn::Append::Reader source) const;
    raft::Entry entry(capn::Entry::Reader source, raft::Index index) const;
    raft::AppendReply append_reply(capn::AppendReply::Reader source) const;
    raft::InstallSnapshot install_snapshot(capn::InstallSnapshot::Reader source) const;
    raft::SnapshotReply snapshot_reply(capn::SnapshotReply::Reader source) const;
    raft::Configuration configuration(capn::Configuration::Reader source) const;
    std::vector<MemberId> ids(capnp::List<schema::log::Id>::Reader list, std::size_t most) const;

    // part_reader.cpp: what several bodies hold
    Introduction introduction(capn::Introduction::Reader source) const;
    Standing standing(capn::Standing::Reader source) const;
    GroupSpec spec(schema::log::GroupSpec::Reader source) const;
    std::vector<Contact> contacts(capnp::List<capn::Contact>::Reader list) const;
    Payload payload(capnp::Data::Reader bytes) const;
    static base::PublicKey key(capnp::Data::Reader source);
    static std::string endpoint(capnp::Text::Reader source);
    static std::string endpoint_or_none(capnp::Text::Reader source);
    static std::string name_or_none(capnp::Text::Reader source);
    static std::string sentence(capnp::Text::Reader source);
    static base::Nanos time(std::int64_t ns);

    template <class SomeId, class Source>
    static SomeId some_id(Source source) {
        const auto read = consensus::read_id<SomeId>(source);
        require(static_cast<bool>(read), "an id is missing");
        return read;
    }
    template <class Enum, class Source>
    static Enum enumerator(Source source, Enum last) {
        Enum read{};
        require(consensus::read_enum(source, last, read), "an unknown enumerator");
        return read;
    }

    std::shared_ptr<const void> owner_;
    const DecodeLimits& limits_;
};

}  // namespace quorate::wire
