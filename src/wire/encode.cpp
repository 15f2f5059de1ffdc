// Frames to bytes: one allocation each, its size reckoned from the payloads.
#include <wire.capnp.h>

#include "base/check.h"
#include "base/recycling.h"
#include "consensus/flat_message.h"
#include "consensus/schema_values.h"
#include "wire/codec.h"
#include "wire/inspection_writer.h"
#include "wire/prefix.h"

namespace quorate::wire {

namespace {
namespace capn = schema::wire;
namespace log = schema::log;

using consensus::as_data;
using consensus::as_text;
using consensus::count_of;
using consensus::to_schema;
using consensus::write_id;

// ---- how long it will be, in words: an upper bound ----

/// The frame's own fields, and those of any body that has no lists or payloads.
constexpr std::size_t frame_words = 64;
constexpr std::size_t entry_words = 4;
constexpr std::size_t contact_words = 5;
constexpr std::size_t message_words = 3;

std::size_t words_of(std::string_view bytes) {
    return bytes.size() / 8 + 2;
}
std::size_t words_of(const Introduction& self) {
    return words_of(self.name) + words_of(self.endpoint);
}
std::size_t words_of(const Standing& standing) {
    return words_of(standing.leader_endpoint);
}
std::size_t words_of(const base::PublicKey& key) {
    return key ? key.bytes.size() / 8 : 0;
}
std::size_t words_of(const std::vector<Contact>& contacts) {
    std::size_t words = 1;
    for (const Contact& contact : contacts) {
        words += contact_words + words_of(contact.endpoint) + words_of(contact.key);
    }
    return words;
}
std::size_t words_of(const raft::Configuration& configuration) {
    const std::size_t ids = configuration.voters.size() + configuration.outgoing.size() +
                            configuration.learners.size() + configuration.witnesses.size();
    return 2 * ids + 13;
}

struct MeasureRaft {
    std::size_t operator()(const raft::Append& append) const {
        std::size_t words = 0;
        for (const raft::Entry& entry : append.entries) {
            words += entry_words + words_of(entry.data.view());
            if (entry.configuration) words += words_of(*entry.configuration);
        }
        return words;
    }
    std::size_t operator()(const raft::InstallSnapshot& install) const {
        return words_of(install.snapshot->configuration) + words_of(install.snapshot->state.view());
    }
    template <class Small>
    std::size_t operator()(const Small&) const {
        return 0;
    }
};

struct Measure {
    std::size_t operator()(const Hello& m) const { return hello(m); }
    std::size_t operator()(const HelloReply& m) const { return hello(m); }
    std::size_t operator()(const FoundingProposal& m) const { return words_of(m.invited); }
    std::size_t operator()(const FoundingAck& m) const { return words_of(m.self); }
    std::size_t operator()(const FoundingDone& m) const { return consensus::words_of(m.founding); }
    std::size_t operator()(const JoinRequest& m) const { return words_of(m.self); }
    std::size_t operator()(const JoinReply& m) const {
        return words_of(m.leader_endpoint) + words_of(m.reason);
    }
    std::size_t operator()(const RaftFrame& m) const {
        return std::visit(MeasureRaft{}, m.message);
    }
    std::size_t operator()(const Proposal& m) const { return words_of(m.command.view()); }
    std::size_t operator()(const AppMessages& m) const {
        std::size_t words = 1;
        for (const AppMessage& each : m.messages) {
            words += message_words + words_of(each.data.view());
        }
        return words;
    }
    std::size_t operator()(const Beacon& m) const {
        return words_of(m.self) + words_of(m.standing) + words_of(m.key);
    }
    std::size_t operator()(const OtherDeployment&) const { return 0; }
    std::size_t operator()(const Inspect& m) const { return words_of(m.reply_to); }
    std::size_t operator()(const Inspection& m) const { return inspection_words(m); }
    std::size_t operator()(const ProposalReply&) const { return 0; }
    std::size_t operator()(const Farewell&) const { return 0; }

private:
    template <class SomeHello>
    static std::size_t hello(const SomeHello& m) {
        return words_of(m.self) + words_of(m.standing) + words_of(m.contacts);
    }
};

// ---- the parts of several bodies ----

void write(capn::Introduction::Builder to, const Introduction& self) {
    to.setName(as_text(self.name));
    to.setEndpoint(as_text(self.endpoint));
    to.setRole(to_schema<log::Role>(self.role));
}

void write(capn::Standing::Builder to, const Standing& standing) {
    write_id(to.getIncarnation(), standing.incarnation);
    write_id(to.getLeader(), standing.leader);
    to.setEpoch(standing.epoch);
    to.setQuorum(standing.quorum);
    to.setLease(standing.lease);
    to.setOtherSize(standing.other_size);
    to.setCompany(standing.company);
    if (!standing.leader_endpoint.empty()) to.setLeaderEndpoint(as_text(standing.leader_endpoint));
}

capnp::Data::Reader as_bytes(const base::PublicKey& key) {
    return {key.bytes.data(), key.bytes.size()};
}

void write(capnp::List<capn::Contact>::Builder to, const std::vector<Contact>& contacts) {
    for (unsigned i = 0; i < contacts.size(); ++i) {
        auto contact = to[i];
        write_id(contact.getId(), contacts[i].id);
        contact.setEndpoint(as_text(contacts[i].endpoint));
        if (contacts[i].key) contact.setKey(as_bytes(contacts[i].key));
    }
}

void write(capnp::List<log::Id>::Builder to, const std::vector<MemberId>& ids) {
    for (unsigned i = 0; i < ids.size(); ++i) write_id(to[i], ids[i]);
}

void write(capn::Configuration::Builder to, const raft::Configuration& configuration) {
    write(to.initVoters(count_of(configuration.voters.size())), configuration.voters);
    write(to.initOutgoing(count_of(configuration.outgoing.size())), configuration.outgoing);
    write(to.initLearners(count_of(configuration.learners.size())), configuration.learners);
    to.setSeats(configuration.seats);
    to.setOutgoingSeats(configuration.outgoing_seats);
    if (configuration.witnesses.empty()) return;
    write(to.initWitnesses(count_of(configuration.witnesses.size())), configuration.witnesses);
}

template <class SomeHello>
void write_hello(capn::Hello::Builder to, const SomeHello& hello) {
    write(to.initSelf(), hello.self);
    write(to.initStanding(), hello.standing);
    consensus::write_spec(to.initSpec(), hello.spec);
    to.setNonce(hello.nonce);
    write(to.initContacts(count_of(hello.contacts.size())), hello.contacts);
}

void write(capn::Entry::Builder to, const raft::Entry& entry) {
    to.setTerm(entry.term);
    switch (entry.kind) {
        case raft::EntryKind::noop:
            to.setNoop();
            break;
        case raft::EntryKind::configuration:
            write(to.initConfiguration(), *entry.configuration);
            break;
        case raft::EntryKind::command:
            to.setCommand(as_data(entry.data.view()));
            break;
        case raft::EntryKind::application:
            to.setApplication(as_data(entry.data.view()));
            break;
    }
}

// ---- one writer for each kind ----

struct RaftWriter {
    capn::Frame::Body::Builder body;

