// Frames on links: order, waiting for who isn't up yet, bounds, and links that a stranger broke.
#include <algorithm>

#include "net/links.h"
#include "net/resolver.h"
#include "tests/integration/net/node.h"
#include "tests/integration/net/plain_tcp.h"

namespace quorate::net::test {
namespace {

using Answer = io::ProbeAnswered::Answer;

TEST(Links, TwoTransportsExchangeFramesInOrder) {
    Context context;
    Node ann(context);
    Node bob(context);
    std::vector<std::string> sent;
    for (int i = 0; i < 5000; ++i) {
        sent.push_back("frame " + std::to_string(i));
        ASSERT_TRUE(ann.send(bob.endpoint(), sent.back()));
        ASSERT_TRUE(bob.send(ann.endpoint(), sent.back()));
    }
    ASSERT_TRUE(eventually({&ann, &bob}, [&] {
        return ann.frames.size() >= sent.size() && bob.frames.size() >= sent.size();
    }));
    EXPECT_EQ(texts(ann), sent);
    EXPECT_EQ(texts(bob), sent);
}

TEST(Links, FramesOfEverySizeArriveAsTheyWere) {
    Context context;
    Node ann(context);
    Node bob(context);
    std::vector<std::string> sent;
    for (const std::size_t size :
         {0, 1, 255, 256, 1023, 1024, 4095, 4096, 9000, 100'000, 3'000'000}) {
        std::string bytes(size, '\0');
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + size);
        sent.push_back(bytes);
        ASSERT_TRUE(ann.send(bob.endpoint(), bytes));
    }
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() >= sent.size(); }));
    EXPECT_TRUE(texts(bob) == sent);
}

TEST(Links, ALargeFrameIsSharedAndItsOwnerLetGoOnceSent) {
    Context context;
    const std::uint16_t port = free_port();
    Node ann(context);
    auto owner = std::make_shared<const std::string>(100'000, 'x');
    const std::weak_ptr<const std::string> watch = owner;
    ASSERT_TRUE(ann.transport->send(endpoint_at(port), Payload(*owner, owner)));
    EXPECT_GT(owner.use_count(), 1) << "the link holds the owner, not a copy of the bytes";
    owner.reset();
    Node bob(context, {.listen = endpoint_at(port)});
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 1; }));
    EXPECT_EQ(bob.frames[0].bytes.size(), 100'000u);
    EXPECT_TRUE(eventually({&ann}, [&] { return watch.expired(); }));
}

TEST(Links, AFrameOutlivesTheTransportThatReceivedIt) {
    Context context;
    Payload kept;
    {
        Node ann(context);
        Node bob(context);
        ASSERT_TRUE(ann.send(bob.endpoint(), std::string(50'000, 'k')));
        ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 1; }));
        kept = bob.frames[0].bytes;
    }
    EXPECT_EQ(kept.str(), std::string(50'000, 'k'));
}

TEST(Links, FramesSentBeforeThePeerIsUpArriveWhenItComesUp) {
    Context context;
    const std::uint16_t port = free_port();
    Node ann(context);
    for (int i = 0; i < 100; ++i) {
        ASSERT_TRUE(ann.send(endpoint_at(port), "early " + std::to_string(i)));
    }
    // Once a probe has said so, a dial of the link has met nobody too.
    ann.transport->probe(endpoint_at(port));
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.answers.size() == 1; }));
    ASSERT_EQ(ann.answers[0].answer, Answer::refused);

    Node bob(context, {.listen = endpoint_at(port)});
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 100; }));
    EXPECT_EQ(bob.frames.front().bytes.str(), "early 0");
    EXPECT_EQ(bob.frames.back().bytes.str(), "early 99");
}

TEST(Links, AtTheBoundSendSaysSoAndGoesOnWhenDrained) {
    Context context;
    const std::uint16_t port = free_port();
    Node ann(context, {.link_messages = 100});
    std::size_t taken = 0;
    while (taken < 1000 && ann.send(endpoint_at(port), "x")) ++taken;
    EXPECT_EQ(taken, 100u);

    Node bob(context, {.listen = endpoint_at(port)});
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 100; }));
    ASSERT_TRUE(eventually({&bob}, [&] { return ann.send(endpoint_at(port), "after"); }));
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 101; }));
    EXPECT_EQ(bob.frames.back().bytes.str(), "after");
}

TEST(Links, ClosingALinkDropsWhatWaitsOnIt) {
    const std::uint16_t port = free_port();
    {
        Context context;  // its end waits until libzmq has closed what was to be closed
        Node ann(context);
        ASSERT_TRUE(ann.send(endpoint_at(port), "never to be seen"));
        ann.transport->close(endpoint_at(port));
        ann.transport->close_all(std::chrono::seconds(60));
    }
    Context context;
    Node bob(context, {.listen = endpoint_at(port)});
    Node ann(context);
    ASSERT_TRUE(ann.send(endpoint_at(port), "fresh"));
    ASSERT_TRUE(eventually({&bob}, [&] { return !bob.frames.empty(); }));
    EXPECT_EQ(texts(bob), std::vector<std::string>{"fresh"});
}

