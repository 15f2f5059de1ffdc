// CURVE between transports: who is let in, how keys are found, and how one that is removed is cut
// off.
#include <algorithm>

#include "net/gate.h"
#include "net/zmq_socket.h"
#include "tests/integration/net/key_box.h"
#include "tests/integration/net/node.h"
#include "tests/integration/net/plain_tcp.h"

namespace quorate::net::test {
namespace {

bool tells(const Node& node, const std::string& part) {
    return std::any_of(node.notices.begin(), node.notices.end(), [&](const std::string& notice) {
        return notice.find(part) != std::string::npos;
    });
}

/// A transport whose key is let in, with a context of its own as each member has.
struct Secured {
    Secured(KeyBox& box, const std::string& name, const std::string& token = "") {
        box.let_in(name, keys);
        node.emplace(context, box.options(keys, token));
    }
    Node* operator->() { return &*node; }
    Node* get() { return &*node; }
    Context context;
    KeyPair keys = *generate_keys();
    std::optional<Node> node;
};

TEST(Curve, FindsTheKeyOfAnEndpointThatWasToldWithout) {
    KeyBox box;
    for (int i = 0; i < 20; ++i) box.let_in("other" + std::to_string(i), box.make());
    Secured ann(box, "ann");
    Secured bob(box, "bob");
    ASSERT_TRUE(ann->send(bob->endpoint(), "first"));
    ASSERT_TRUE(ann->send(bob->endpoint(), "second"));
    ASSERT_TRUE(eventually({ann.get(), bob.get()}, [&] { return bob->frames.size() == 2; }));
    EXPECT_EQ(texts(*bob.node), (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(to_text(bob->frames[0].key), ann.keys.public_key);
    EXPECT_TRUE(bob->frames[0].same_deployment);
    EXPECT_TRUE(ann->notices.empty() && bob->notices.empty()) << "searching is no news";
}

TEST(Curve, FramesOfEverySizeArriveAsTheyWere) {
    KeyBox box;
    Secured ann(box, "ann");
    Secured bob(box, "bob");
    std::vector<std::string> sent;
    for (const std::size_t size : {0, 1, 255, 256, 4095, 4096, 100'000, 3'000'000}) {
        sent.emplace_back(size, static_cast<char>('a' + size % 26));
        ASSERT_TRUE(ann->send(bob->endpoint(), sent.back()));
    }
    ASSERT_TRUE(
        eventually({ann.get(), bob.get()}, [&] { return bob->frames.size() == sent.size(); }));
    EXPECT_TRUE(texts(*bob.node) == sent);
}

TEST(Curve, WaitsForWhoIsNotUpYet) {
    KeyBox box;
    Secured ann(box, "ann");
    const std::uint16_t port = free_port();
    ASSERT_TRUE(ann->send(endpoint_at(port), "early"));
    ann->turn(std::chrono::milliseconds(50));
    const KeyPair keys = box.make();
    Context context;
    ZmqOptions options = box.options(keys);
    options.listen = endpoint_at(port);
    Node bob(context, options);
    box.let_in("bob", keys);  // and known a little later
    ASSERT_TRUE(eventually({ann.get(), &bob}, [&] { return bob.frames.size() == 1; }));
}

TEST(Curve, FollowsAnEndpointToItsNextOwner) {
    KeyBox box;
    Secured ann(box, "ann");
    const std::uint16_t port = free_port();
    for (int life = 0; life < 3; ++life) {
        const KeyPair keys = box.make();
        box.let_in("life" + std::to_string(life), keys);
        Context context;
        ZmqOptions options = box.options(keys);
        options.listen = endpoint_at(port);
        Node bob(context, options);
        EXPECT_TRUE(eventually({ann.get(), &bob}, [&] {
            ann->send(bob.endpoint(), "again");
            return !bob.frames.empty();
        })) << life;
    }
}

TEST(Curve, AStrangerHearsNothingAndBothAreTold) {
    KeyBox box;
    Secured ann(box, "ann");
    Context context;
    const KeyPair unknown = box.make();
    Node stranger(context, box.options(unknown));
    ASSERT_TRUE(stranger.send(ann->endpoint(), "let me in"));
    ASSERT_TRUE(ann->send(stranger.endpoint(), "secret"));
    ASSERT_TRUE(eventually({ann.get(), &stranger}, [&] {
        return tells(*ann.node, unknown.public_key) && stranger.refused_by.size() > 1;
    }));
    EXPECT_EQ(stranger.refused_by[0], ann->endpoint());
    EXPECT_TRUE(ann->frames.empty());
    EXPECT_TRUE(stranger.frames.empty());

    box.let_in("stranger", unknown);  // neither is restarted, nor has anything to be sent again
    EXPECT_TRUE(eventually({ann.get(), &stranger},
                           [&] { return ann->frames.size() == 1 && stranger.frames.size() == 1; }));
}

TEST(Curve, AKeyThatIsRemovedIsCutOffInBothDirections) {
    KeyBox box;
    Secured ann(box, "ann");
    Secured bob(box, "bob");
    ASSERT_TRUE(eventually({ann.get(), bob.get()}, [&] {
        ann->send(bob->endpoint(), "to bob");
        bob->send(ann->endpoint(), "to ann");
        return !ann->frames.empty() && !bob->frames.empty();
    }));
    ann->closed.clear();
    ann->notices.clear();
    box.remove("bob");
    ASSERT_TRUE(eventually({ann.get(), bob.get()}, [&] {
        bob->send(ann->endpoint(), "still there");
        return !ann->closed.empty() && tells(*ann.node, bob.keys.public_key);
    })) << "the open connection is closed, and the next one refused";
    ann->frames.clear();
    bob->frames.clear();
    // Both keep trying, for several of the pauses between tries.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
    while (std::chrono::steady_clock::now() < end) {
        ann->send(bob->endpoint(), "to bob");
        bob->send(ann->endpoint(), "to ann");
        ann->turn(std::chrono::milliseconds(2));
        bob->turn(std::chrono::milliseconds(2));
    }
    EXPECT_TRUE(ann->frames.empty());
    EXPECT_TRUE(bob->frames.empty());
}

/// Both ends of a connection to a listener.
struct Connection {
    explicit Connection(const Fd& listener)
        : dialled(plain_client(endpoint_at(port_of(listener)))),
          accepted(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)) {}
    /// The one that dialled reads the end of it.
    bool is_shut() const {
        char byte = 0;
        return recv(dialled.get(), &byte, 1, MSG_DONTWAIT) == 0;
    }
    Fd dialled;
    Fd accepted;
};

TEST(Curve, OnlyAConnectionOfTheListenersOwnIsHungUp) {
    KeyBox box;
    const KeyPair ann = box.make();
    box.let_in("ann", ann);
    auto curve = Curve::open(box.options(ann).security);
    ASSERT_TRUE(curve.ok());
    const KeyPair stranger = box.make();
    const Fd listener = plain_listener();
    const Fd of_the_component = plain_listener();
    const Connection own(listener);
    const Connection foreign(of_the_component);
    int pair[2] = {-1, -1};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    const Fd left(pair[0]);
    const Fd right(pair[1]);

    Gate gate(**curve);
    const auto identify = [&](const Fd& fd) {
        EXPECT_EQ(gate.identify(stranger.public_key.c_str(), fd.get()), nullptr);
    };
    identify(own.accepted);
    EXPECT_FALSE(own.is_shut()) << "nobody knows yet where this gate stands";
    gate.listens_on(port_of(listener));
    // libzmq has closed the connections, and the component was given their numbers for its own.
    identify(foreign.accepted);
    EXPECT_FALSE(foreign.is_shut());
    identify(left);
    EXPECT_TRUE(write_all(right, "x")) << "no socket of TCP at all";
    identify(listener);
    EXPECT_TRUE(plain_client(endpoint_at(port_of(listener)))) << "the listener itself goes on";
    identify(own.accepted);
    EXPECT_TRUE(eventually({}, [&] { return own.is_shut(); }));
}

TEST(Curve, WhatWaitedFromWhoIsCutOffIsNotHeard) {
    KeyBox box;
    Secured ann(box, "ann");
    Secured bob(box, "bob");
    ASSERT_TRUE(eventually({ann.get(), bob.get()}, [&] {
        bob->send(ann->endpoint(), "to ann");
        return !ann->frames.empty();
    }));
    ann->frames.clear();
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(bob->send(ann->endpoint(), "waiting"));
    box.remove("bob");
    const PublicKey key = *parse_key(bob.keys.public_key);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (ann->transport->lets_in(key) && std::chrono::steady_clock::now() < end) {
        ann->turn(std::chrono::milliseconds(2), 0);  // looks at keys, and takes no frames
    }
    ASSERT_FALSE(ann->transport->lets_in(key));
    EXPECT_TRUE(
        eventually({ann.get()}, [&] { return ann->transport->dropped().unknown_key >= 100; }));
    EXPECT_EQ(ann->transport->dropped().several_parts, 0u);
    EXPECT_EQ(ann->transport->dropped().garbage, 0u);
    EXPECT_TRUE(ann->frames.empty());
}

TEST(Curve, AFrameThatIsTooShortToProveAnythingIsGarbage) {
    KeyBox box;
    const KeyPair bobs = box.make();
    box.let_in("bob", bobs);
    Secured ann(box, "ann");
    Context context;
    ZmqSocket bob(context.get(), ZMQ_PUSH);
    bob.set(ZMQ_LINGER, 0);
    bob.set(ZMQ_CURVE_SERVERKEY, ann.keys.public_key);
    bob.set(ZMQ_CURVE_PUBLICKEY, bobs.public_key);
    bob.set(ZMQ_CURVE_SECRETKEY, bobs.secret_key);
    ASSERT_EQ(zmq_connect(bob.get(), ann->endpoint().c_str()), 0);
    ASSERT_EQ(zmq_send(bob.get(), "short", 5, 0), 5);
    EXPECT_TRUE(eventually(
        {ann.get()}, [&] { return ann->transport->dropped() == io::UnseenDrops{.garbage = 1}; }));
    EXPECT_TRUE(ann->frames.empty());
}

TEST(Curve, AnotherTokenIsSeen) {
    KeyBox box;
    Secured ann(box, "ann", "right");
    Secured bob(box, "bob", "wrong");
    ASSERT_TRUE(bob->send(ann->endpoint(), "hello"));
    ASSERT_TRUE(eventually({ann.get(), bob.get()}, [&] { return !ann->frames.empty(); }));
    EXPECT_FALSE(ann->frames[0].same_deployment);
    EXPECT_EQ(ann->frames[0].bytes.view(), "hello");
}

TEST(Curve, InClearAndWithKeysDoNotMeetAndAreTold) {
    KeyBox box;
    Secured ann(box, "ann");
    Context context;
    Node plain(context);
    ASSERT_TRUE(ann->send(plain.endpoint(), "secret"));
    eventually({ann.get(), &plain}, [&] {
        plain.send(ann->endpoint(), "in clear");
        return tells(*ann.node, "refuses a connection in clear") &&
               tells(*ann.node, "speaks in clear") && tells(plain, "refuses connections in clear");
    });
    EXPECT_TRUE(tells(*ann.node, "refuses a connection in clear"));
    EXPECT_TRUE(tells(*ann.node, "speaks in clear"));
    EXPECT_TRUE(tells(plain, "refuses connections in clear"));
    EXPECT_TRUE(ann->frames.empty());
    EXPECT_TRUE(plain.frames.empty());
}

TEST(Curve, AKnockIsOneFrameOverOneConnection) {
    KeyBox box;
    Secured ann(box, "ann");
    Secured bob(box, "bob");
    const PublicKey key = *parse_key(bob.keys.public_key);
    ASSERT_TRUE(eventually({ann.get(), bob.get()}, [&] { return ann->transport->lets_in(key); }));
    ASSERT_TRUE(ann->transport->knock(bob->endpoint(), key, Payload(std::string("knock"))));
    ASSERT_TRUE(eventually({ann.get(), bob.get()},
                           [&] { return bob->frames.size() == 1 && bob->closed.size() == 1; }));
    EXPECT_FALSE(ann->transport->knock(bob->endpoint(), *parse_key(box.make().public_key),
                                       Payload(std::string("knock"))))
        << "a key that is not let in is not dialled";
}

TEST(Curve, KnocksAreBounded) {
    Context context;
    Node ann(context);
    const Fd victim = plain_listener();
    const std::string endpoint = endpoint_at(port_of(victim));
    std::size_t knocked = 0;
    for (int i = 0; i < 1000; ++i) {
        knocked += ann.transport->knock(endpoint, {}, Payload(std::string("knock")));
    }
    EXPECT_LE(knocked, 2 * 64u);
    EXPECT_GE(knocked, 64u);
}

TEST(KeyRing, TellsOfFilesWithoutKeysAndKeepsTheKeysWhenTheDirectoryIsGone) {
    KeyBox box;
    const KeyPair keys = box.make();
    box.let_in("ann", keys);
    box.folder().write("README", "no key, and nobody's business");
    auto opened = KeyRing::open(box.folder().path());
    ASSERT_TRUE(opened);
    KeyRing& ring = **opened;
    EXPECT_EQ(ring.keys()->size(), 1u);
    EXPECT_TRUE(ring.refresh().empty());

    box.folder().write("broken.pub", "public-key = short");
    const auto generation = ring.generation();
    EXPECT_EQ(ring.refresh().size(), 1u);
    EXPECT_EQ(ring.refresh().size(), 0u) << "told once";
    EXPECT_EQ(ring.generation(), generation);

    std::filesystem::remove_all(box.folder().path());
    EXPECT_EQ(ring.refresh().size(), 1u);
    EXPECT_EQ(ring.keys()->size(), 1u);
    EXPECT_FALSE(KeyRing::open(box.folder().path()));
}

TEST(KeyRing, TheNumberOfKeysIsBounded) {
    KeyBox box;
    const auto let_in = [&](std::size_t number) {
        PublicKey key;
        key.bytes[0] = static_cast<std::uint8_t>(number);
        key.bytes[1] = static_cast<std::uint8_t>(number >> 8);
        key.bytes[2] = 1;
        box.let_in(std::to_string(number), {to_text(key), {}});
    };
    for (std::size_t i = 0; i < 4096; ++i) let_in(i);
    auto opened = KeyRing::open(box.folder().path());
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ((*opened)->keys()->size(), 4096u);

    let_in(4096);
    const auto refused = KeyRing::open(box.folder().path());
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("4096"), std::string::npos) << refused.error().message;
    EXPECT_EQ((*opened)->refresh().size(), 1u) << "a member that runs says so, and keeps its keys";
    EXPECT_EQ((*opened)->keys()->size(), 4096u);
}

TEST(KeyFiles, AreWrittenOnceAndReadBack) {
    Folder folder;
    const KeyPair keys = *generate_keys();
    const std::string file = folder.path("relay.key");
    ASSERT_TRUE(save_keys(keys, file));
    EXPECT_EQ(*load_secret_key(file), keys.secret_key);
    EXPECT_EQ(to_text(*public_key_of(keys.secret_key)), keys.public_key);
    EXPECT_EQ(std::filesystem::status(file).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);

    EXPECT_FALSE(save_keys(*generate_keys(), file));
    EXPECT_EQ(*load_secret_key(file), keys.secret_key);
    // Where one of the two is there, the other is not left behind.
    std::filesystem::remove(file + ".pub");
    EXPECT_FALSE(save_keys(*generate_keys(), file));
    EXPECT_FALSE(std::filesystem::exists(file + ".pub"));

    std::filesystem::permissions(file, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_FALSE(load_secret_key(file)) << "everybody's secret is none";
    EXPECT_FALSE(load_secret_key(folder.path("nowhere")));
    EXPECT_FALSE(load_secret_key(folder.path()));
}

}  // namespace
}  // namespace quorate::net::test
