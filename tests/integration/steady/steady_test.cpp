// What a group allocates when nothing happens but heartbeats, and for one message and one vote.
#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <stdexcept>

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

TEST(TimedMessages, cost_nothing_when_off) {
    const Payload text(std::string(64, 'x'));
    const auto clock_readings = [&](bool timed) {
        StillGroup group(StillGroup::Setting{.timed_messages = timed});
        group.pass(10s);
        const std::uint64_t before = group.wall_clock_readings();
        group.ask(group.leader(), io::SendToGroup{0, text});
        group.ask(group.leader(), io::SendOrdered{1, text});
        group.pass(1s);
        return group.wall_clock_readings() - before;
    };
    EXPECT_EQ(clock_readings(false), 0);
    EXPECT_EQ(clock_readings(true), 2 * (1 + members)) << "sent once, delivered to each, for both";
}

/// What is agreed on is kept: results for a time, entries until the log is cut. The blocks that a
/// new one takes are those that an old one gave back, once there are old ones.
class SteadyLog : public Steady {
protected:
    static constexpr std::size_t results_kept = consensus::StateMachine::max_closed_polls;
    static constexpr std::size_t measured = 1200;

    /// What `once` does allocates nothing at any member, but where its log is cut in between.
    template <class Once>
    void none_but_at_cuts(const Once& once) {
        // Until logs, results and remembered votes have all been at their longest together.
        for (std::size_t round = 0; round < 8 * results_kept; ++round) once();
        const std::size_t agreed = group_.agreed(follower_);
        std::array<std::size_t, members> cuts = {};
        for (std::size_t round = 0; round < measured; ++round) {
            const auto before = look();
            once();
            const auto after = look();
            for (std::size_t member = 0; member < members; ++member) {
                const std::uint64_t allocated = after[member].allocated - before[member].allocated;
                if (after[member].cut_at != before[member].cut_at) {
                    if (cuts[member]++ == 0) std::cout << "a cut: " << allocated << "\n";
                    continue;
                }
                EXPECT_EQ(allocated, 0)
                    << (member == leader_ ? "the leader" : "a follower") << " in round " << round;
            }
        }
        for (const std::size_t each : cuts) {
            EXPECT_GE(each, 1) << "it must last for longer than one log";
            EXPECT_LE(each, measured / 100);
        }
        EXPECT_EQ(group_.agreed(follower_) - agreed, measured);
    }

    RequestId request_ = 0;

private:
    struct Look {
        std::uint64_t allocated = 0;
        raft::Index cut_at = 0;
    };
    std::array<Look, members> look() const {
        std::array<Look, members> looks;
        for (std::size_t member = 0; member < members; ++member) {
            looks[member] = {group_.allocated_by(member), group_.log_cut_at(member)};
        }
        return looks;
    }
};

TEST_F(Steady, a_heartbeat_allocates_nothing) {
    const auto [leader, follower] = each([&] { group_.pass(heartbeat); });
    EXPECT_EQ(leader, 0);
    EXPECT_EQ(follower, 0);
}

/// Of the leader, in `rounds` heartbeats, once the group has settled.
std::uint64_t allocated_by_the_leader_of(StillGroup& group) {
    group.pass(20s);
    const std::size_t leader = group.leader();
    if (leader == members) throw std::runtime_error("nobody leads");
    const std::uint64_t before = group.allocated_by(leader);
    group.pass(rounds * heartbeat);
    return group.allocated_by(leader) - before;
}

TEST(SteadyCrowd, who_has_no_seat_costs_the_leader_no_allocation) {
    StillGroup observed(StillGroup::Setting{.roles = {Role::member, Role::member, Role::observer}});
    EXPECT_EQ(allocated_by_the_leader_of(observed), 0);
    StillGroup crowded(StillGroup::Setting{.max_voters = 1});
    EXPECT_EQ(allocated_by_the_leader_of(crowded), 0);
}

TEST(SteadyCrowd, nor_does_a_voter_that_is_lost) {
    StillGroup group;
    group.pass(10s);
    const std::size_t leader = group.leader();
    ASSERT_LT(leader, members);
    group.stop((leader + 1) % members);
    EXPECT_EQ(allocated_by_the_leader_of(group), 0);
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

TEST_F(SteadyLog, a_vote_allocates_nothing) {
    none_but_at_cuts([&] {
        group_.ask(leader_, io::RequestVote{++request_, "open?", Voting::majority, 1s});
        group_.pass(heartbeat / 2);
        for (std::size_t member = 0; member < members; ++member) {
            for (const PollId poll : group_.take_questions(member)) {
                group_.ask(member, io::SendVote{++request_, poll, true});
            }
        }
        group_.pass(heartbeat / 2);
    });
}

TEST_F(SteadyLog, an_ordered_message_allocates_nothing) {
    const Payload text(std::string(64, 'x'));
    none_but_at_cuts([&] {
        group_.ask(follower_, io::SendOrdered{++request_, text});
        group_.pass(heartbeat);
    });
}

}  // namespace
}  // namespace quorate::steady
