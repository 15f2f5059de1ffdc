// Every frame arrives as it was sent.
#include <gtest/gtest.h>

#include "tests/unit/wire/samples.h"

namespace quorate::wire {
namespace {

template <class B>
B sent_and_received(const B& body) {
    auto decoded = decode(encode(frame_of(body)), group_name);
    if (const auto* error = std::get_if<DecodeError>(&decoded)) {
        ADD_FAILURE() << error->detail;
        return {};
    }
    return std::get<B>(std::get<Frame>(decoded).body);
}

template <class M>
M sent_and_received_by_raft(const M& message) {
    return std::get<M>(sent_and_received(RaftFrame{message}).message);
}

void expect_same(const Introduction& one, const Introduction& other) {
    EXPECT_EQ(one.name, other.name);
    EXPECT_EQ(one.endpoint, other.endpoint);
    EXPECT_EQ(one.role, other.role);
}

void expect_same(const Standing& one, const Standing& other) {
    EXPECT_EQ(one.incarnation, other.incarnation);
    EXPECT_EQ(one.epoch, other.epoch);
    EXPECT_EQ(one.quorum, other.quorum);
    EXPECT_EQ(one.leader, other.leader);
    EXPECT_EQ(one.leader_endpoint, other.leader_endpoint);
    EXPECT_EQ(one.lease, other.lease);
    EXPECT_EQ(one.company, other.company);
}

void expect_same(const std::vector<Contact>& some, const std::vector<Contact>& others) {
    ASSERT_EQ(some.size(), others.size());
    for (std::size_t i = 0; i < some.size(); ++i) {
        EXPECT_EQ(some[i].id, others[i].id);
        EXPECT_EQ(some[i].endpoint, others[i].endpoint);
        EXPECT_EQ(some[i].key, others[i].key);
    }
}

TEST(Frame, OfEveryKindIsWrittenTheSameAgain) {
    for (const Body& body : all_bodies()) {
        const Payload bytes = encode(frame_of(body));
        const auto decoded = decode(bytes, group_name);
        ASSERT_TRUE(std::holds_alternative<Frame>(decoded))
            << body.index() << ": " << std::get<DecodeError>(decoded).detail;
        const Frame& frame = std::get<Frame>(decoded);
        EXPECT_EQ(frame.body.index(), body.index());
        EXPECT_EQ(frame.header.group, group_name);
        EXPECT_EQ(frame.header.incarnation, header().incarnation);
        EXPECT_EQ(frame.header.sender, member(1));
        EXPECT_EQ(frame.header.receiver, member(2));
        EXPECT_EQ(encode(frame), bytes) << body.index();
    }
}

TEST(Hello, ArrivesAsItWasSent) {
    const Hello sent{introduction(), standing(), spec(), 42, contacts()};
    const Hello hello = sent_and_received(sent);
    expect_same(hello.self, sent.self);
    expect_same(hello.standing, sent.standing);
    EXPECT_EQ(hello.spec, sent.spec);
    EXPECT_EQ(hello.nonce, 42u);
    expect_same(hello.contacts, sent.contacts);
}

TEST(Hello, OfSomebodyOutsideKnowsNoIncarnation) {
    const HelloReply reply = sent_and_received(HelloReply{introduction(), {}, {}, 43, {}});
    expect_same(reply.standing, Standing{});
    EXPECT_EQ(reply.spec, GroupSpec{});
    EXPECT_TRUE(reply.contacts.empty());
    Standing in_company;
    in_company.company = true;
    expect_same(sent_and_received(HelloReply{introduction(), in_company, {}, 43, {}}).standing,
                in_company);
}

TEST(Hello, TellsASpecThatThisVersionDoesNotKnow) {
    GroupSpec other = spec();
    other.durable = true;
    other.kind = Kind::default_kind;
    EXPECT_EQ(sent_and_received(JoinRequest{introduction(), other, 44}).spec, other)
        << "so that it can be refused with a sentence";
}

TEST(Founding, ArrivesAsItWasSent) {
    const auto proposal = sent_and_received(
        FoundingProposal{IncarnationId{9, 9}, spec(), contacts(), base::Nanos(13)});
    EXPECT_EQ(proposal.founding, (IncarnationId{9, 9}));
    EXPECT_EQ(proposal.spec, spec());
    EXPECT_EQ(proposal.sent, base::Nanos(13));
    expect_same(proposal.invited, contacts());
    const auto ack = sent_and_received(FoundingAck{IncarnationId{9, 9}, true, false, 1'700'000'001,
                                                   introduction(), base::Nanos(13)});
    EXPECT_TRUE(ack.accepted);
    EXPECT_FALSE(ack.waiting);
    EXPECT_EQ(ack.highest_epoch, 1'700'000'001u);
    EXPECT_EQ(ack.sent, base::Nanos(13));
    expect_same(ack.self, introduction());
    const auto done = sent_and_received(FoundingDone{founding(), true});
    EXPECT_TRUE(done.by_all);
    EXPECT_EQ(done.founding.incarnation, founding().incarnation);
    EXPECT_EQ(done.founding.epoch, founding().epoch);
    EXPECT_EQ(done.founding.spec, founding().spec);
    EXPECT_EQ(done.founding.roster, founding().roster);
}

TEST(Joining, ArrivesAsItWasSent) {
    const auto reply = sent_and_received(
        JoinReply{JoinReply::Answer::refused, member(3), "tcp://10.0.0.3:1", "--size differs", 44});
    EXPECT_EQ(reply.answer, JoinReply::Answer::refused);
    EXPECT_EQ(reply.leader, member(3));
    EXPECT_EQ(reply.leader_endpoint, "tcp://10.0.0.3:1");
    EXPECT_EQ(reply.reason, "--size differs");
    EXPECT_EQ(reply.nonce, 44u);
    EXPECT_EQ(sent_and_received(JoinReply{}).leader_endpoint, "");
}

TEST(RaftFrames, OfElectionsArriveAsTheyWereSent) {
    const auto request = sent_and_received_by_raft(
        raft::VoteRequest{7, 100, 6, true, 5, member(3), base::Nanos(11)});
    EXPECT_EQ(request.term, 7u);
    EXPECT_EQ(request.last_index, 100u);
    EXPECT_EQ(request.last_term, 6u);
    EXPECT_TRUE(request.pre_vote);
    EXPECT_EQ(request.handed_on, 5u);
    EXPECT_EQ(request.dead_leader, member(3));
    EXPECT_EQ(request.sent, base::Nanos(11));
    const auto reply = sent_and_received_by_raft(
        raft::VoteReply{7, false, true, raft::VoteRefusal::withheld, base::Nanos(11)});
    EXPECT_FALSE(reply.granted);
    EXPECT_TRUE(reply.pre_vote);
    EXPECT_EQ(reply.refusal, raft::VoteRefusal::withheld);
    EXPECT_EQ(reply.sent, base::Nanos(11));
    EXPECT_EQ(sent_and_received_by_raft(raft::TimeoutNow{8}).term, 8u);
}

TEST(RaftFrames, OfReplicationArriveAsTheyWereSent) {
    const auto sent = append(3, 100);
    const auto received = sent_and_received_by_raft(sent);
    EXPECT_EQ(received.term, sent.term);
    EXPECT_EQ(received.prev_index, sent.prev_index);
    EXPECT_EQ(received.prev_term, sent.prev_term);
    EXPECT_EQ(received.commit, sent.commit);
    EXPECT_EQ(received.successor_rank, sent.successor_rank);
    EXPECT_EQ(received.commit_only, sent.commit_only);
    EXPECT_EQ(received.sent, sent.sent);
    ASSERT_EQ(received.entries.size(), sent.entries.size());
    for (std::size_t i = 0; i < sent.entries.size(); ++i) {
        EXPECT_EQ(received.entries[i].index, sent.entries[i].index);
        EXPECT_EQ(received.entries[i].term, sent.entries[i].term);
        EXPECT_EQ(received.entries[i].kind, sent.entries[i].kind);
        EXPECT_EQ(received.entries[i].data, sent.entries[i].data);
        ASSERT_EQ(received.entries[i].configuration == nullptr,
                  sent.entries[i].configuration == nullptr);
    }
    EXPECT_EQ(*received.entries[1].configuration, joint_configuration());
    const auto reply = sent_and_received_by_raft(
        raft::AppendReply{7, false, 102, 101, 6, true, false, base::Nanos(12)});
    EXPECT_FALSE(reply.accepted);
    EXPECT_EQ(reply.match, 102u);
    EXPECT_EQ(reply.hint_index, 101u);
    EXPECT_EQ(reply.hint_term, 6u);
    EXPECT_TRUE(reply.needs_snapshot);
    EXPECT_FALSE(reply.promise);
    EXPECT_EQ(reply.sent, base::Nanos(12));
}

TEST(RaftFrames, OfSnapshotsArriveAsTheyWereSent) {
    const auto install = sent_and_received_by_raft(install_snapshot());
    EXPECT_EQ(install.term, 7u);
    EXPECT_EQ(install.sent, base::Nanos(5));
    EXPECT_EQ(install.snapshot->index, 55u);
    EXPECT_EQ(install.snapshot->term, 6u);
    EXPECT_EQ(install.snapshot->configuration, joint_configuration());
    EXPECT_EQ(install.snapshot->state, Payload(std::string(300, 's')));
}

TEST(Requests, ArriveAsTheyWereSent) {
    const auto proposal = sent_and_received(Proposal{45, Payload("a command")});
    EXPECT_EQ(proposal.request, 45u);
    EXPECT_EQ(proposal.command, Payload("a command"));
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
        const auto error = static_cast<ErrorCode>(code);
        EXPECT_EQ(sent_and_received(ProposalReply{45, error}).error, error);
    }
    EXPECT_EQ(sent_and_received(Farewell{7}).term, 7u);
    EXPECT_EQ(sent_and_received(OtherDeployment{46}).nonce, 46u);
}

TEST(AppMessages, ArriveAsTheyWereSent) {
    const auto received = sent_and_received(
        AppMessages{12,
                    true,
                    1'700'000'000,
                    7,
                    {{AppMessage::Address::member, -6, Payload(std::string("a\0b", 3))},
                     {AppMessage::Address::group, 8, Payload()}}});
    EXPECT_EQ(received.sequence, 12u);
    EXPECT_TRUE(received.from_leader);
    EXPECT_EQ(received.epoch, 1'700'000'000u);
    EXPECT_EQ(received.term, 7u);
    ASSERT_EQ(received.messages.size(), 2u);
    EXPECT_EQ(received.messages[0].address, AppMessage::Address::member);
    EXPECT_EQ(received.messages[0].sent_ns, -6);
    EXPECT_EQ(received.messages[0].data.view(), std::string_view("a\0b", 3));
    EXPECT_EQ(received.messages[1].address, AppMessage::Address::group);
    EXPECT_EQ(received.messages[1].sent_ns, 8);
    EXPECT_EQ(received.messages[1].data.size(), 0u);
}

TEST(Inspections, ArriveAsTheyWereSent) {
    const auto question =
        sent_and_received(Inspect{Inspect::Subject::elections, 46, "tcp://10.0.0.9:1"});
    EXPECT_EQ(question.subject, Inspect::Subject::elections);
    EXPECT_EQ(question.nonce, 46u);
    EXPECT_EQ(question.reply_to, "tcp://10.0.0.9:1");
    const auto told = sent_and_received(Inspection{47, "relay 7", status()});
    EXPECT_EQ(told.name, "relay 7");
    const auto& known = std::get<GroupStatus>(told.answer);
    EXPECT_EQ(known.state, State::outside);
    EXPECT_EQ(known.leader, status().leader);
    EXPECT_EQ(known.incarnation, status().incarnation);
    EXPECT_EQ(known.commit_index, 102u);
    EXPECT_EQ(known.members, status().members);
    EXPECT_EQ(known.beacon_problem, status().beacon_problem);
    const auto record = std::get<std::vector<ElectionRecord>>(
                            sent_and_received(Inspection{48, "relay 8", elections()}).answer)
                            .front();
    EXPECT_EQ(record.number, 65u);
    EXPECT_EQ(record.trigger, ElectionTrigger::founding);
    EXPECT_EQ(record.outcome, ElectionOutcome::given_up);
    EXPECT_EQ(record.previous_leader_name, "two");
    EXPECT_EQ(record.took, base::Nanos(12'345'678));
    EXPECT_EQ(record.votes_left_out, 3u);
    ASSERT_EQ(record.votes.size(), 2u);
    EXPECT_EQ(record.votes[0].answer, VoteAnswer::withheld);
    EXPECT_TRUE(record.votes[0].pre_vote);
    EXPECT_EQ(record.votes[1].term, 8u);
    EXPECT_EQ(record.votes[1].voter_name, "");
}

/// One member listens at one endpoint: who asks there need not know the group's name.
TEST(Inspections, AloneMayNameNoGroup) {
    Frame question = frame_of(Inspect{Inspect::Subject::status, 1, "tcp://10.0.0.9:1"});
    question.header.group.clear();
    EXPECT_TRUE(std::holds_alternative<Frame>(decode(encode(question), group_name)));
    Frame other = frame_of(Farewell{7});
    other.header.group.clear();
    EXPECT_TRUE(std::holds_alternative<DecodeError>(decode(encode(other), group_name)));
    EXPECT_TRUE(std::holds_alternative<DecodeError>(decode(encode(other), "")));
    EXPECT_TRUE(std::holds_alternative<Frame>(decode(encode(frame_of(Farewell{7})), "")));
}

TEST(AppMessages, ForSeveralReceiversAreBuiltOnce) {
    Frame frame = frame_of(one_message("for all of you"));
    FrameEncoder encoder(frame);
    for (const MemberId receiver : {member(7), member(8)}) {
        const Payload bytes = encoder.bytes_for(receiver);
        frame.header.receiver = receiver;
        EXPECT_EQ(bytes, encode(frame));
    }
}

TEST(Beacon, CarriesAKeyOrNone) {
    EXPECT_EQ(sent_and_received(Beacon{introduction(), standing(), key()}).key, key());
    EXPECT_FALSE(sent_and_received(Beacon{introduction(), standing()}).key);
}

TEST(Beacon, FitsIntoADatagramWhateverItSays) {
    std::string longest_name;
    for (int i = 0; i < 64; ++i) longest_name += "𝄞";  // four bytes each
    const std::string longest_endpoint = "tcp://" + std::string(253, 'h') + ":65535";
    Frame frame =
        frame_of(Beacon{{longest_name, longest_endpoint, Role::member}, standing(), key()});
    std::get<Beacon>(frame.body).standing.leader_endpoint = longest_endpoint;
    frame.header.group = std::string(64, 't') + "." + std::string(64, 'i');
    const Payload bytes = encode(frame);
    EXPECT_LT(bytes.size(), 1400u);
    EXPECT_TRUE(std::holds_alternative<Frame>(decode(bytes, frame.header.group)));
}

}  // namespace
}  // namespace quorate::wire
