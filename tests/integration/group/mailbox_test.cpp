// The mailbox between a component and its worker: exact bounds, nothing lost that must not be.
#include "group/inproc_mailbox.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <zmq.h>

#include <atomic>
#include <thread>

namespace quorate::group {
namespace {

constexpr std::size_t max_commands = 8;
constexpr std::size_t max_events = 16;

Event numbered(std::uint64_t number) {
    return EventsLost{number};
}
std::uint64_t number_of(const Event& event) {
    return std::get<EventsLost>(event).count;
}

class MailboxTest : public ::testing::Test {
protected:
    bool readable() {
        pollfd fd{mailbox_.descriptor(), POLLIN, 0};
        return poll(&fd, 1, 0) > 0;
    }
    std::deque<Event> collect() {
        std::deque<Event> events;
        mailbox_.collect(events);
        return events;
    }
    Published published_;
    std::atomic<RequestId> taken_{0};
    InprocMailbox mailbox_{max_commands, max_events, published_};
};

TEST_F(MailboxTest, events_come_in_order_once_flushed) {
    EXPECT_TRUE(mailbox_.post(numbered(1)));
    EXPECT_TRUE(mailbox_.post(numbered(2)));
    EXPECT_TRUE(collect().empty()) << "a turn's events come together";
    mailbox_.flush();
    EXPECT_TRUE(mailbox_.post(numbered(3)));
    mailbox_.flush();
    const auto events = collect();
    ASSERT_EQ(events.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(number_of(events[i]), i + 1);
}

TEST_F(MailboxTest, takes_exactly_as_many_events_as_it_may) {
    for (std::size_t i = 0; i < max_events; ++i) EXPECT_TRUE(mailbox_.post(numbered(i)));
    EXPECT_FALSE(mailbox_.post(numbered(99)));
    mailbox_.flush();
    const auto events = collect();
    EXPECT_EQ(events.size(), max_events);
    EXPECT_FALSE(mailbox_.post(numbered(99)))
        << "collected, but not handled: their places are taken";
    mailbox_.taken(events.front());
    EXPECT_TRUE(mailbox_.post(numbered(100)));
    EXPECT_FALSE(mailbox_.post(numbered(101)));
}

TEST_F(MailboxTest, outcomes_have_a_place_when_events_fill_the_mailbox) {
    while (mailbox_.post(numbered(1))) {
    }
    EXPECT_TRUE(mailbox_.post(RequestDone{.request = 7, .error = {}, .index = 0, .poll = {}}));
    EXPECT_TRUE(mailbox_.post(Refused{"size differs"}));
    mailbox_.flush();
    EXPECT_EQ(collect().size(), max_events + 2);
}

TEST_F(MailboxTest, left_comes_when_the_worker_is_done_and_takes_the_lease_with_it) {
    mailbox_.publish_lease(base::Nanos{1});
    EXPECT_TRUE(mailbox_.post(Left{}));
    mailbox_.flush();
    EXPECT_TRUE(collect().empty());
    mailbox_.finish(0);
    const auto events = collect();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<Left>(events.front()));
    EXPECT_EQ(published_.lease_until(), base::long_ago);
}

TEST_F(MailboxTest, descriptor_is_readable_while_a_flushed_batch_waits) {
    collect();
    EXPECT_FALSE(readable());
    mailbox_.post(numbered(1));
    EXPECT_FALSE(readable());
    mailbox_.flush();
    EXPECT_TRUE(readable());
    EXPECT_TRUE(readable()) << "looking takes nothing away";
    collect();
    EXPECT_FALSE(readable());
}

TEST_F(MailboxTest, commands_come_in_order_and_not_more_than_asked_for) {
    for (RequestId request = 1; request <= 5; ++request) {
        mailbox_.push(io::SendOrdered{request, Payload(std::string("x"))});
    }
    std::vector<io::Command> taken;
    mailbox_.commands().take(taken, 3);
    ASSERT_EQ(taken.size(), 3u);
    mailbox_.commands().take(taken, 3);
    ASSERT_EQ(taken.size(), 5u);
    EXPECT_EQ(std::get<io::SendOrdered>(taken[0]).request, 1u);
    EXPECT_EQ(std::get<io::SendOrdered>(taken[4]).request, 5u);
    mailbox_.commands().take(taken, 3);
    EXPECT_EQ(taken.size(), 5u);
}

TEST_F(MailboxTest, a_command_wakes_a_worker_that_sleeps_and_none_sleeps_over_one) {
    constexpr RequestId flood = 20'000;
    std::thread component([&] {
        for (RequestId request = 1; request <= flood; ++request) {
            while (request > taken_ + max_commands) std::this_thread::yield();
            mailbox_.push(io::SendOrdered{request, Payload()});
        }
    });
    std::vector<io::Command> taken;
    while (taken_ < flood) {
        if (mailbox_.commands().may_sleep()) {
            zmq_pollitem_t socket{mailbox_.commands().socket(), 0, ZMQ_POLLIN, 0};
            ASSERT_EQ(zmq_poll(&socket, 1, 10'000), 1) << "slept on with commands waiting";
        }
        taken.clear();
        mailbox_.commands().take(taken, 100);
        for (const io::Command& command : taken) {
            ASSERT_EQ(std::get<io::SendOrdered>(command).request, taken_ + 1);
            ++taken_;
        }
    }
    component.join();
}

TEST_F(MailboxTest, what_nobody_took_is_freed_with_the_mailbox) {
    auto owner = std::make_shared<int>(1);
    const std::weak_ptr<int> watch = owner;
    {
        Published published;
        InprocMailbox mailbox(max_commands, max_events, published);
        mailbox.push(io::SendToGroup{1, Payload("x", owner)});
        mailbox.post(Message{.from = {}, .data = Payload("x", owner)});
        mailbox.flush();
        mailbox.post(Message{.from = {}, .data = Payload("x", std::move(owner))});
        EXPECT_FALSE(watch.expired());
    }
    EXPECT_TRUE(watch.expired());
}

TEST_F(MailboxTest, a_flood_from_another_thread_arrives_whole_or_is_refused) {
    constexpr std::uint64_t flood = 100'000;
    std::uint64_t refused = 0;
    std::thread worker([&] {
        for (std::uint64_t i = 1; i <= flood; ++i) {
            if (!mailbox_.post(numbered(i))) ++refused;
            mailbox_.flush();
        }
        mailbox_.finish(0);
    });
    std::uint64_t arrived = 0;
    std::uint64_t last = 0;
    for (bool left = false; !left;) {
        pollfd fd{mailbox_.descriptor(), POLLIN, 0};
        ASSERT_GT(poll(&fd, 1, 10'000), 0) << "a batch came and the descriptor did not say so";
        for (const Event& event : collect()) {
            mailbox_.taken(event);
            left = std::holds_alternative<Left>(event);
            if (left) break;
            EXPECT_GT(number_of(event), last);
            last = number_of(event);
            ++arrived;
        }
    }
    worker.join();
    EXPECT_EQ(arrived + refused, flood);
    EXPECT_GT(arrived, 0u);
}

}  // namespace
}  // namespace quorate::group