TEST(Links, LeavingFlushesWhatWasSent) {
    Context bobs_context;
    Node bob(bobs_context);
    {
        Context anns_context;
        Node ann(anns_context);
        for (int i = 0; i < 1000; ++i) ASSERT_TRUE(ann.send(bob.endpoint(), "farewell"));
        ann.transport->close_all(std::chrono::seconds(5));
    }
    EXPECT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 1000; }));
}

TEST(Links, APeerThatComesBackAtItsEndpointIsReachedAgain) {
    Context context;
    const std::uint16_t port = free_port();
    Node ann(context);
    for (int life = 0; life < 3; ++life) {
        Node bob(context, {.listen = endpoint_at(port)});
        const std::string text = "life " + std::to_string(life);
        // Frames of a connection that is closing may be lost: said until heard, as heartbeats are.
        ASSERT_TRUE(eventually({&bob}, [&] {
            ann.send(endpoint_at(port), text);
            const auto got = texts(bob);
            return std::find(got.begin(), got.end(), text) != got.end();
        }));
        bob.transport.reset();
        // The port is free once libzmq's own thread has closed it.
        ASSERT_TRUE(eventually({&ann}, [&] { return bool(plain_listener(port)); }));
    }
}

// libzmq drops a link for good when the other side breaks the protocol. It must not stay dead when
// a member comes up at that endpoint later.
TEST(Links, AStrangerOnThePortDoesNotBreakTheLinkForGood) {
    Context context;
    Node ann(context);
    Fd stranger = plain_listener();
    const std::uint16_t port = port_of(stranger);
    ASSERT_TRUE(ann.send(endpoint_at(port), "to whom?"));
    {
        const Fd accepted(accept(stranger.get(), nullptr, nullptr));
        // A greeting of today's protocol with a mechanism that nobody knows.
        std::string greeting = std::string("\xff\0\0\0\0\0\0\0\x01\x7f\x03\x01", 12) + "NONSENSE";
        greeting.resize(64, '\0');
        ASSERT_TRUE(write_all(accepted, greeting));
        char byte = 0;
        while (recv(accepted.get(), &byte, 1, 0) == 1) continue;  // until libzmq hangs up
    }
    stranger = Fd();
    Node bob(context, {.listen = endpoint_at(port)});
    EXPECT_TRUE(eventually({&bob}, [&] {
        ann.send(endpoint_at(port), "at last");
        return !bob.frames.empty();
    }));
}

TEST(Links, UnusableEndpointsAreRefused) {
    Context context;
    Node ann(context);
    for (const char* endpoint :
         {"", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:0", "tcp://:5555",
          "tcp://127.0.0.1:99999", "tcp://127.0.0.1:5x", "udp://127.0.0.1:5555", "127.0.0.1:5555",
          "tcp://[::1:5555", "tcp://a b:5555", "tcp://127.0.0.1;127.0.0.2:5555", "inproc://x"}) {
        EXPECT_FALSE(ann.send(endpoint, "x")) << endpoint;
        ann.transport->close(endpoint);
    }
}

TEST(Links, NamesAreResolvedWithoutWaitingForThem) {
    Context context;
    Node ann(context);
    Node bob(context);
    const std::string by_name =
        "tcp://localhost:" + std::to_string(base::parse_endpoint(bob.endpoint())->port);
    EXPECT_TRUE(ann.send(by_name, "one"));
    EXPECT_TRUE(ann.send(by_name, "two"));
    ASSERT_TRUE(eventually({&ann, &bob}, [&] { return bob.frames.size() == 2; }));
    EXPECT_EQ(texts(bob), (std::vector<std::string>{"one", "two"}));
}

