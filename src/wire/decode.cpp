// Bytes to frames. Everything is checked here, once: what leaves this file is whole and within
// limits.
#include <wire.capnp.h>

#include <algorithm>

#include "base/endpoint.h"
#include "base/text.h"
#include "wire/codec.h"
#include "wire/flat.h"

namespace quorate::wire {

namespace {
namespace capn = schema::wire;
namespace log = schema::log;

/// Thrown inside this file alone, like Cap'n Proto's own exceptions; decode() turns both into
/// values.
struct Bad {
    const char* what;
};

void require(bool condition, const char* what) {
    if (!condition) throw Bad{what};
}

/// Reads the parts of a frame; `owner` keeps the bytes alive that payloads refer to.
struct Reader {
    std::shared_ptr<const void> owner;
    const DecodeLimits& limits;

    template <class SomeId, class Source>
    static SomeId id(Source source) {
        return SomeId{source.getHigh(), source.getLow()};
    }
    template <class SomeId, class Source>
    static SomeId some_id(Source source) {
        const SomeId read = id<SomeId>(source);
        require(static_cast<bool>(read), "an id is missing");
        return read;
    }
    template <class Enum, class Source>
    static Enum enumerator(Source value, unsigned last) {
        require(static_cast<unsigned>(value) <= last, "an unknown enumerator");
        return static_cast<Enum>(value);
    }
    static base::Nanos time(std::int64_t ns) {
        require(ns >= 0 && ns < base::never.count(), "a time out of range");
        return base::Nanos{ns};
    }
    Payload payload(capnp::Data::Reader bytes) const {
        return Payload({reinterpret_cast<const char*>(bytes.begin()), bytes.size()}, owner);
    }
    static std::string text(capnp::Text::Reader source, std::size_t most) {
        require(source.size() <= most, "a text is too long");
        return std::string(source.cStr(), source.size());
    }
    static std::string endpoint(capnp::Text::Reader source) {
        std::string read = text(source, 300);
        require(base::is_dialable(read), "not an endpoint");
        return read;
    }
    static std::string name(capnp::Text::Reader source) {
        std::string read = text(source, 300);
        require(base::is_name(read), "not a name");
        return read;
    }

    Introduction introduction(capn::Introduction::Reader source) const {
        return {name(source.getName()), endpoint(source.getEndpoint()),
                enumerator<Role>(source.getRole(), 2)};
    }
    Standing standing(capn::Standing::Reader source) const {
        Standing read;
        read.incarnation = id<IncarnationId>(source.getIncarnation());
        read.leader = id<MemberId>(source.getLeader());
        read.epoch = source.getEpoch();
        read.quorum = source.getQuorum();
        read.lease = source.getLease();
        if (source.getLeaderEndpoint().size() > 0) {
            read.leader_endpoint = endpoint(source.getLeaderEndpoint());
        }
        require(read.incarnation || (!read.leader && !read.quorum && !read.lease),
                "a standing outside of any incarnation claims one");
        return read;
    }
    GroupSpec spec(log::GroupSpec::Reader source) const {
        GroupSpec read;
        read.size = source.getSize();
        read.max_voters = source.getMaxVoters();
        read.kind = enumerator<Kind>(source.getKind(), 1);
        read.durable = source.getDurable();
        read.timing.heartbeat = time(source.getHeartbeatNs());
        read.timing.election_min = time(source.getElectionMinNs());
        read.timing.election_max = time(source.getElectionMaxNs());
        read.timing.peer_timeout = time(source.getPeerTimeoutNs());
        read.refound_after.reset();
        if (source.getRefoundAfter().isNs()) {
            read.refound_after = time(source.getRefoundAfter().getNs());
        }
        return read;
    }
    std::vector<Contact> contacts(capnp::List<capn::Contact>::Reader list) const {
        require(list.size() <= limits.contacts, "too many contacts");
        std::vector<Contact> read;
        read.reserve(list.size());
        for (const auto contact : list) {
            read.push_back({some_id<MemberId>(contact.getId()), endpoint(contact.getEndpoint())});
        }
        return read;
    }
    template <class SomeHello>
    SomeHello hello(capn::Hello::Reader source) const {
        return {introduction(source.getSelf()), standing(source.getStanding()),
                spec(source.getSpec()), source.getNonce(), contacts(source.getContacts())};
    }

