// One good frame of every kind, with something in every field.
#pragma once

#include <vector>

#include "wire/codec.h"

namespace quorate::wire {

inline constexpr const char* group_name = "feeder.A";

inline MemberId member(std::uint64_t number) {
    return MemberId{1, number};
}

inline Header header() {
    return {group_name, IncarnationId{0xaaaaaaaaaaaaaaaa, 2}, member(1), member(2)};
}

inline Introduction introduction() {
    return {"relay 7 ⚡", "tcp://10.0.0.7:5601", Role::witness};
}

inline Standing standing() {
    return {IncarnationId{0xaaaaaaaaaaaaaaaa, 2}, 1'700'000'000, true, member(3),
            "tcp://[fe80::1%eth0]:5601",          true};
}

inline GroupSpec spec() {
    GroupSpec result{.size = 5, .max_voters = 3};
    result.timing.heartbeat = base::Nanos(49'999'999);
    result.refound_after = std::nullopt;
    return result;
}

inline base::PublicKey key() {
    base::PublicKey result;
    result.bytes.fill(0xA7);
    return result;
}

inline std::vector<Contact> contacts() {
    return {{member(4), "tcp://10.0.0.4:1", key()}, {member(5), "tcp://relay-5.example:65535"}};
}

inline consensus::Founding founding() {
    return {IncarnationId{9, 9},
            1'700'000'000,
            spec(),
            {{member(1), "one", "tcp://10.0.0.1:1", Role::member},
             {member(2), "two", "tcp://10.0.0.2:1", Role::witness}}};
}

inline raft::Configuration joint_configuration() {
    return {{member(1), member(2), member(4)},
            {member(1), member(2), member(3)},
            {member(5)},
            {},
            5,
            3};
}

inline raft::Append append(std::size_t commands, std::size_t bytes) {
    raft::Append result;
    result.term = 7;
    result.prev_index = 100;
    result.prev_term = 6;
    result.commit = 99;
    result.successor_rank = 2;
    result.commit_only = true;
    result.sent = base::Nanos(123'456'789);
    result.entries.push_back({7, 101, raft::EntryKind::noop, {}, nullptr});
    result.entries.push_back({7,
                              102,
                              raft::EntryKind::configuration,
                              {},
                              std::make_shared<raft::Configuration>(joint_configuration())});
    for (std::size_t i = 0; i < commands; ++i) {
        result.entries.push_back({7, 103 + i, raft::EntryKind::command,
                                  Payload(std::string(bytes, static_cast<char>('a' + i % 26))),
                                  nullptr});
    }
    return result;
}

inline raft::InstallSnapshot install_snapshot() {
    raft::Snapshot snapshot{55, 6, joint_configuration(), Payload(std::string(300, 's'))};
    return {7, std::make_shared<raft::Snapshot>(std::move(snapshot)), base::Nanos(5)};
}

/// Those of Raft, by the names that they have in the thesis.
inline std::vector<Body> raft_bodies() {
    return {
        RaftFrame{raft::VoteRequest{7, 100, 6, true, 5, member(3), base::Nanos(11)}},
        RaftFrame{raft::VoteReply{7, true, true, raft::VoteRefusal::withheld, base::Nanos(11)}},
        RaftFrame{append(3, 100)},
        RaftFrame{raft::AppendReply{7, true, 102, 101, 6, true, true, base::Nanos(12)}},
        RaftFrame{install_snapshot()},
        RaftFrame{raft::TimeoutNow{7}},
    };
}

inline AppMessages one_message(std::string data) {
    return {.messages = {{.data = Payload(std::move(data))}}};
}

inline GroupStatus status() {
    GroupStatus result;
    result.state = State::outside;
    result.leader = member(3);
    result.term = 7;
    result.epoch = 1'700'000'000;
    result.incarnation = IncarnationId{9, 9};
    result.commit_index = 102;
    result.members = {{member(1), "one", Role::member, true, true},
                      {member(2), "two", Role::witness, true, false}};
    result.endpoint = "tcp://10.0.0.7:5601";
    result.lease = result.quorum = true;
    result.beacon_problem = "nothing can be sent there";
    return result;
}

inline std::vector<ElectionRecord> elections() {
    ElectionRecord record{.number = 65,
                          .trigger = ElectionTrigger::founding,
                          .outcome = ElectionOutcome::given_up,
                          .term = 7,
                          .leader = member(1),
                          .leader_name = "one",
                          .previous_leader = member(2),
                          .previous_leader_name = "two",
                          .campaigned = true,
                          .began_ns = 1'700'000'000'000'000'000,
                          .took = base::Nanos(12'345'678),
                          .votes = {},
                          .votes_left_out = 3};
    record.votes = {{member(1), "one", member(2), 7, true, VoteAnswer::withheld, base::Nanos(17)},
                    {member(4), "", member(1), 8, false, VoteAnswer::granted, base::Nanos(18)}};
    return {record, {}};
}

inline std::vector<Body> all_bodies() {
    std::vector<Body> bodies = {
        Hello{introduction(), standing(), spec(), 42, contacts()},
        HelloReply{introduction(), standing(), spec(), 43, contacts()},
        FoundingProposal{IncarnationId{9, 9}, spec(), contacts(), base::Nanos(13)},
        FoundingAck{IncarnationId{9, 9}, true, true, 1'700'000'001, introduction(),
                    base::Nanos(13)},
        FoundingDone{founding(), true},
        JoinRequest{introduction(), spec(), 44},
        JoinReply{JoinReply::Answer::refused, member(3), "tcp://10.0.0.3:1", "--size differs", 44},
        Proposal{45, Payload("a command")},
        ProposalReply{45, ErrorCode::would_block},
        AppMessages{12,
                    true,
                    1'700'000'000,
                    7,
                    {{AppMessage::Address::member, -6, Payload("set point 0.8")},
                     {AppMessage::Address::group, 9, Payload("ready")}}},
        Farewell{7},
        Beacon{introduction(), standing(), key()},
        OtherDeployment{46},
    };
    for (Body& body : raft_bodies()) bodies.push_back(std::move(body));
    bodies.push_back(Inspect{Inspect::Subject::elections, 46, "tcp://10.0.0.9:1"});
    bodies.push_back(Inspection{47, "relay 7 ⚡", status()});
    bodies.push_back(Inspection{48, "relay 8", elections()});
    return bodies;
}

inline Frame frame_of(Body body) {
    return {header(), std::move(body)};
}

}  // namespace quorate::wire
