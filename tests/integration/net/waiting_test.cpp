// One wait for everything: frames, other sockets of the thread, and deadlines finer than
// zmq_poll's.
#include <thread>

#include "tests/integration/net/node.h"

namespace quorate::net::test {
namespace {

using std::chrono::steady_clock;

TEST(Waiting, ADeadlineBelowAMillisecondIsKept) {
    Context context;
    Node ann(context);
    ann.turn(base::Nanos(0));
    auto shortest = steady_clock::duration::max();
    for (int i = 0; i < 50; ++i) {
        const auto start = steady_clock::now();
        EXPECT_FALSE(ann.transport->wait(std::chrono::microseconds(200)));
        const auto took = steady_clock::now() - start;
        EXPECT_GE(took, std::chrono::microseconds(200));
        shortest = std::min(shortest, took);
    }
    EXPECT_LT(shortest, std::chrono::milliseconds(1));
}

TEST(Waiting, NothingToWaitForIsAnsweredAtOnce) {
    Context context;
    Node ann(context);
    ann.turn(base::Nanos(0));
    EXPECT_FALSE(ann.transport->wait(base::Nanos(0)));
    EXPECT_FALSE(ann.transport->wait(base::Nanos(-5)));
    EXPECT_FALSE(ann.transport->wait(base::long_ago));
}

TEST(Waiting, AnotherSocketOfTheThreadWakesIt) {
    Context context;
    Node ann(context);
    void* inside = zmq_socket(context.get(), ZMQ_PAIR);
    void* outside = zmq_socket(context.get(), ZMQ_PAIR);
    ASSERT_EQ(zmq_bind(inside, "inproc://mailbox"), 0);
    ASSERT_EQ(zmq_connect(outside, "inproc://mailbox"), 0);
    void* others[] = {inside};
    const auto read_all = [&] {
        int count = 0;
        char byte = 0;
        while (zmq_recv(inside, &byte, 1, ZMQ_DONTWAIT) >= 0) ++count;
        return count;
    };
    while (ann.transport->wait(base::Nanos(0), others)) {
        std::vector<io::TransportEvent> events;
        ann.transport->collect(events);
    }

    // Said before the wait, and said during it.
    ASSERT_EQ(zmq_send(outside, "a", 1, 0), 1);
    ASSERT_EQ(zmq_send(outside, "b", 1, 0), 1);
    EXPECT_TRUE(ann.transport->wait(std::chrono::seconds(10), others));
    EXPECT_EQ(read_all(), 2);
    std::thread component([&] { zmq_send(outside, "c", 1, 0); });
    EXPECT_TRUE(ann.transport->wait(std::chrono::seconds(10), others));
    component.join();
    EXPECT_EQ(read_all(), 1);
    EXPECT_FALSE(ann.transport->wait(base::Nanos(0), others));
    zmq_close(outside);
    zmq_close(inside);
}

TEST(Waiting, AFrameWakesIt) {
    Context context;
    Node ann(context);
    Node bob(context);
    bob.send(ann.endpoint(), "first");
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.frames.size() == 1; }));
    bob.send(ann.endpoint(), "second");
    while (ann.frames.size() < 2) {
        ASSERT_TRUE(ann.transport->wait(std::chrono::seconds(10)));
        std::vector<io::TransportEvent> events;
        ann.transport->collect(events);
        for (auto& event : events) ann.frames.push_back(std::get<io::FrameArrived>(event));
    }
    EXPECT_EQ(ann.frames[1].bytes.str(), "second");
}

}  // namespace
}  // namespace quorate::net::test
