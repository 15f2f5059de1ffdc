// Which connection a frame came from, and that its closing is told.
#include <set>

#include "net/connections.h"
#include "tests/integration/net/node.h"
#include "tests/integration/net/peer_process.h"

namespace quorate::net::test {
namespace {

using Answer = io::ProbeAnswered::Answer;

std::vector<io::ConnectionId> told(Connections& connections, bool drained) {
    std::vector<io::TransportEvent> events;
    connections.tell_closed(drained, events);
    std::vector<io::ConnectionId> ids;
    for (const auto& event : events)
        ids.push_back(std::get<io::ConnectionClosed>(event).connection);
    return ids;
}

TEST(ConnectionTable, NamesAConnectionUntilItCloses) {
    Connections connections;
    connections.accepted(7);
    const auto id = connections.of(7);
    EXPECT_NE(id, 0u);
    EXPECT_EQ(connections.of(7), id);
    EXPECT_TRUE(told(connections, true).empty());
    connections.closed(7);
    EXPECT_EQ(told(connections, true), std::vector{id});
    EXPECT_TRUE(told(connections, true).empty());
}

TEST(ConnectionTable, TheNextConnectionOfADescriptorHasAnotherName) {
    Connections connections;
    connections.accepted(7);
    const auto first = connections.of(7);
    connections.closed(7);
    told(connections, true);
    connections.accepted(7);
    EXPECT_NE(connections.of(7), first);
}

TEST(ConnectionTable, AFrameMayOvertakeTheNewsOfItsConnection) {
    Connections connections;
    const auto id = connections.of(7);
    connections.accepted(7);
    EXPECT_EQ(connections.of(7), id);
    connections.closed(7);
    EXPECT_EQ(told(connections, true), std::vector{id});
}

TEST(ConnectionTable, AFrameReadAfterItsConnectionClosedMakesTheClosingToldAgain) {
    Connections connections;
    connections.accepted(7);
    const auto id = connections.of(7);
    connections.closed(7);
    EXPECT_EQ(told(connections, false), std::vector{id});
    EXPECT_TRUE(told(connections, false).empty());
    EXPECT_EQ(connections.of(7), id) << "a frame that waited while others were read";
    EXPECT_EQ(told(connections, true), std::vector{id});
}

TEST(ConnectionTable, WhereTwoConnectionsCantBeToldApartBothAreTold) {
    Connections connections;
    connections.accepted(7);
    const auto first = connections.of(7);
    connections.closed(7);
    connections.accepted(7);
    EXPECT_EQ(connections.of(7), first) << "the first one's, or the second one's: can't be known";
    EXPECT_EQ(told(connections, true), std::vector{first});
    const auto second = connections.of(7);
    EXPECT_NE(second, first);
    connections.closed(7);
    EXPECT_EQ(told(connections, true), (std::vector{second, first}));
}

TEST(Connections, FramesOfOnePeerBearOneNameAndThoseOfAnotherAnother) {
    Context context;
    Node ann(context);
    Node bob(context);
    Node cid(context);
    for (int i = 0; i < 10; ++i) {
        bob.send(ann.endpoint(), "bob");
        cid.send(ann.endpoint(), "cid");
    }
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.frames.size() == 20; }));
    std::set<io::ConnectionId> bobs;
    std::set<io::ConnectionId> cids;
    for (const auto& frame : ann.frames) {
        (frame.bytes.view() == "bob" ? bobs : cids).insert(frame.connection);
    }
    ASSERT_EQ(bobs.size(), 1u);
    ASSERT_EQ(cids.size(), 1u);
    EXPECT_NE(*bobs.begin(), 0u) << "libzmq told the descriptor";
    EXPECT_NE(*bobs.begin(), *cids.begin());

    cid.transport.reset();
    ASSERT_TRUE(eventually({&ann}, [&] { return !ann.closed.empty(); }));
    EXPECT_EQ(ann.closed, std::vector{*cids.begin()});
}

TEST(Connections, AKilledPeerIsNoticedAtOnceAndItsEndpointRefuses) {
    PeerProcess peer;
    Context context;
    Node ann(context);
    peer.greet(ann.endpoint());
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.frames.size() == 1; }));
    const auto killed = std::chrono::steady_clock::now();
    peer.kill_it();
    ASSERT_TRUE(eventually({&ann}, [&] { return !ann.closed.empty(); }));
    const auto noticed = std::chrono::steady_clock::now() - killed;
    EXPECT_EQ(ann.closed[0], ann.frames[0].connection);
    EXPECT_LT(noticed, std::chrono::seconds(1));

    ann.transport->probe(peer.endpoint());
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.answers.size() == 1; }));
    EXPECT_EQ(ann.answers[0].answer, Answer::refused);
    EXPECT_EQ(ann.answers[0].endpoint, peer.endpoint());
}

TEST(Connections, AStoppedPeerStillCountsAsListening) {
    PeerProcess peer;
    Context context;
    Node ann(context);
    peer.greet(ann.endpoint());
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.frames.size() == 1; }));
    peer.stop_it();
    ann.transport->probe(peer.endpoint());
    ASSERT_TRUE(eventually({&ann}, [&] { return ann.answers.size() == 1; }));
    EXPECT_EQ(ann.answers[0].answer, Answer::connected);
    EXPECT_TRUE(ann.closed.empty());
}

TEST(Connections, PeersThatComeAndGoAreEachTold) {
    Context context;
    Node ann(context);
    std::set<io::ConnectionId> names;
    for (int i = 0; i < 50; ++i) {
        // Descriptors are used again and again here; names never are.
        Node guest(context);
        guest.send(ann.endpoint(), "guest");
        const std::size_t before = ann.frames.size();
        ASSERT_TRUE(eventually({&ann}, [&] { return ann.frames.size() > before; }));
        names.insert(ann.frames.back().connection);
        guest.transport.reset();
        const auto name = ann.frames.back().connection;
        ASSERT_TRUE(eventually({&ann}, [&] {
            return std::find(ann.closed.begin(), ann.closed.end(), name) != ann.closed.end();
        }));
    }
    EXPECT_EQ(names.size(), 50u);
}

}  // namespace
}  // namespace quorate::net::test
