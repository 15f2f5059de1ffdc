// Rule 12: any frame may be garbage, from another group, of another version, or from nobody.
#include <gtest/gtest.h>

#include "raft/validate.h"
#include "tests/unit/consensus/hostile_bytes.h"
#include "tests/unit/wire/samples.h"

namespace quorate::wire {
namespace {

/// Why it was not taken; nothing if it was.
std::optional<Drop> drop_of(const Payload& bytes, const DecodeLimits& limits = {}) {
    const auto decoded = decode(bytes, group_name, limits);
    const auto* error = std::get_if<DecodeError>(&decoded);
    return error ? std::optional(error->drop) : std::nullopt;
}
std::optional<Drop> drop_of(Body body, const DecodeLimits& limits = {}) {
    return drop_of(encode(frame_of(std::move(body))), limits);
}

template <class Change>
std::optional<Drop> drop_of_hello(Change&& change) {
    Hello hello{introduction(), standing(), spec(), 42, contacts()};
    change(hello);
    return drop_of(std::move(hello));
}

template <class Change>
std::optional<Drop> drop_of_append(Change&& change) {
    raft::Append message = append(2, 10);
    change(message);
    return drop_of(RaftFrame{std::move(message)});
}

template <class Change>
std::optional<Drop> drop_of_founding(Change&& change) {
    FoundingDone done{founding(), true};
    change(done.founding);
    return drop_of(std::move(done));
}

TEST(Frame, OfAnotherGroupIsTold) {
    Frame frame = frame_of(Farewell{1});
    frame.header.group = "feeder.B";
    EXPECT_EQ(drop_of(encode(frame)), Drop::other_group);
    frame.header.group = "feeder.A ";
    EXPECT_EQ(drop_of(encode(frame)), Drop::garbage);
}

TEST(Frame, OfAnotherVersionIsToldWhateverElseItHolds) {
    std::string bytes = encode(frame_of(Farewell{1})).str();
    bytes[4] = 2;
    EXPECT_EQ(drop_of(Payload(bytes)), Drop::other_version);
    EXPECT_EQ(drop_of(Payload(bytes.substr(0, 8))), Drop::other_version);
    EXPECT_EQ(drop_of(Payload(bytes.substr(0, 8) + "something quite different")),
              Drop::other_version);
    bytes[0] = 'q';
    EXPECT_EQ(drop_of(Payload(bytes)), Drop::garbage);
}

TEST(Frame, ThatIsTooLargeIsNotLookedAt) {
    const Payload bytes = encode(frame_of(one_message(std::string(10'000, 'x'))));
    EXPECT_EQ(drop_of(bytes, {.frame_bytes = 9'000}), Drop::too_large);
    EXPECT_EQ(drop_of(bytes, {.frame_bytes = bytes.size()}), std::nullopt);
    EXPECT_EQ(drop_of(Payload(std::string(20'000, '?')), {.frame_bytes = 9'000}), Drop::too_large);
}

TEST(Inspection, HoldsNothingThatATerminalWouldObey) {
    GroupStatus told = status();
    told.beacon_problem = "\x1b[2J";
    EXPECT_EQ(drop_of(Inspection{1, "relay", told}), Drop::garbage);
    std::vector<ElectionRecord> record = elections();
    record.front().votes.front().voter_name = "a\nb";
    EXPECT_EQ(drop_of(Inspection{1, "relay", record}), Drop::garbage);
    EXPECT_EQ(drop_of(Inspection{1, "", status()}), Drop::garbage);
    EXPECT_EQ(drop_of(Inspect{Inspect::Subject::status, 1, "somewhere"}), Drop::garbage);
}

TEST(Frame, ComesFromSomebody) {
    Frame frame = frame_of(Farewell{1});
    frame.header.sender = {};
    EXPECT_EQ(drop_of(encode(frame)), Drop::garbage);
}

TEST(Lists, AreBounded) {
    EXPECT_EQ(drop_of(Hello{introduction(), {}, spec(), 42, contacts()}, {.contacts = 1}),
              Drop::garbage);
    EXPECT_EQ(drop_of(RaftFrame{append(10, 1)}, {.entries = 11}), Drop::garbage);
    EXPECT_EQ(drop_of(RaftFrame{append(10, 1)}, {.entries = 12}), std::nullopt);
    EXPECT_EQ(drop_of(FoundingDone{founding(), true}, {.members = 1}), Drop::garbage);
    EXPECT_EQ(drop_of(Inspection{1, "relay", status()}, {.members = 1}), Drop::garbage);
    EXPECT_EQ(drop_of(Inspection{1, "relay", status()}, {.members = 2}), std::nullopt);
    std::vector<ElectionRecord> many = elections();
    many.front().votes.resize(kept_election_votes + 1, many.front().votes.front());
    EXPECT_EQ(drop_of(Inspection{1, "relay", many}), Drop::garbage);
    EXPECT_EQ(drop_of(Inspection{1, "relay", std::vector<ElectionRecord>(kept_elections + 1)}),
              Drop::garbage);
    AppMessages messages = one_message("a");
    messages.messages.resize(3);
    EXPECT_EQ(drop_of(messages, {.messages = 2}), Drop::garbage);
    EXPECT_EQ(drop_of(messages, {.messages = 3}), std::nullopt);
    EXPECT_EQ(drop_of(AppMessages{}), Drop::garbage);
    EXPECT_EQ(drop_of(RaftFrame{install_snapshot()}, {.members = 2}), Drop::garbage);
}

TEST(Introduction, IsPrintableAndCanBeAnswered) {
    EXPECT_EQ(drop_of_hello([](Hello&) {}), std::nullopt);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.name = ""; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.name = "\x1b[2J"; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.name = std::string(65, 'n'); }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.name = "\xc3("; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.endpoint = ""; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.endpoint = "tcp://host:0"; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.endpoint = "ipc:///etc/passwd"; }),
              Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.self.role = static_cast<Role>(3); }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.standing.leader_endpoint = "nowhere"; }),
              Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.standing.incarnation = {}; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.contacts[1].endpoint = "tcp://x"; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.contacts[1].id = {}; }), Drop::garbage);
}

TEST(Spec, IsOneThatSomeVersionCouldUse) {
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.size = 0; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.size = 1001; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.max_voters = 4; }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.kind = static_cast<Kind>(2); }), Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.timing.heartbeat = base::Nanos(-1); }),
              Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.timing.peer_timeout = base::Nanos::max(); }),
              Drop::garbage);
    EXPECT_EQ(drop_of_hello([](Hello& h) { h.spec.refound_after = base::Nanos(1); }),
              Drop::garbage);
}

