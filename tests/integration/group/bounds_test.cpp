// Bounds as options, reached: what is full says so, and goes on when there is room (rule 11).
// Mailbox and events: group_test.cpp; links: tests/integration/net/links_test.cpp; peers:
// tests/unit/group/peers_test.cpp.
#include <gtest/gtest.h>
#include <zmq.h>

#include <algorithm>

#include "members.h"
#include "wire/codec.h"

namespace quorate::testing {
namespace {

using namespace std::chrono_literals;

std::vector<ErrorCode> errors_of(Room& room, int times,
                                 const std::function<Request(Completion)>& ask) {
    int answered = 0;
    std::vector<ErrorCode> errors;
    for (int i = 0; i < times; ++i) {
        EXPECT_TRUE(ask([&](const RequestDone& done) {
            ++answered;
            if (done.error) errors.push_back(done.error->code);
        }));
    }
    EXPECT_TRUE(room.await([&] { return answered == times; }));
    return errors;
}

TEST(Bounds, a_message_that_is_too_large_is_refused_whole) {
    Room room(1, [](CoordinatorOptions& options) { options.message_bytes = 1000; });
    Group& group = room[0].group;
    EXPECT_TRUE(group.await(group.send_ordered(std::string(1000, 'x'))));
    for (const Request& asked :
         {group.send(std::string(1001, 'x')), group.send_ordered(std::string(1001, 'x')),
          group.send_to_leader(std::string(1001, 'x')),
          group.send_to_member(group.id(), std::string(1001, 'x'))}) {
        const auto done = group.await(asked);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, ErrorCode::too_large) << done.error().message;
    }
}

/// Both where the leader asks and where another member does.
TEST(Bounds, votes_beyond_those_that_may_be_open_would_block) {
    Room room(3, [](CoordinatorOptions& options) { options.open_polls = 4; });
    std::size_t ended = 0;
    const auto all_are_told = [&] {
        return std::ranges::all_of(
            room.pointers(), [&](const Member* member) { return member->results.size() == ended; });
    };
    for (Member* asking : {&room.leader(), &room.follower()}) {
        const auto errors = errors_of(room, 10, [&](Completion done) {
            return asking->group.request_vote("?", {.timeout = 2s}, std::move(done));
        });
        EXPECT_EQ(errors, std::vector<ErrorCode>(6, ErrorCode::would_block));
        ended += 4;
        ASSERT_TRUE(room.await(all_are_told));
        const Request again = asking->group.request_vote("room again", {.timeout = 1ms});
        EXPECT_TRUE(asking->group.await(again));
        ++ended;
        ASSERT_TRUE(room.await(all_are_told));
    }
}

TEST(Bounds, what_no_quorum_has_yet_is_bounded) {
    constexpr std::size_t bound = 64 << 10;
    Room room(3, [](CoordinatorOptions& options) { options.uncommitted_bytes = bound; });
    Member& leader = room.leader();
    const std::string message(bound / 4, 'x');
    // More than the bound at once: the worker takes them in one turn, before any answer can come.
    const auto errors = errors_of(room, 64, [&](Completion done) {
        return leader.group.send_ordered(message, std::move(done));
    });
    EXPECT_FALSE(errors.empty());
    for (const ErrorCode code : errors) EXPECT_EQ(code, ErrorCode::would_block);
    EXPECT_TRUE(leader.group.await(leader.group.send_ordered(message)));
}

TEST(Bounds, the_log_in_memory_is_cut) {
    Room room(2, [](CoordinatorOptions& options) { options.kept_entries = 100; });
    for (int i = 0; i < 300; ++i) {
        ASSERT_TRUE(room.leader().group.await(room.leader().group.send_ordered("x")));
    }
    EXPECT_TRUE(room.await([&] { return room.follower().messages.size() == 300; }));
    for (Member* member : room.pointers()) {
        const auto held = [&] { return member->group.metrics().log_entries; };
        EXPECT_TRUE(room.await([&] { return held() > 0 && held() <= 100; })) << held();
    }
}

TEST(Bounds, the_bytes_of_the_log_in_memory_are_bounded) {
    Room room(1, [](CoordinatorOptions& options) { options.kept_bytes = 64 << 10; });
    Group& group = room[0].group;
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(group.await(group.send_ordered(std::string(4 << 10, 'x'))));
    }
    // A quarter of the bound between two cuts, and a sixteenth kept over a cut.
    EXPECT_TRUE(room.await([&] {
        const GroupMetrics metrics = group.metrics();
        return metrics.commit_index >= 100 && metrics.log_entries <= 16;
    })) << group.metrics().log_entries;
}

/// Says to a member what others of its group say, and was never let in.
class Stranger {
public:
    Stranger(const Member& to, const std::string& group) : to_(to.group.id()) {
        frame_.header = {base::RecyclingString(group), to.group.status().incarnation, {}, to_};
        zmq_connect(socket_, to.endpoint.c_str());
    }
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;
    ~Stranger() {
        const int none = 0;
        zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
        zmq_close(socket_);
        zmq_ctx_term(context_);
    }
    void say(MemberId as, int times) {
        frame_.header.sender = as;
        for (int i = 0; i < times; ++i) {
            wire::AppMessages said{.sequence = ++sequence_, .messages = {}};
            said.messages.push_back({.data = Payload(std::string("let me in"))});
            frame_.body = std::move(said);
            const Payload bytes = wire::encode(frame_);
            ASSERT_EQ(zmq_send(socket_, bytes.view().data(), bytes.size(), 0),
                      static_cast<int>(bytes.size()));
        }
    }

private:
    MemberId to_;
    wire::Frame frame_;
    std::uint64_t sequence_ = 0;
    void* context_ = zmq_ctx_new();
    void* socket_ = zmq_socket(context_, ZMQ_PUSH);
};

/// Who was let in may be heard before the log says so: its messages wait, so many of each and of
/// all.
TEST(Bounds, messages_of_members_that_are_not_known_yet_wait_up_to_a_bound) {
    GroupSpec spec = spec_of(1);
    spec.timing.peer_timeout = 10s;  // for so long they wait
    Member member("alone", spec);
    const auto await = [&](const auto& condition) { return testing::await({&member}, condition); };
    const auto dropped = [&](DropCause cause) {
        return member.group.metrics().dropped[static_cast<std::size_t>(cause)];
    };
    ASSERT_TRUE(await([&] { return member.joined; }));
    Stranger stranger(member, "room.A");
    stranger.say({1, 1}, 1024 + 6);
    ASSERT_TRUE(await([&] { return dropped(DropCause::overflow) >= 6; }));
    EXPECT_EQ(dropped(DropCause::overflow), 6u) << "of one sender 1,024 wait";
    for (const std::uint64_t id : {2, 3, 4}) stranger.say({1, id}, 1024);
    stranger.say({1, 5}, 4);
    ASSERT_TRUE(await([&] { return dropped(DropCause::overflow) >= 6 + 4; }));
    EXPECT_EQ(dropped(DropCause::overflow), 6u + 4u) << "of all 4,096 wait";
    ASSERT_TRUE(await([&] { return dropped(DropCause::unknown_sender) >= 4096; }));
    EXPECT_EQ(dropped(DropCause::unknown_sender), 4096u) << "nobody of these ids came in";
    EXPECT_TRUE(member.messages.empty());
}

}  // namespace
}  // namespace quorate::testing