    void operator()(const raft::VoteRequest& m) {
        auto to = body.initVoteRequest();
        to.setTerm(m.term);
        to.setLastIndex(m.last_index);
        to.setLastTerm(m.last_term);
        to.setPreVote(m.pre_vote);
        to.setHandedOn(m.handed_on);
        write_id(to.getDeadLeader(), m.dead_leader);
        to.setSentNs(m.sent.count());
    }
    void operator()(const raft::VoteReply& m) {
        auto to = body.initVoteReply();
        to.setTerm(m.term);
        to.setGranted(m.granted);
        to.setPreVote(m.pre_vote);
        to.setRefusal(to_schema<capn::VoteReply::Refusal>(m.refusal));
        to.setSentNs(m.sent.count());
    }
    void operator()(const raft::Append& m) {
        auto to = body.initAppend();
        to.setTerm(m.term);
        to.setPrevIndex(m.prev_index);
        to.setPrevTerm(m.prev_term);
        to.setCommit(m.commit);
        to.setSuccessorRank(m.successor_rank);
        to.setCommitOnly(m.commit_only);
        to.setSentNs(m.sent.count());
        auto entries = to.initEntries(count_of(m.entries.size()));
        for (unsigned i = 0; i < m.entries.size(); ++i) {
            QUORATE_CHECK(m.entries[i].index == m.prev_index + i + 1,
                          "entries follow one another: their indexes are not sent");
            write(entries[i], m.entries[i]);
        }
    }
    void operator()(const raft::AppendReply& m) {
        auto to = body.initAppendReply();
        to.setTerm(m.term);
        to.setAccepted(m.accepted);
        to.setMatch(m.match);
        to.setHintIndex(m.hint_index);
        to.setHintTerm(m.hint_term);
        to.setNeedsSnapshot(m.needs_snapshot);
        to.setPromise(m.promise);
        to.setPriority(m.priority);
        to.setSentNs(m.sent.count());
    }
    void operator()(const raft::InstallSnapshot& m) {
        auto to = body.initInstallSnapshot();
        to.setTerm(m.term);
        to.setSentNs(m.sent.count());
        to.setIndex(m.snapshot->index);
        to.setSnapshotTerm(m.snapshot->term);
        write(to.initConfiguration(), m.snapshot->configuration);
        to.setState(as_data(m.snapshot->state.view()));
        to.setOffset(m.offset);
        to.setDone(m.done);
    }
    void operator()(const raft::SnapshotReply& m) {
        auto to = body.initSnapshotReply();
        to.setTerm(m.term);
        to.setIndex(m.index);
        to.setReceived(m.received);
        to.setSentNs(m.sent.count());
    }
    void operator()(const raft::TimeoutNow& m) { body.initTimeoutNow().setTerm(m.term); }
};

struct Writer {
    capn::Frame::Body::Builder body;