TEST(Founding, NamesEveryMemberOnce) {
    EXPECT_EQ(drop_of_founding([](auto&) {}), std::nullopt);
    EXPECT_EQ(drop_of_founding([](auto& f) { f.roster[1].id = f.roster[0].id; }), Drop::garbage);
    EXPECT_EQ(drop_of_founding([](auto& f) { f.roster.clear(); }), Drop::garbage);
    EXPECT_EQ(drop_of_founding([](auto& f) { f.incarnation = {}; }), Drop::garbage);
    EXPECT_EQ(drop_of_founding([](auto& f) { f.roster[0].name = "\n"; }), Drop::garbage);
}

TEST(JoinReply, LeadsSomewhereAndSaysWhyInPrint) {
    EXPECT_EQ(drop_of(JoinReply{JoinReply::Answer::redirect, member(3), "", "", 1}), Drop::garbage);
    EXPECT_EQ(drop_of(JoinReply{JoinReply::Answer::refused, {}, "", "\x1b[2J", 1}), Drop::garbage);
    EXPECT_EQ(drop_of(JoinReply{static_cast<JoinReply::Answer>(4), {}, "", "", 1}), Drop::garbage);
}

TEST(Configuration, HasVotersWithinTheLimitsAndNobodyTwice) {
    const auto drop_of_configuration = [](raft::Configuration configuration) {
        return drop_of_append([&](raft::Append& a) {
            a.entries[1].configuration = std::make_shared<raft::Configuration>(configuration);
        });
    };
    EXPECT_EQ(drop_of_configuration({{member(1)}, {}, {}}), std::nullopt);
    EXPECT_EQ(drop_of_configuration({{}, {}, {member(1)}}), Drop::garbage);
    EXPECT_EQ(drop_of_configuration({{member(1), member(1)}, {}, {}}), Drop::garbage);
    EXPECT_EQ(drop_of_configuration({{member(1)}, {}, {member(1)}}), Drop::garbage);
    EXPECT_EQ(drop_of_configuration({{member(1)}, {member(2)}, {member(2)}, {}, 1, 1}),
              Drop::garbage);
    EXPECT_EQ(drop_of_configuration({{member(1), MemberId{}}, {}, {}}), Drop::garbage);
    EXPECT_EQ(drop_of_configuration({{member(1)}, {}, {}, {}, 0}), Drop::garbage) << "no seats";
    EXPECT_EQ(drop_of_configuration({{member(1)}, {}, {}, {}, 1, 1}), Drop::garbage)
        << "seats of nobody";
    EXPECT_EQ(drop_of_configuration({{member(1)}, {member(2)}, {}, {}, 1, 0}), Drop::garbage)
        << "voters without seats";
    raft::Configuration crowd;
    for (std::uint64_t number = 1; number <= 15; ++number) crowd.voters.push_back(member(number));
    EXPECT_EQ(drop_of_configuration(crowd), std::nullopt);
    crowd.voters.push_back(member(16));
    EXPECT_EQ(drop_of_configuration(crowd), Drop::garbage) << "there are at most 15 seats";
}

