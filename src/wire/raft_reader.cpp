// Raft's messages. Whether their numbers make sense, raft/validate.h says.
#include "raft/validate.h"
#include "wire/frame_reader.h"

namespace quorate::wire {

namespace {

/// Seats: --max-voters is at most this.
constexpr std::size_t max_seats = 15;

}  // namespace

std::vector<MemberId> FrameReader::ids(capnp::List<schema::log::Id>::Reader list,
                                       std::size_t most) const {
    require(list.size() <= most && list.size() <= limits_.members, "too many members");
    std::vector<MemberId> read;
    read.reserve(list.size());
    for (const auto one : list) read.push_back(consensus::read_id<MemberId>(one));
    return read;
}

raft::Configuration FrameReader::configuration(capn::Configuration::Reader source) const {
    return {ids(source.getVoters(), max_seats),
            ids(source.getOutgoing(), max_seats),
            ids(source.getLearners(), limits_.members),
            ids(source.getWitnesses(), 2 * max_seats),
            source.getSeats(),
            source.getOutgoingSeats()};
}

raft::VoteRequest FrameReader::vote_request(capn::VoteRequest::Reader source) const {
    raft::VoteRequest read;
    read.term = source.getTerm();
    read.last_index = source.getLastIndex();
    read.last_term = source.getLastTerm();
    read.pre_vote = source.getPreVote();
    read.handed_on = source.getHandedOn();
    read.dead_leader = consensus::read_id<MemberId>(source.getDeadLeader());
    read.sent = time(source.getSentNs());
    return read;
}

raft::VoteReply FrameReader::vote_reply(capn::VoteReply::Reader source) const {
    raft::VoteReply read;
    read.term = source.getTerm();
    read.granted = source.getGranted();
    read.pre_vote = source.getPreVote();
    read.refusal = enumerator(source.getRefusal(), raft::VoteRefusal::withheld);
    read.sent = time(source.getSentNs());
    return read;
}

raft::Entry FrameReader::entry(capn::Entry::Reader source, raft::Index index) const {
    raft::Entry read;
    read.term = source.getTerm();
    read.index = index;
    switch (source.which()) {
        case capn::Entry::NOOP:
            read.kind = raft::EntryKind::noop;
            return read;
        case capn::Entry::CONFIGURATION:
            read.kind = raft::EntryKind::configuration;
            read.configuration = std::make_shared<const raft::Configuration>(
                configuration(source.getConfiguration()));
            return read;
        case capn::Entry::COMMAND:
            read.kind = raft::EntryKind::command;
            read.data = payload(source.getCommand());
            return read;
        case capn::Entry::APPLICATION:
            read.kind = raft::EntryKind::application;
            read.data = payload(source.getApplication());
            return read;
    }
    throw Bad{"an unknown kind of entry"};
}

raft::Append FrameReader::append(capn::Append::Reader source) const {
    raft::Append read;
    read.term = source.getTerm();
    read.prev_index = source.getPrevIndex();
    read.prev_term = source.getPrevTerm();
    read.commit = source.getCommit();
    read.successor_rank = source.getSuccessorRank();
    read.commit_only = source.getCommitOnly();
    read.sent = time(source.getSentNs());
    const auto entries = source.getEntries();
    require(entries.size() <= limits_.entries, "too many entries");
    require(read.prev_index <= raft::max_index, "an index out of range");
    read.entries.reserve(entries.size());
    raft::Index index = read.prev_index;
    for (const auto each : entries) read.entries.push_back(entry(each, ++index));
    return read;
}

raft::AppendReply FrameReader::append_reply(capn::AppendReply::Reader source) const {
    raft::AppendReply read;
    read.term = source.getTerm();
    read.accepted = source.getAccepted();
    read.match = source.getMatch();
    read.hint_index = source.getHintIndex();
    read.hint_term = source.getHintTerm();
    read.needs_snapshot = source.getNeedsSnapshot();
    read.promise = source.getPromise();
    read.priority = source.getPriority();
    read.sent = time(source.getSentNs());
    return read;
}

raft::InstallSnapshot FrameReader::install_snapshot(capn::InstallSnapshot::Reader source) const {
    auto snapshot = std::make_shared<raft::Snapshot>();
    snapshot->index = source.getIndex();
    snapshot->term = source.getSnapshotTerm();
    snapshot->configuration = configuration(source.getConfiguration());
    snapshot->state = payload(source.getState());
    return {source.getTerm(), std::move(snapshot), time(source.getSentNs()), source.getOffset(),
            source.getDone()};
}

raft::SnapshotReply FrameReader::snapshot_reply(capn::SnapshotReply::Reader source) const {
    return {source.getTerm(), source.getIndex(), source.getReceived(), time(source.getSentNs())};
}

bool FrameReader::raft_message(capn::Frame::Body::Reader source, raft::Message& message) const {
    switch (source.which()) {
        case capn::Frame::Body::VOTE_REQUEST:
            message = vote_request(source.getVoteRequest());
            break;
        case capn::Frame::Body::VOTE_REPLY:
            message = vote_reply(source.getVoteReply());
            break;
        case capn::Frame::Body::APPEND:
            message = append(source.getAppend());
            break;
        case capn::Frame::Body::APPEND_REPLY:
            message = append_reply(source.getAppendReply());
            break;
        case capn::Frame::Body::INSTALL_SNAPSHOT:
            message = install_snapshot(source.getInstallSnapshot());
            break;
        case capn::Frame::Body::SNAPSHOT_REPLY:
            message = snapshot_reply(source.getSnapshotReply());
            break;
        case capn::Frame::Body::TIMEOUT_NOW:
            message = raft::TimeoutNow{source.getTimeoutNow().getTerm()};
            break;
        default:
            return false;
    }
    require(raft::is_sound(message), "a Raft message that makes no sense");
    return true;
}

}  // namespace quorate::wire