    std::vector<MemberId> ids(capnp::List<log::Id>::Reader list) const {
        require(list.size() <= limits.members, "too many members");
        std::vector<MemberId> read;
        read.reserve(list.size());
        for (const auto one : list) read.push_back(some_id<MemberId>(one));
        std::vector<MemberId> sorted = read;
        std::sort(sorted.begin(), sorted.end());
        const bool twice = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
        require(!twice, "a member is named twice");
        return read;
    }
    raft::Configuration configuration(capn::Configuration::Reader source) const {
        raft::Configuration read{ids(source.getVoters()), ids(source.getOutgoing()),
                                 ids(source.getLearners())};
        require(!read.voters.empty(), "a configuration without voters");
        for (const MemberId& learner : read.learners) {
            require(!read.is_voter(learner), "a learner is a voter too");
        }
        return read;
    }
    consensus::Founding founding(log::Founding::Reader source) const {
        consensus::Founding read;
        read.incarnation = some_id<IncarnationId>(source.getIncarnation());
        read.epoch = source.getEpoch();
        read.spec = spec(source.getSpec());
        require(!find_problem(read.spec), "a founding with an unusable spec");
        const auto roster = source.getRoster();
        require(roster.size() > 0 && roster.size() <= limits.members, "a roster out of range");
        std::vector<MemberId> seen;
        for (const auto member : roster) {
            read.roster.push_back({some_id<MemberId>(member.getId()), name(member.getName()),
                                   endpoint(member.getEndpoint()),
                                   enumerator<Role>(member.getRole(), 2)});
            seen.push_back(read.roster.back().id);
        }
        std::sort(seen.begin(), seen.end());
        require(std::adjacent_find(seen.begin(), seen.end()) == seen.end(),
                "a member is named twice");
        return read;
    }

