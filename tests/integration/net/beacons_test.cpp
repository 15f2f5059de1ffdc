// Beacons: several processes of one host hear each other on broadcast and multicast addresses, and
// the groups of one process share a socket and a datagram.
#include <ifaddrs.h>
#include <net/if.h>

#include "net/beacon_station.h"
#include "tests/integration/net/node.h"
#include "tests/integration/net/plain_tcp.h"
#include "wire/bundle.h"
#include "wire/codec.h"

namespace quorate::net::test {
namespace {

std::string free_udp_port(int family = AF_INET) {
    const Fd fd(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const auto any = *numeric_address({family == AF_INET ? "127.0.0.1" : "::1", 0});
    bind(fd.get(), any.get(), any.length);
    return std::to_string(port_of(fd));
}

/// A member's announcement; `name` makes it one of its own.
std::string frame_of(const std::string& group, const std::string& name) {
    wire::Frame frame;
    frame.header.group = group;
    frame.header.sender = MemberId{1, std::hash<std::string>{}(name)};
    frame.body = wire::Beacon{{name, "tcp://127.0.0.1:5600", Role::member}, {}};
    return wire::encode(frame).str();
}

/// A process of its own, with one group: a station, a line and a transport.
struct Listener {
    Listener(Context& context, const BeaconPlace& place, const std::string& group = "room.A")
        : node(context, {}, BeaconStation::connect(BeaconStation::open(place), group)) {}
    void announce(const std::string& frame) { node.transport->announce(Payload(frame)); }
    std::string problem() const { return node.transport->beacon_problem(); }
    Node node;
};

void expect_all_hear_all(const BeaconPlace& place) {
    Context context;
    Listener ann(context, place);
    Listener bob(context, place);
    Listener cid(context, place);
    ASSERT_EQ(ann.problem(), "");
    const std::string from_ann = frame_of("room.A", "ann");
    const std::string from_bob = frame_of("room.A", "bob");
    ann.announce(from_ann);
    bob.announce(from_bob);
    EXPECT_TRUE(eventually({&ann.node, &bob.node, &cid.node}, [&] {
        return ann.node.has_heard(from_bob) && bob.node.has_heard(from_ann) &&
               cid.node.has_heard(from_ann) && cid.node.has_heard(from_bob);
    }));
    EXPECT_EQ(ann.problem(), "");
    EXPECT_FALSE(ann.node.has_heard(from_ann)) << "what it says itself comes to nobody's hands";
}

TEST(Beacons, HearEachOtherOnTheLoopbackBroadcastAddress) {
    expect_all_hear_all({.address = "127.255.255.255:" + free_udp_port()});
}

TEST(Beacons, HearEachOtherOnABroadcastAddressOfANamedInterface) {
    expect_all_hear_all({.address = "127.255.255.255:" + free_udp_port(), .interface = "lo"});
}

TEST(Beacons, HearEachOtherInAMulticastGroup) {
    expect_all_hear_all({.address = "239.192.7.7:" + free_udp_port(), .listen_host = "127.0.0.1"});
}

TEST(Beacons, HearEachOtherInAMulticastGroupOnANamedInterface) {
    expect_all_hear_all({.address = "239.192.7.7:" + free_udp_port(), .interface = "lo"});
}

/// One that has an IPv6 address and multicast, which Linux's loopback has not.
std::string ipv6_multicast_interface() {
    ifaddrs* all = nullptr;
    if (getifaddrs(&all) != 0) return "";
    std::string name;
    for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
        const unsigned wanted = IFF_UP | IFF_MULTICAST;
        if (each->ifa_addr != nullptr && each->ifa_addr->sa_family == AF_INET6 &&
            (each->ifa_flags & wanted) == wanted) {
            name = each->ifa_name;
        }
    }
    freeifaddrs(all);
    return name;
}

TEST(Beacons, HearEachOtherInAnIPv6MulticastGroupOnANamedInterface) {
    const std::string interface = ipv6_multicast_interface();
    if (interface.empty()) GTEST_SKIP() << "no interface here has IPv6 and multicast";
    // ff01::/16 never leaves the interface.
    expect_all_hear_all(
        {.address = "[ff01::7:7]:" + free_udp_port(AF_INET6), .interface = interface});
}

TEST(Beacons, TooLongADatagramIsNeitherSentNorHeard) {
    Context context;
    const std::string port = free_udp_port();
    Listener ann(context, {.address = "127.255.255.255:" + port});
    ann.announce(std::string(Beacon::max_datagram + 1, 'x'));
    EXPECT_NE(ann.problem(), "");

    Beacon stranger({.address = "127.255.255.255:" + port});
    const Fd shouting(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int one = 1;
    setsockopt(shouting.get(), SOL_SOCKET, SO_BROADCAST, &one, sizeof one);
    const auto to = *numeric_address(*base::parse_host_port("127.255.255.255:" + port));
    const std::string large(5000, 'y');
    ASSERT_GT(sendto(shouting.get(), large.data(), large.size(), 0, to.get(), to.length), 0);

    const std::string sound = frame_of("room.A", "bob");
    stranger.announce(sound);
    ASSERT_TRUE(eventually({&ann.node}, [&] { return !ann.node.heard.empty(); }));
    EXPECT_TRUE(ann.node.heard == std::vector<std::string>{sound});
}

TEST(Beacons, AnUnusableAddressOrInterfaceIsToldAndHindersNothing) {
    for (const BeaconPlace& place : std::vector<BeaconPlace>{
             {.address = "nonsense"},
             {.address = "127.255.255.255:0"},
             {.address = "beacon.example:17670"},
             {.address = "203.0.113.255:17670"},
             {.address = "[::zz]:17670"},
             {.address = "239.192.7.7:17670", .interface = "no-such-if"},
             {.address = "127.255.255.255:17670", .interface = "no-such-if"}}) {
        Context context;
        Listener ann(context, place);
        EXPECT_NE(ann.problem().find(place.address), std::string::npos) << ann.problem();
        EXPECT_NE(ann.problem().find(place.interface), std::string::npos) << ann.problem();
        ann.announce(frame_of("room.A", "ann"));
        Node bob(context);
        EXPECT_TRUE(bob.send(ann.node.endpoint(), "still there"));
        EXPECT_TRUE(eventually({&ann.node}, [&] { return ann.node.frames.size() == 1; }));
    }
}

TEST(Beacons, OffIsNoProblem) {
    Context context;
    Node ann(context);
    EXPECT_EQ(ann.transport->beacon_problem(), "");
    ann.transport->announce(Payload(std::string("to nobody")));
}

// ---- several groups of one process ----

/// A process with as many groups as it likes, on one beacon.
struct Process {
    explicit Process(const BeaconPlace& place) : station(BeaconStation::open(place)) {}
    Node& join(const std::string& group) {
        nodes.push_back(
            std::make_unique<Node>(context, ZmqOptions{}, BeaconStation::connect(station, group)));
        return *nodes.back();
    }
    Context context;
    std::shared_ptr<BeaconStation> station;
    std::vector<std::unique_ptr<Node>> nodes;
};

TEST(SharedBeacon, GivesEachGroupWhatIsSaidToItAlone) {
    const BeaconPlace place{.address = "127.255.255.255:" + free_udp_port()};
    Process here(place);
    Node& a = here.join("room.A");
    Node& b = here.join("room.B");
    Beacon stranger(place);
    stranger.announce("noise");
    stranger.announce(frame_of("room.C", "cid"));
    stranger.announce(frame_of("room.A", "ann"));
    stranger.announce(frame_of("room.B", "bob"));
    ASSERT_TRUE(eventually({&a, &b}, [&] { return !a.heard.empty() && !b.heard.empty(); }));
    EXPECT_TRUE(a.heard == std::vector<std::string>{frame_of("room.A", "ann")});
    EXPECT_TRUE(b.heard == std::vector<std::string>{frame_of("room.B", "bob")});
}

TEST(SharedBeacon, SaysWhatSeveralGroupsHaveToSayInOneDatagram) {
    const BeaconPlace place{.address = "127.255.255.255:" + free_udp_port()};
    Process here(place);
    Node& a = here.join("room.A");
    Node& b = here.join("room.B");
    Beacon stranger(place);
    std::vector<io::TransportEvent> datagrams;
    const auto last = [&] {
        return wire::unbundle(std::get<io::BeaconHeard>(datagrams.back()).bytes.view());
    };
    // Each goes with the other's from the second time on; nobody speaks twice as often for it.
    const bool together = eventually({&a, &b}, [&] {
        a.transport->announce(Payload(frame_of("room.A", "ann")));
        b.transport->announce(Payload(frame_of("room.B", "bob")));
        stranger.collect(64, datagrams);
        return !datagrams.empty() && last().size() == 2;
    });
    ASSERT_TRUE(together);
    EXPECT_EQ(last()[0], frame_of("room.A", "ann"));
    EXPECT_EQ(last()[1], frame_of("room.B", "bob"));

    Process there(place);
    Node& other = there.join("room.B");
    EXPECT_TRUE(eventually({&a, &b, &other}, [&] {
        a.transport->announce(Payload(frame_of("room.A", "ann")));
        b.transport->announce(Payload(frame_of("room.B", "bob")));
        return other.has_heard(frame_of("room.B", "bob"));
    })) << "and takes one apart";
    EXPECT_EQ(other.heard.front(), frame_of("room.B", "bob"));
}

TEST(SharedBeacon, GoesOnWhenOneOfItsGroupsLeaves) {
    const BeaconPlace place{.address = "127.255.255.255:" + free_udp_port()};
    Process here(place);
    here.join("room.A");
    Node& b = here.join("room.B");
    here.nodes.front()->transport.reset();
    Beacon stranger(place);
    stranger.announce(frame_of("room.A", "ann"));
    stranger.announce(frame_of("room.B", "bob"));
    EXPECT_TRUE(eventually({&b}, [&] { return b.has_heard(frame_of("room.B", "bob")); }));
    EXPECT_EQ(b.transport->beacon_problem(), "");
}

}  // namespace
}  // namespace quorate::net::test
