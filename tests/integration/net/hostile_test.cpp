// Strangers at the port: none of what they do disturbs the members, and little of it is delivered.
#include <algorithm>

#include "tests/integration/net/node.h"
#include "tests/integration/net/plain_tcp.h"

namespace quorate::net::test {
namespace {

/// A bare libzmq PUSH socket, as somebody else's program would have one.
class ForeignPush {
public:
    ForeignPush(Context& context, const std::string& endpoint)
        : socket_(zmq_socket(context.get(), ZMQ_PUSH)) {
        const int linger = 0;
        zmq_setsockopt(socket_, ZMQ_LINGER, &linger, sizeof linger);
        zmq_connect(socket_, endpoint.c_str());
    }
    ForeignPush(const ForeignPush&) = delete;
    ForeignPush& operator=(const ForeignPush&) = delete;
    ~ForeignPush() { zmq_close(socket_); }
    void send(const std::string& bytes, int flags = 0) {
        zmq_send(socket_, bytes.data(), bytes.size(), ZMQ_DONTWAIT | flags);
    }

private:
    void* socket_;
};

/// Until the member hangs up, or it has listened to all of it.
bool hangs_up(const Fd& client, Node& member) {
    return eventually({&member}, [&] {
        char bytes[256];
        const auto got = recv(client.get(), bytes, sizeof bytes, MSG_DONTWAIT);
        return got == 0 || (got < 0 && errno != EAGAIN);
    });
}

void expect_members_talk(Context& context, Node& ann) {
    Node bob(context);
    ASSERT_TRUE(bob.send(ann.endpoint(), "from a member"));
    ASSERT_TRUE(eventually({&ann}, [&] { return !ann.frames.empty(); }));
    EXPECT_EQ(texts(ann), std::vector<std::string>{"from a member"})
        << "and nothing of what the stranger wrote";
}

TEST(Hostile, GarbageBytesAreNotDelivered) {
    Context context;
    Node ann(context);
    const Fd http = plain_client(ann.endpoint());
    ASSERT_TRUE(write_all(http, "GET / HTTP/1.1\r\nHost: relay\r\n\r\n"));
    const Fd noise = plain_client(ann.endpoint());
    std::string bytes;
    for (int i = 0; i < 5000; ++i) bytes.push_back(static_cast<char>((i * 2654435761u) >> 13));
    write_all(noise, bytes);
    const Fd greeting = plain_client(ann.endpoint());
    ASSERT_TRUE(write_all(
        greeting, std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x03", 11) + std::string(200, '\xee')));
    EXPECT_TRUE(hangs_up(http, ann));
    EXPECT_TRUE(hangs_up(greeting, ann));
    expect_members_talk(context, ann);
}

// In the first version of ZeroMQ's protocol there is no greeting: a length, a flag, and any bytes
// at all are a frame.
TEST(Hostile, TheOldestProtocolIsNotSpoken) {
    Context context;
    Node ann(context);
    const Fd ancient = plain_client(ann.endpoint());
    ASSERT_TRUE(write_all(ancient, std::string("\x01\0", 2) + std::string("\x08\0garbage", 9)));
    EXPECT_TRUE(hangs_up(ancient, ann));
    expect_members_talk(context, ann);
}

TEST(Hostile, AFrameOverTheLimitIsNotSent) {
    Context context;
    Node ann(context, {.frame_bytes = 1000});
    Node bob(context, {.frame_bytes = 1000});
    EXPECT_FALSE(ann.send(bob.endpoint(), std::string(1001, 'x')));
    EXPECT_TRUE(ann.send(bob.endpoint(), std::string(1000, 'x')));
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 1; }));
}

TEST(Hostile, AFrameOverTheLimitIsNotTakenAndOthersGoOn) {
    Context context;
    Node ann(context, {.frame_bytes = 1000});
    ForeignPush stranger(context, ann.endpoint());
    stranger.send("short");
    stranger.send(std::string(1001, 'x'));
    // The connection is given up with it; libzmq dials again, and what it sends then is heard.
    ASSERT_TRUE(eventually({&ann}, [&] {
        stranger.send("again");
        const auto got = texts(ann);
        return std::find(got.begin(), got.end(), "again") != got.end();
    }));
    for (const auto& frame : ann.frames) EXPECT_LE(frame.bytes.size(), 1000u);
    Node bob(context);
    bob.send(ann.endpoint(), "from a member");
    EXPECT_TRUE(eventually({&ann}, [&] {
        const auto got = texts(ann);
        return std::find(got.begin(), got.end(), "from a member") != got.end();
    }));
}

TEST(Hostile, FramesOfSeveralPartsAreDroppedWhole) {
    Context context;
    Node ann(context);
    ForeignPush stranger(context, ann.endpoint());
    stranger.send("one");
    for (int i = 0; i < 10; ++i) stranger.send("part", ZMQ_SNDMORE);
    stranger.send("last part");
    stranger.send("two");
    // Three at a time, so that turns end in the middle of the parts.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (ann.frames.size() < 2 && std::chrono::steady_clock::now() < end) {
        ann.turn(std::chrono::milliseconds(2), 3);
    }
    EXPECT_EQ(texts(ann), (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(ann.transport->dropped(), (io::UnseenDrops{.several_parts = 1}));
}

TEST(Hostile, AFloodIsTakenInPortionsAndNothingOfItIsForgotten) {
    Context context;
    Node ann(context);
    Node bob(context);
    for (int i = 0; i < 3000; ++i) ASSERT_TRUE(ann.send(bob.endpoint(), "flood"));
    while (bob.frames.size() < 3000) {
        const std::size_t before = bob.frames.size();
        ASSERT_TRUE(bob.transport->wait(std::chrono::seconds(10)));
        bob.events.clear();
        bob.turn(base::Nanos(0), 100);
        EXPECT_LE(bob.frames.size() - before, 100u);
    }
}

}  // namespace
}  // namespace quorate::net::test
