// Commands to bytes and back, and bytes that are no commands.
#include "consensus/commands.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/consensus/group_story.h"
#include "tests/unit/consensus/hostile_bytes.h"

namespace quorate::consensus {
namespace {

using namespace std::chrono_literals;

OpenPoll question() {
    OpenPoll open{poll(1), member(2), 33, "open breaker 7?", Voting::consensus, 1500ms};
    open.action = {1'700'000'000s, 2ms, 50ms, ActionClock::tai};
    open.stamp = {1'600'000'000s, 1'600'000'001s};
    return open;
}

/// One of each kind.
std::vector<Command> all_kinds() {
    return {Join{record(7, Role::witness)},
            Leave{member(3), Departure::lost},
            OrderedMessage{member(1), 9, -5, Payload(std::string("a\0b", 3))},
            question(),
            CastVote{poll(4), member(5), true},
            ExpirePoll{poll(6)},
            CloseAction{poll(7), 5s},
            CancelAction{poll(8), member(9), 10, 11s},
            Resize{member(10), 12, 1000},
            FinishResize{1, 2}};
}

bool is_refused(const Command& command) {
    const auto decoded = decode(encode(command));
    return !decoded && decoded.error().code == ErrorCode::bad_argument;
}

TEST(Commands, ComeBackFromTheirBytes) {
    for (const Command& command : all_kinds()) {
        const Payload bytes = encode(command);
        const auto decoded = decode(bytes);
        ASSERT_TRUE(decoded) << command.index();
        EXPECT_EQ(decoded->index(), command.index());
        EXPECT_EQ(encode(*decoded), bytes) << "equal values give equal bytes";
    }
    const auto join = decode(encode(Join{record(7, Role::witness)}));
    EXPECT_EQ(std::get<Join>(*join).member, record(7, Role::witness));
    const auto open = std::get<OpenPoll>(*decode(encode(question())));
    EXPECT_EQ(open.poll, poll(1));
    EXPECT_EQ(open.requester, member(2));
    EXPECT_EQ(open.request, 33u);
    EXPECT_EQ(open.topic, "open breaker 7?");
    EXPECT_EQ(open.kind, Voting::consensus);
    EXPECT_EQ(open.action, question().action);
    EXPECT_EQ(open.stamp, question().stamp);
    EXPECT_EQ(open.timeout, 1500ms);
    const auto resize = std::get<Resize>(*decode(encode(Resize{member(10), 12, 1000})));
    EXPECT_EQ(resize.requester, member(10));
    EXPECT_EQ(resize.request, 12u);
    EXPECT_EQ(resize.size, 1000u);
    const auto finish = std::get<FinishResize>(*decode(encode(FinishResize{7, 9})));
    EXPECT_EQ(finish.since, 7u);
    EXPECT_EQ(finish.judged, 9u);
    EXPECT_TRUE(is_refused(Resize{member(10), 12, 0}));
    EXPECT_TRUE(is_refused(Resize{member(10), 12, 1001}));
    EXPECT_TRUE(is_refused(Resize{MemberId{}, 12, 5}));
    EXPECT_TRUE(is_refused(FinishResize{9, 7}));
    const auto leave = std::get<Leave>(*decode(encode(Leave{member(3), Departure::lost})));
    EXPECT_EQ(leave.member, member(3));
    EXPECT_EQ(leave.reason, Departure::lost);
    const auto vote = std::get<CastVote>(*decode(encode(CastVote{poll(4), member(5), true})));
    EXPECT_EQ(vote.voter, member(5));
    EXPECT_TRUE(vote.yes);
    EXPECT_EQ(std::get<ExpirePoll>(*decode(encode(ExpirePoll{poll(6)}))).poll, poll(6));
}

TEST(Commands, ReferToTheBytesInsteadOfCopyingData) {
    const Payload bytes = encode(OrderedMessage{member(1), 9, -5, Payload(std::string(5000, 'x'))});
    const auto message = std::get<OrderedMessage>(*decode(bytes));
    EXPECT_EQ(message.data.size(), 5000u);
    EXPECT_GE(message.data.view().data(), bytes.view().data());
    EXPECT_LE(message.data.view().data() + 5000, bytes.view().data() + bytes.size());
}

TEST(Commands, KeepTheirDataWhenTheBytesAreGone) {
    Payload data;
    {
        const auto decoded = decode(encode(OrderedMessage{member(1), 9, -5, Payload("stays")}));
        data = std::get<OrderedMessage>(*decoded).data;
    }
    EXPECT_EQ(data.view(), "stays");
}

TEST(Commands, AreReadFromAnyAddress) {
    for (const Command& command : all_kinds()) {
        const Payload bytes = encode(command);
        for (std::size_t askew = 1; askew < 8; ++askew) {
            auto shifted = std::make_shared<std::string>(askew, '?');
            *shifted += bytes.view();
            const auto decoded = decode(Payload(std::string_view(*shifted).substr(askew), shifted));
            ASSERT_TRUE(decoded);
            EXPECT_EQ(encode(*decoded), bytes);
        }
    }
}

TEST(Commands, AreRefusedOutsideTheLimits) {
    const auto joined_as = [](auto change) {
        Join join{record(1)};
        change(join.member);
        return join;
    };
    EXPECT_FALSE(is_refused(joined_as([](auto& m) { m.name = std::string(64, 'n'); })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.name = std::string(65, 'n'); })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.name = ""; })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.name = "\x1b[2J"; })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.name = "\xff"; })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.endpoint = "tcp://host:0"; })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.endpoint = "ipc://x"; })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.id = {}; })));
    EXPECT_TRUE(is_refused(joined_as([](auto& m) { m.role = static_cast<Role>(3); })));
    EXPECT_TRUE(is_refused(Leave{}));
    EXPECT_TRUE(is_refused(Leave{member(1), static_cast<Departure>(2)}));
    EXPECT_TRUE(is_refused(OrderedMessage{}));
    EXPECT_TRUE(is_refused(CastVote{poll(1), {}, true}));
    EXPECT_TRUE(is_refused(CastVote{{}, member(1), true}));
    EXPECT_TRUE(is_refused(ExpirePoll{}));

    const auto asked = [](auto change) {
        OpenPoll open = question();
        change(open);
        return open;
    };
    EXPECT_FALSE(is_refused(asked([](auto& p) { p.timeout = 24h; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.timeout = 24h + 1ns; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.timeout = 0ns; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.timeout = -1ns; })));
    EXPECT_FALSE(is_refused(asked([](auto& p) { p.topic = std::string(64 * 1024, 't'); })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.topic = std::string(64 * 1024 + 1, 't'); })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.kind = static_cast<Voting>(2); })));
    EXPECT_FALSE(is_refused(asked([](auto& p) { p.action.reset(); })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.action->tolerance = 0ns; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.action->tolerance = 1h + 1ns; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.action->margin = -1ns; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.action->at = base::never; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.action->clock = static_cast<ActionClock>(3); })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.poll = {}; })));
    EXPECT_TRUE(is_refused(asked([](auto& p) { p.requester = {}; })));
}

