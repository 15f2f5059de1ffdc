// What a group allocates when nothing happens but heartbeats, and for one message and one vote.
#include <gtest/gtest.h>

#include <iostream>

#include "still_group.h"

namespace quorate::steady {
namespace {

using namespace std::chrono_literals;

constexpr auto heartbeat = 50ms;
constexpr int rounds = 100;

class Steady : public testing::Test {
protected:
    void SetUp() override {
        group_.pass(10s);  // founded, elected, settled, and every buffer as long as it gets
        leader_ = group_.leader();
        ASSERT_LT(leader_, members);
        follower_ = (leader_ + 1) % members;
    }
    /// Allocations of a member for each of `rounds` times what `once` does.
    template <class Once>
    std::pair<double, double> each(const Once& once) {
        for (int round = 0; round < rounds; ++round) once();  // until buffers are long enough
        const std::uint64_t leaders = group_.allocated_by(leader_);
        const std::uint64_t followers = group_.allocated_by(follower_);
        for (int round = 0; round < rounds; ++round) once();
        const std::pair result{
            static_cast<double>(group_.allocated_by(leader_) - leaders) / rounds,
            static_cast<double>(group_.allocated_by(follower_) - followers) / rounds};
        std::cout << "the leader " << result.first << ", a follower " << result.second << "\n";
        return result;
    }

    StillGroup group_;
    std::size_t leader_ = members;
    std::size_t follower_ = members;
};

TEST_F(Steady, a_heartbeat_allocates_nothing) {
    const auto [leader, follower] = each([&] { group_.pass(heartbeat); });
    EXPECT_EQ(leader, 0);
    EXPECT_EQ(follower, 0);
}

TEST_F(Steady, a_message_allocates_nothing) {
    const Payload text(std::string(64, 'x'));
    const auto [leader, follower] = each([&] {
        group_.ask(leader_, io::SendToGroup{0, text});
        group_.pass(heartbeat);
    });
    EXPECT_EQ(leader, 0);
    EXPECT_EQ(follower, 0);
}

TEST_F(Steady, a_vote_allocates_little) {
    RequestId request = 0;
    const auto [leader, follower] = each([&] {
        group_.ask(leader_, io::RequestVote{++request, "open?", Voting::majority, 1s});
        group_.pass(heartbeat / 2);
        for (std::size_t member = 0; member < members; ++member) {
            for (const PollId poll : group_.take_questions(member)) {
                group_.ask(member, io::SendVote{++request, poll, true});
            }
        }
        group_.pass(heartbeat / 2);
    });
    // What is agreed on is kept, in maps and lists of its own. Not none, but bounded, and no more
    // than when this was written (docs/real_time.md).
    EXPECT_LE(leader, 50);
    EXPECT_LE(follower, 25);
}

}  // namespace
}  // namespace quorate::steady
