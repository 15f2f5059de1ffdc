// The thread of timed actions, on a machine that has nothing left to give.
#include "group/action_thread.h"

#include <gtest/gtest.h>
#include <zmq.h>

#include <atomic>
#include <optional>

#include "group/system_clock.h"
#include "no_threads_left.h"

namespace quorate::group {
namespace {

using namespace std::chrono_literals;
using Found = io::ActionWoke::Found;

class ActionThreadTest : public ::testing::Test {
protected:
    ~ActionThreadTest() override {
        actions_.reset();
        zmq_ctx_term(context_);
    }
    io::AlarmSetting soon(std::uint64_t number) const {
        const ActionClock clock = ActionClock::monotonic;
        return {PollId{1, number}, "tick", read_action_clock(clock) + 20ms, 60s, clock};
    }
    std::vector<io::ActionWoke> take() {
        std::vector<io::Command> commands;
        actions_->take(commands, 100);
        std::vector<io::ActionWoke> woke;
        for (const auto& command : commands) woke.push_back(std::get<io::ActionWoke>(command));
        return woke;
    }
    void* const context_ = zmq_ctx_new();
    Actuator actuator_;
    std::optional<ActionThread> actions_{std::in_place, 0ns, ThreadOptions{}, actuator_};
};

TEST_F(ActionThreadTest, says_that_there_are_no_descriptors_when_it_is_opened) {
    zmq_ctx_set(context_, ZMQ_MAX_SOCKETS, 1);  // it takes two
    const auto opened = actions_->open(context_);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::not_permitted);
    EXPECT_NE(opened.error().message.find("RLIMIT_NOFILE"), std::string::npos);
}

TEST_F(ActionThreadTest, without_a_thread_tells_so_at_once_and_tries_again_with_the_next) {
    ASSERT_TRUE(actions_->open(context_));
    EXPECT_EQ(actions_->socket(), nullptr) << "a group that never acts need not look there";
    {
        const quorate::testing::NoThreadsLeft none;
        actions_->set(soon(1));
        actions_->set(soon(2));
    }
    EXPECT_NE(actions_->socket(), nullptr);
    EXPECT_FALSE(actions_->may_sleep()) << "there is something to tell";
    EXPECT_TRUE(actions_->cancel(PollId{1, 2})) << "of that one nothing is told any more";
    const auto told = take();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told[0].poll, (PollId{1, 1}));
    EXPECT_EQ(told[0].found, Found::no_thread);
    EXPECT_TRUE(actions_->may_sleep());

    std::atomic<int> acted = 0;
    actuator_.set([&](const ActionDue&) { ++acted; });
    actions_->set(soon(3));
    std::vector<io::ActionWoke> woke;
    while (woke.empty()) woke = take();
    EXPECT_EQ(woke[0].poll, (PollId{1, 3}));
    EXPECT_EQ(woke[0].found, Found::in_time);
    EXPECT_EQ(acted, 1);
}

}  // namespace
}  // namespace quorate::group