TEST(Commands, OfAnotherVersionAreRefused) {
    std::string bytes = encode(ExpirePoll{poll(6)}).str();
    const std::uint16_t next_version = 2;
    std::memcpy(&bytes[8], &next_version, sizeof next_version);  // first in the data of the root
    const auto decoded = decode(Payload(bytes));
    ASSERT_FALSE(decoded);
    EXPECT_NE(decoded.error().message.find("version"), std::string::npos);
}

TEST(Commands, AreNotReadFromTruncatedBytes) {
    for (const Command& command : all_kinds()) {
        const std::string whole = encode(command).str();
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto decoded = decode(Payload(whole.substr(0, size)));
            EXPECT_FALSE(decoded && encode(*decoded).view() == whole)
                << size << " of " << whole.size();
        }
    }
}

TEST(Commands, SurviveGarbage) {
    base::Random random(7);
    const auto kinds = all_kinds();
    int taken = 0;
    for (int i = 0; i < 20'000; ++i) {
        (void)decode(Payload(random_bytes(random, 200)));
        const std::string good = encode(kinds[random.below(kinds.size())]).str();
        // What is taken must be a whole command: it can be written again and read as the same.
        const auto decoded = decode(Payload(damaged(random, good)));
        if (!decoded) continue;
        ++taken;
        const Payload again = encode(*decoded);
        ASSERT_TRUE(decode(again));
        ASSERT_EQ(encode(*decode(again)), again);
    }
    EXPECT_GT(taken, 100) << "some damage makes another good command";
}

}  // namespace
}  // namespace quorate::consensus