    // ---- bodies ----
    FoundingProposal proposal(capn::FoundingProposal::Reader source) const {
        return {some_id<IncarnationId>(source.getFounding()), spec(source.getSpec()),
                contacts(source.getInvited()), time(source.getSentNs())};
    }
    FoundingAck ack(capn::FoundingAck::Reader source) const {
        return {some_id<IncarnationId>(source.getFounding()),
                source.getAccepted(),
                source.getWaiting(),
                source.getHighestEpoch(),
                introduction(source.getSelf()),
                time(source.getSentNs())};
    }
    JoinReply join_reply(capn::JoinReply::Reader source) const {
        JoinReply read;
        read.answer = enumerator<JoinReply::Answer>(source.getAnswer(), 3);
        read.leader = id<MemberId>(source.getLeader());
        if (source.getLeaderEndpoint().size() > 0) {
            read.leader_endpoint = endpoint(source.getLeaderEndpoint());
        }
        require(read.answer != JoinReply::Answer::redirect || !read.leader_endpoint.empty(),
                "a redirect to nowhere");
        read.reason = text(source.getReason(), 2000);
        require(base::count_printable(read.reason).has_value(), "not a sentence");
        read.nonce = source.getNonce();
        return read;
    }
    raft::VoteRequest vote_request(capn::VoteRequest::Reader source) const {
        return {source.getTerm(),        source.getLastIndex(),
                source.getLastTerm(),    source.getPreVote(),
                source.getHandedOn(),    id<MemberId>(source.getDeadLeader()),
                time(source.getSentNs())};
    }
    raft::VoteReply vote_reply(capn::VoteReply::Reader source) const {
        return {source.getTerm(), source.getGranted(), source.getPreVote(),
                enumerator<raft::VoteRefusal>(source.getRefusal(), 6), time(source.getSentNs())};
    }
    raft::Append append(capn::Append::Reader source) const {
        raft::Append read;
        read.term = source.getTerm();
        read.prev_index = source.getPrevIndex();
        read.prev_term = source.getPrevTerm();
        read.commit = source.getCommit();
        read.successor_rank = source.getSuccessorRank();
        read.sent = time(source.getSentNs());
        const auto entries = source.getEntries();
        require(entries.size() <= limits.entries, "too many entries");
        require(read.prev_index <= UINT64_MAX - entries.size() - 1, "an index out of range");
        read.entries.reserve(entries.size());
        raft::Index index = read.prev_index;
        for (const auto source_entry : entries) {
            raft::Entry entry;
            entry.term = source_entry.getTerm();
            entry.index = ++index;
            switch (source_entry.which()) {
                case capn::Entry::NOOP:
                    entry.kind = raft::EntryKind::noop;
                    break;
                case capn::Entry::CONFIGURATION:
                    entry.kind = raft::EntryKind::configuration;
                    entry.configuration = std::make_shared<const raft::Configuration>(
                        configuration(source_entry.getConfiguration()));
                    break;
                case capn::Entry::COMMAND:
                    entry.kind = raft::EntryKind::command;
                    entry.data = payload(source_entry.getCommand());
                    break;
                default:
                    throw Bad{"an unknown kind of entry"};
            }
            read.entries.push_back(std::move(entry));
        }
        return read;
    }
    raft::AppendReply append_reply(capn::AppendReply::Reader source) const {
        raft::AppendReply read;
        read.term = source.getTerm();
        read.accepted = source.getAccepted();
        read.match = source.getMatch();
        read.hint_index = source.getHintIndex();
        read.hint_term = source.getHintTerm();
        read.needs_snapshot = source.getNeedsSnapshot();
        read.promise = source.getPromise();
        read.sent = time(source.getSentNs());
        return read;
    }
    raft::InstallSnapshot install_snapshot(capn::InstallSnapshot::Reader source) const {
        auto snapshot = std::make_shared<raft::Snapshot>();
        snapshot->index = source.getIndex();
        snapshot->term = source.getSnapshotTerm();
        snapshot->configuration = configuration(source.getConfiguration());
        snapshot->state = payload(source.getState());
        return {source.getTerm(), std::move(snapshot), time(source.getSentNs())};
    }
    AppMessage app_message(capn::AppMessage::Reader source) const {
        AppMessage read;
        read.address = enumerator<AppMessage::Address>(source.getAddress(), 2);
        read.from_leader = source.getFromLeader();
        read.epoch = source.getEpoch();
        read.term = source.getTerm();
        read.sent_ns = source.getSentNs();
        read.data = payload(source.getData());
        return read;
    }