    void operator()(const Hello& m) { write_hello(body.initHello(), m); }
    void operator()(const HelloReply& m) { write_hello(body.initHelloReply(), m); }
    void operator()(const FoundingProposal& m) {
        auto to = body.initFoundingProposal();
        write_id(to.getFounding(), m.founding);
        to.setSentNs(m.sent.count());
        consensus::write_spec(to.initSpec(), m.spec);
        write(to.initInvited(count_of(m.invited.size())), m.invited);
    }
    void operator()(const FoundingAck& m) {
        auto to = body.initFoundingAck();
        write_id(to.getFounding(), m.founding);
        to.setSentNs(m.sent.count());
        to.setHighestEpoch(m.highest_epoch);
        to.setAccepted(m.accepted);
        to.setWaiting(m.waiting);
        write(to.initSelf(), m.self);
    }
    void operator()(const FoundingDone& m) {
        auto to = body.initFoundingDone();
        consensus::write_founding(to.initFounding(), m.founding);
        to.setByAll(m.by_all);
    }
    void operator()(const JoinRequest& m) {
        auto to = body.initJoinRequest();
        write(to.initSelf(), m.self);
        consensus::write_spec(to.initSpec(), m.spec);
        to.setNonce(m.nonce);
    }
    void operator()(const JoinReply& m) {
        auto to = body.initJoinReply();
        write_id(to.getLeader(), m.leader);
        to.setNonce(m.nonce);
        to.setAnswer(to_schema<capn::JoinReply::Answer>(m.answer));
        if (!m.leader_endpoint.empty()) to.setLeaderEndpoint(as_text(m.leader_endpoint));
        if (!m.reason.empty()) to.setReason(as_text(m.reason));
    }
    void operator()(const RaftFrame& m) { std::visit(RaftWriter{body}, m.message); }
    void operator()(const Proposal& m) {
        auto to = body.initProposal();
        to.setRequest(m.request);
        to.setCommand(as_data(m.command.view()));
    }
    void operator()(const ProposalReply& m) {
        auto to = body.initProposalReply();
        to.setRequest(m.request);
        to.setError(to_schema<capn::ErrorCode>(m.error));
    }
    void operator()(const AppMessages& m) {
        auto to = body.initAppMessages();
        to.setSequence(m.sequence);
        to.setEpoch(m.epoch);
        to.setTerm(m.term);
        to.setFromLeader(m.from_leader);
        auto messages = to.initMessages(count_of(m.messages.size()));
        for (unsigned i = 0; i < m.messages.size(); ++i) {
            messages[i].setSentNs(m.messages[i].sent_ns);
            messages[i].setAddress(to_schema<capn::AppMessage::Address>(m.messages[i].address));
            messages[i].setData(as_data(m.messages[i].data.view()));
        }
    }
    void operator()(const Farewell& m) { body.initFarewell().setTerm(m.term); }
    void operator()(const Beacon& m) {
        auto to = body.initBeacon();
        write(to.initSelf(), m.self);
        write(to.initStanding(), m.standing);
        if (m.key) to.setKey(as_bytes(m.key));
    }
    void operator()(const OtherDeployment& m) { body.initOtherDeployment().setNonce(m.nonce); }
    void operator()(const Inspect& m) {
        auto to = body.initInspect();
        to.setNonce(m.nonce);
        to.setSubject(to_schema<capn::Inspect::Subject>(m.subject));
        to.setReplyTo(as_text(m.reply_to));
    }
    void operator()(const Inspection& m) { write_inspection(body.initInspection(), m); }
};
}  // namespace

FrameEncoder::FrameEncoder(const Frame& frame)
    : message_(new (base::take_block(sizeof(consensus::FlatBuilder))) consensus::FlatBuilder(
          frame_words + words_of(frame.header.group) + std::visit(Measure{}, frame.body),
          prefix_bytes / consensus::word_bytes)) {
    auto root = message_->initRoot<capn::Frame>();
    root.setGroup(as_text(frame.header.group));
    write_id(root.getIncarnation(), frame.header.incarnation);
    write_id(root.getSender(), frame.header.sender);
    write_id(root.getReceiver(), frame.header.receiver);
    std::visit(Writer{root.getBody()}, frame.body);
}
FrameEncoder::~FrameEncoder() = default;

void FrameEncoder::Release::operator()(consensus::FlatBuilder* message) const {
    message->~FlatBuilder();
    base::give_block_back(message, sizeof *message);
}

Payload FrameEncoder::bytes_for(MemberId receiver) {
    write_id(message_->getRoot<capn::Frame>().getReceiver(), receiver);
    return message_->copy(prefix);
}

Payload FrameEncoder::append_for(MemberId receiver, std::uint32_t successor_rank) {
    message_->getRoot<capn::Frame>().getBody().getAppend().setSuccessorRank(successor_rank);
    return bytes_for(receiver);
}

Payload FrameEncoder::bytes() && {
    return message_->finish(prefix);
}

Payload encode(const Frame& frame) {
    return FrameEncoder(frame).bytes();
}

}  // namespace quorate::wire