TEST(RaftFrames, HaveNumbersThatMakeSense) {
    EXPECT_EQ(drop_of_append([](raft::Append&) {}), std::nullopt);
    EXPECT_EQ(drop_of_append([](raft::Append& a) { a.term = 0; }), Drop::garbage);
    EXPECT_EQ(drop_of_append([](raft::Append& a) { a.term = 6; }), Drop::garbage)
        << "entries of term 7";
    EXPECT_EQ(drop_of_append([](raft::Append& a) { a.entries[3].term = 6; }), Drop::garbage);
    EXPECT_EQ(drop_of_append([](raft::Append& a) {
                  a.entries.clear();
                  a.prev_index = UINT64_MAX;
              }),
              Drop::garbage);
    EXPECT_EQ(drop_of(RaftFrame{raft::TimeoutNow{UINT64_MAX}}), Drop::garbage);
    EXPECT_EQ(
        drop_of(RaftFrame{raft::VoteReply{1, false, false, static_cast<raft::VoteRefusal>(6), {}}}),
        Drop::garbage);
    EXPECT_EQ(drop_of(RaftFrame{raft::VoteReply{1, false, false, {}, base::Nanos(-1)}}),
              Drop::garbage);
}

TEST(Enumerations, EndWhereTheyEnd) {
    EXPECT_EQ(drop_of(ProposalReply{1, static_cast<ErrorCode>(18)}), Drop::garbage);
    AppMessages messages = one_message("?");
    messages.messages.front().address = static_cast<AppMessage::Address>(3);
    EXPECT_EQ(drop_of(messages), Drop::garbage);
}

TEST(Frame, IsNotReadFromItsBeginningAlone) {
    for (const Body& body : all_bodies()) {
        const std::string whole = encode(frame_of(body)).str();
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto decoded = decode(Payload(whole.substr(0, size)), group_name);
            const auto* frame = std::get_if<Frame>(&decoded);
            ASSERT_FALSE(frame && encode(*frame).view() == whole) << size << " of " << whole.size();
        }
    }
}

TEST(Frame, IsNotMadeOfRandomBytes) {
    base::Random random(1);
    const std::string prefix = encode(frame_of(Farewell{1})).str().substr(0, 8);
    for (int i = 0; i < 20'000; ++i) {
        EXPECT_TRUE(drop_of(Payload(random_bytes(random, 300))));
        std::string bytes = prefix + random_bytes(random, 300);
        bytes.resize(bytes.size() / 8 * 8);
        EXPECT_TRUE(drop_of(Payload(bytes)));
    }
}

TEST(Frame, ThatWasDamagedIsRefusedOrAnotherGoodOne) {
    base::Random random(2);
    std::vector<std::string> good;
    for (const Body& body : all_bodies()) good.push_back(encode(frame_of(body)).str());
    int taken = 0;
    for (int i = 0; i < 60'000; ++i) {
        std::string bytes = damaged(random, good[random.below(good.size())]);
        const std::size_t askew = random.below(2) * random.below(8);
        auto shifted = std::make_shared<std::string>(askew, '?');
        *shifted += bytes;
        const auto decoded =
            decode(Payload(std::string_view(*shifted).substr(askew), shifted), group_name);
        const auto* frame = std::get_if<Frame>(&decoded);
        if (frame == nullptr) continue;
        ++taken;
        if (const auto* body = std::get_if<RaftFrame>(&frame->body)) {
            ASSERT_TRUE(raft::is_sound(body->message));
        }
        const Payload again = encode(*frame);
        const auto reread = decode(again, group_name);
        ASSERT_TRUE(std::holds_alternative<Frame>(reread)) << std::get<DecodeError>(reread).detail;
        ASSERT_EQ(encode(std::get<Frame>(reread)), again);
    }
    EXPECT_GT(taken, 1000) << "some damage makes another good frame";
}

}  // namespace
}  // namespace quorate::wire