TEST(Links, TheNumberOfLinksIsBounded) {
    Context context;
    Resolver resolver;
    Links links(context.get(), {.links = 10}, resolver);
    const Payload frame(std::string("x"));
    const auto endpoint = [](int i) { return endpoint_at(static_cast<std::uint16_t>(20'000 + i)); };
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(links.send(endpoint(i), frame)) << i;
    EXPECT_FALSE(links.send(endpoint(10), frame));
    EXPECT_FALSE(links.send("tcp://localhost:20010", frame)) << "nor one by name";
    EXPECT_TRUE(links.send(endpoint(3), frame)) << "those that are there go on";
    links.close(endpoint(3));
    EXPECT_TRUE(links.send(endpoint(10), frame)) << "in its place";
    EXPECT_FALSE(links.send(endpoint(3), frame));
}

TEST(Links, WhereTheContextHasNoMoreSocketsSendSaysSo) {
    Context context;
    // Three each, as long as nobody is heard there.
    zmq_ctx_set(context.get(), ZMQ_MAX_SOCKETS, 3 * 64);
    Node ann(context);
    std::size_t opened = 0;
    for (std::uint16_t port = 20'000; port < 20'100; ++port) {
        opened += ann.send(endpoint_at(port), "x") ? 1 : 0;
    }
    EXPECT_GT(opened, 50u);
    EXPECT_LT(opened, 64u) << "libzmq had no more sockets";
}

std::optional<SocketAddress> look_up(Resolver& in, const std::string& name) {
    in.collect();
    return in.look_up({name, 5601});
}

/// No resolver has to be reached to know that this is none.
constexpr const char* no_name = "no..name";

TEST(Resolver, TheNumberOfNamesIsBounded) {
    Resolver resolver(1);
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "localhost").has_value(); }));
    EXPECT_FALSE(look_up(resolver, "LOCALHOST")) << "it is only being looked up";
    EXPECT_FALSE(look_up(resolver, "localhost")) << "it went to make room";
    // Neither of the two was kept beside the other, and a later name is reached all the same.
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "LOCALHOST").has_value(); }));
}

TEST(Resolver, NamesThatAreNoneKeepNobodyOut) {
    Resolver resolver(2);
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "localhost").has_value(); }));
    EXPECT_FALSE(resolver.look_up({no_name, 5601}));
    ASSERT_TRUE(eventually({}, [&] { return resolver.collect(); })) << "there is no such host";
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "LOCALHOST").has_value(); }));
    EXPECT_TRUE(look_up(resolver, "localhost")) << "that one was of use, and stayed";
}

TEST(Resolver, TheNameThatNobodyWantedForLongestMakesRoom) {
    Resolver resolver(2);
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "localhost").has_value(); }));
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "LOCALHOST").has_value(); }));
    ASSERT_TRUE(look_up(resolver, "localhost")) << "so the other one is the older wish";
    ASSERT_TRUE(eventually({}, [&] { return look_up(resolver, "Localhost").has_value(); }));
    EXPECT_TRUE(look_up(resolver, "localhost"));
    EXPECT_FALSE(look_up(resolver, "LOCALHOST"));
}

TEST(Listening, AnAddressInUseIsToldByNameAndCode) {
    Context context;
    Node ann(context);
    const auto second = ZmqTransport::open(context.get(), {.listen = ann.endpoint()});
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, ErrorCode::cannot_bind);
    EXPECT_NE(second.error().message.find(ann.endpoint()), std::string::npos)
        << second.error().message;
}

TEST(Listening, AddressesThatAreNoneAreToldToo) {
    Context context;
    const auto foreign = ZmqTransport::open(context.get(), {.listen = "tcp://203.0.113.1:0"});
    ASSERT_FALSE(foreign.ok());
    EXPECT_EQ(foreign.error().code, ErrorCode::cannot_bind);
    const auto senseless = ZmqTransport::open(context.get(), {.listen = "carrier pigeon"});
    ASSERT_FALSE(senseless.ok());
    EXPECT_EQ(senseless.error().code, ErrorCode::bad_argument);
    const auto unreachable = ZmqTransport::open(context.get(), {.advertise = "tcp://10.0.0.1:0"});
    ASSERT_FALSE(unreachable.ok());
    EXPECT_EQ(unreachable.error().code, ErrorCode::bad_argument);
}

TEST(Listening, TheAdvertisedEndpointIsTheBoundOneUnlessGiven) {
    Context context;
    Node picked(context);
    EXPECT_NE(base::parse_endpoint(picked.endpoint())->port, 0);
    Node told(context, {.advertise = "tcp://relay-7:5555"});
    EXPECT_EQ(told.endpoint(), "tcp://relay-7:5555");
}

TEST(Listening, OnIpv6Too) {
    Context context;
    auto opened = ZmqTransport::open(context.get(), {.listen = "tcp://[::1]:0"});
    if (!opened) GTEST_SKIP() << "no IPv6 here: " << opened.error().message;
    opened = Error{};
    Node ann(context, {.listen = "tcp://[::1]:0"});
    Node bob(context, {.listen = "tcp://[::1]:0"});
    ASSERT_TRUE(ann.send(bob.endpoint(), "over six"));
    ASSERT_TRUE(eventually({&bob}, [&] { return bob.frames.size() == 1; }));
    ann.transport->probe(bob.endpoint());
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.answers.size() == 1; }));
    EXPECT_EQ(ann.answers[0].answer, Answer::connected);
}

}  // namespace
}  // namespace quorate::net::test
