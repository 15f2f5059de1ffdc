// Beacons: several processes of one host hear each other on broadcast and multicast addresses.
#include "net/beacon.h"
#include "tests/integration/net/node.h"
#include "tests/integration/net/plain_tcp.h"

namespace quorate::net::test {
namespace {

std::string free_udp_port() {
    const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto any = *numeric_address({"127.0.0.1", 0});
    bind(fd.get(), any.get(), any.length);
    return std::to_string(port_of(fd));
}

void expect_all_hear_all(const std::string& address) {
    Context context;
    Node ann(context, {.beacon = address});
    Node bob(context, {.beacon = address});
    Node cid(context, {.beacon = address});
    ASSERT_EQ(ann.transport->beacon_problem(), "");
    ann.transport->announce(Payload(std::string("ann is here")));
    bob.transport->announce(Payload(std::string("bob is here")));
    ASSERT_EQ(ann.transport->beacon_problem(), "");
    EXPECT_TRUE(eventually({&ann, &bob, &cid}, [&] {
        for (const Node* node : {&ann, &bob, &cid}) {
            if (!node->has_heard("ann is here") || !node->has_heard("bob is here")) return false;
        }
        return true;
    }));
}

TEST(Beacons, HearEachOtherOnTheLoopbackBroadcastAddress) {
    expect_all_hear_all("127.255.255.255:" + free_udp_port());
}

TEST(Beacons, HearEachOtherInAMulticastGroup) {
    expect_all_hear_all("239.192.7.7:" + free_udp_port());
}

TEST(Beacons, TooLongADatagramIsNeitherSentNorHeard) {
    Context context;
    const std::string port = free_udp_port();
    Node ann(context, {.beacon = "127.255.255.255:" + port});
    ann.transport->announce(Payload(std::string(Beacon::max_datagram + 1, 'x')));
    EXPECT_NE(ann.transport->beacon_problem(), "");

    const Fd stranger(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int one = 1;
    setsockopt(stranger.get(), SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
    const auto to = *numeric_address(*base::parse_host_port("127.255.255.255:" + port));
    const std::string large(5000, 'y');
    ASSERT_GT(sendto(stranger.get(), large.data(), large.size(), 0, to.get(), to.length), 0);

    const std::string longest(Beacon::max_datagram, 'z');
    ann.transport->announce(Payload(longest));
    ASSERT_TRUE(eventually({&ann}, [&] { return !ann.heard.empty(); }));
    EXPECT_TRUE(ann.heard == std::vector<std::string>{longest});
    EXPECT_EQ(ann.transport->beacon_problem(), "");
}

TEST(Beacons, AnUnusableAddressIsToldAndHindersNothing) {
    for (const char* address : {"nonsense", "127.255.255.255:0", "beacon.example:17670",
                                "203.0.113.255:17670", "[::zz]:17670"}) {
        Context context;
        Node ann(context, {.beacon = address});
        EXPECT_NE(ann.transport->beacon_problem().find(address), std::string::npos)
            << ann.transport->beacon_problem();
        ann.transport->announce(Payload(std::string("to nobody")));
        Node bob(context);
        EXPECT_TRUE(bob.send(ann.endpoint(), "still there"));
        EXPECT_TRUE(eventually({&ann}, [&] { return ann.frames.size() == 1; }));
    }
}

TEST(Beacons, OffIsNoProblem) {
    Context context;
    Node ann(context);
    EXPECT_EQ(ann.transport->beacon_problem(), "");
    ann.transport->announce(Payload(std::string("to nobody")));
}

}  // namespace
}  // namespace quorate::net::test