    Body body(capn::Frame::Body::Reader source) const {
        switch (source.which()) {
            case capn::Frame::Body::HELLO:
                return hello<Hello>(source.getHello());
            case capn::Frame::Body::HELLO_REPLY:
                return hello<HelloReply>(source.getHelloReply());
            case capn::Frame::Body::FOUNDING_PROPOSAL:
                return proposal(source.getFoundingProposal());
            case capn::Frame::Body::FOUNDING_ACK:
                return ack(source.getFoundingAck());
            case capn::Frame::Body::FOUNDING_DONE:
                return FoundingDone{founding(source.getFoundingDone().getFounding()),
                                    source.getFoundingDone().getByAll()};
            case capn::Frame::Body::JOIN_REQUEST: {
                const auto request = source.getJoinRequest();
                return JoinRequest{introduction(request.getSelf()), spec(request.getSpec()),
                                   request.getNonce()};
            }
            case capn::Frame::Body::JOIN_REPLY:
                return join_reply(source.getJoinReply());
            case capn::Frame::Body::VOTE_REQUEST:
                return RaftFrame{vote_request(source.getVoteRequest())};
            case capn::Frame::Body::VOTE_REPLY:
                return RaftFrame{vote_reply(source.getVoteReply())};
            case capn::Frame::Body::APPEND:
                return RaftFrame{append(source.getAppend())};
            case capn::Frame::Body::APPEND_REPLY:
                return RaftFrame{append_reply(source.getAppendReply())};
            case capn::Frame::Body::INSTALL_SNAPSHOT:
                return RaftFrame{install_snapshot(source.getInstallSnapshot())};
            case capn::Frame::Body::TIMEOUT_NOW:
                return RaftFrame{raft::TimeoutNow{source.getTimeoutNow().getTerm()}};
            case capn::Frame::Body::PROPOSAL:
                return Proposal{source.getProposal().getRequest(),
                                payload(source.getProposal().getCommand())};
            case capn::Frame::Body::PROPOSAL_REPLY:
                return ProposalReply{
                    source.getProposalReply().getRequest(),
                    enumerator<ErrorCode>(source.getProposalReply().getError(),
                                          static_cast<unsigned>(ErrorCode::internal))};
            case capn::Frame::Body::APP_MESSAGE:
                return app_message(source.getAppMessage());
            case capn::Frame::Body::FAREWELL:
                return Farewell{source.getFarewell().getTerm()};
            case capn::Frame::Body::BEACON:
                return Beacon{introduction(source.getBeacon().getSelf()),
                              standing(source.getBeacon().getStanding())};
            default:
                throw Bad{"an unknown kind of frame"};
        }
    }
};

/// The words behind the prefix, aligned: where they lie if that will do, else copied once.
struct Words {
    kj::ArrayPtr<const capnp::word> words;
    std::shared_ptr<const void> owner;
};

Words align(const Payload& bytes) {
    const char* begin = bytes.view().data() + prefix_bytes;
    const std::size_t count = (bytes.size() - prefix_bytes) / sizeof(capnp::word);
    if (reinterpret_cast<std::uintptr_t>(begin) % alignof(capnp::word) == 0) {
        return {{reinterpret_cast<const capnp::word*>(begin), count}, bytes.owner()};
    }
    auto copy = std::make_shared<std::uint64_t[]>(count);
    std::memcpy(copy.get(), begin, count * sizeof(capnp::word));
    return {{reinterpret_cast<const capnp::word*>(copy.get()), count}, copy};
}

DecodeError garbage(std::string detail) {
    return {Drop::garbage, std::move(detail)};
}
}  // namespace

std::variant<Frame, DecodeError> decode(const Payload& bytes, std::string_view group,
                                        const DecodeLimits& limits) {
    if (bytes.size() > limits.frame_bytes) {
        return DecodeError{Drop::too_large, std::to_string(bytes.size()) + " bytes"};
    }
    if (bytes.size() < prefix_bytes || std::memcmp(bytes.view().data(), magic, sizeof magic) != 0) {
        return garbage("not a frame of this protocol");
    }
    std::uint16_t version = 0;
    std::memcpy(&version, bytes.view().data() + 4, sizeof version);
    if (version != protocol_version) {
        return DecodeError{Drop::other_version, "version " + std::to_string(version)};
    }
    if (bytes.size() % sizeof(capnp::word) != 0) return garbage("not whole words");
    try {
        const Words aligned = align(bytes);
        capnp::ReaderOptions options;
        // Each word may be visited a few times; pointers that make more of it than it is are
        // refused.
        options.traversalLimitInWords = 4 * aligned.words.size() + 1024;
        options.nestingLimit = 16;
        const kj::ArrayPtr<const capnp::word> segments[1] = {aligned.words};
        capnp::SegmentArrayMessageReader message(kj::arrayPtr(segments, 1), options);
        const auto root = message.getRoot<capn::Frame>();
        const std::string_view named(root.getGroup().cStr(), root.getGroup().size());
        if (named != group) {
            if (!base::is_group_name(named)) return garbage("not a group's name");
            return DecodeError{Drop::other_group, std::string(named)};
        }
        Frame frame;
        frame.header = {std::string(named), Reader::id<IncarnationId>(root.getIncarnation()),
                        Reader::id<MemberId>(root.getSender()),
                        Reader::id<MemberId>(root.getReceiver())};
        frame.body = Reader{aligned.owner, limits}.body(root.getBody());
        return frame;
    } catch (const Bad& bad) {
        return garbage(bad.what);
    } catch (const kj::Exception& exception) {
        return garbage(exception.getDescription().cStr());
    }
}

}  // namespace quorate::wire
