// Whose frames a member takes where members are authenticated, and when it gives in to being
// refused. One GroupLoop, its clock in the test's hand.
#include <gtest/gtest.h>

#include "group/group_loop.h"
#include "tests/unit/wire/samples.h"

namespace quorate::group {
namespace {

using namespace std::chrono_literals;
using base::Nanos;
using base::PublicKey;

constexpr const char* group_name = wire::group_name;
constexpr const char* own_endpoint = "tcp://10.0.0.1:5601";
constexpr const char* seed = "tcp://10.0.0.2:5601";

PublicKey key_of(std::uint8_t number) {
    PublicKey key;
    key.bytes.fill(number);
    return key;
}

struct HandClock final : io::Clock {
    base::Moment moment{10s, 20s};
    base::Moment now() override { return moment; }
    Nanos realtime() override { return moment.boottime + 1'700'000'000s; }
    Nanos action_time(ActionClock) override { return realtime(); }
    std::optional<Nanos> error_bound(ActionClock) override { return 1ms; }
};

/// There are no actions here.
struct NoAlarm final : io::Alarm {
    void set(io::AlarmSetting) override {}
    bool cancel(PollId) override { return false; }
};

/// Keeps what is sent.
struct Network final : io::Transport {
    struct Sent {
        std::string endpoint;
        wire::Frame frame;
    };
    std::vector<Sent> sent;
    std::vector<Sent> knocks;
    std::map<std::string, PublicKey> learnt;
    std::set<PublicKey> revoked;

    static Sent read(const std::string& endpoint, const Payload& frame) {
        return {endpoint, std::get<wire::Frame>(wire::decode(frame, group_name))};
    }
    bool send(const std::string& endpoint, Payload frame) override {
        sent.push_back(read(endpoint, frame));
        return true;
    }
    bool knock(const std::string& endpoint, const PublicKey&, Payload frame) override {
        knocks.push_back(read(endpoint, frame));
        return true;
    }
    void close(const std::string&) override {}
    void close_others(const std::function<bool(const std::string&)>&) override {}
    io::UnseenDrops unseen;
    io::UnseenDrops dropped() const override { return unseen; }
    void probe(const std::string&) override {}
    void announce(Payload) override {}
    const std::string own = own_endpoint;
    const std::string& endpoint() const override { return own; }
    PublicKey key() const override { return key_of(1); }
    bool lets_in(const PublicKey& key) const override { return key && !revoked.contains(key); }
    void learn_key(const std::string& endpoint, const PublicKey& key) override {
        learnt[endpoint] = key;
    }
};

struct Component final : io::Mailbox {
    std::vector<std::string> notices;
    std::vector<std::string> refused;
    std::size_t events = 0;
    bool post(Event event) override {
        ++events;
        if (const auto* notice = std::get_if<SecurityNotice>(&event)) {
            notices.push_back(notice->sentence);
        }
        if (const auto* refusal = std::get_if<Refused>(&event)) refused.push_back(refusal->reason);
        return true;
    }
    void publish(const GroupStatus&) override {}
    void publish_lease(Nanos) override {}
    void publish_commit(std::uint64_t) override {}
    void publish_lateness(const Lateness&) override {}
    GroupMetrics metrics;
    void publish_metrics(const GroupMetrics& all) override { metrics = all; }
};

class Access : public testing::Test {
protected:
    static LoopOptions options() {
        LoopOptions options;
        options.group = group_name;
        options.name = "relay 1";
        options.member.seeds = {seed};
        options.seed = 7;
        return options;
    }
    void turn(std::vector<io::TransportEvent> arrived = {}) {
        std::vector<io::Command> none;
        loop.turn(arrived, none);
    }
    void wait(Nanos time) {
        for (const Nanos end = clock.moment.monotonic + time; clock.moment.monotonic < end;) {
            clock.moment.monotonic += 20ms;
            clock.moment.boottime += 20ms;
            turn();
        }
    }
    /// As the metrics show it, a few heartbeats from now.
    std::uint64_t dropped(DropCause cause) {
        wait(200ms);
        return component.metrics.dropped[static_cast<std::size_t>(cause)];
    }
    static io::FrameArrived frame(MemberId sender, const PublicKey& key, wire::Body body,
                                  MemberId receiver = {}) {
        wire::Frame frame{{group_name, {}, sender, receiver}, std::move(body)};
        return {wire::encode(frame), 1, key};
    }
    static wire::Hello hello(std::uint64_t nonce) {
        return {{"relay 2", seed, Role::member}, {}, GroupSpec{}, nonce, {}};
    }
    template <class Body>
    std::size_t count_sent() const {
        return static_cast<std::size_t>(
            std::count_if(network.sent.begin(), network.sent.end(), [](const Network::Sent& sent) {
                return std::holds_alternative<Body>(sent.frame.body);
            }));
    }

    HandClock clock;
    Network network;
    io::NoStore store;
    Component component;
    NoAlarm alarm;
    GroupLoop loop{options(), clock, network, store, component, alarm};
    const MemberId other{2, 2};
};

TEST_F(Access, AnIdBelongsToTheKeyThatItWasFirstHeardWith) {
    turn({frame(other, key_of(2), hello(1))});
    EXPECT_EQ(count_sent<wire::HelloReply>(), 1u);
    EXPECT_EQ(network.learnt[seed], key_of(2));

    turn({frame(other, key_of(3), hello(2))});
    EXPECT_EQ(count_sent<wire::HelloReply>(), 1u) << "not in another's name";
    EXPECT_EQ(dropped(DropCause::forged_sender), 1u);
    EXPECT_EQ(component.notices.size(), 1u);

    // A member that was given new keys is heard again when its old one is no longer let in.
    network.revoked.insert(key_of(2));
    turn({frame(other, key_of(3), hello(3))});
    EXPECT_EQ(count_sent<wire::HelloReply>(), 2u);
}

TEST_F(Access, WhoHasAnotherTokenIsToldSoAndNothingElse) {
    io::FrameArrived stranger = frame(other, key_of(2), hello(5));
    stranger.same_deployment = false;
    turn({stranger});
    EXPECT_EQ(count_sent<wire::HelloReply>(), 0u);
    ASSERT_EQ(count_sent<wire::OtherDeployment>(), 1u);
    EXPECT_EQ(dropped(DropCause::other_deployment), 1u);
    ASSERT_EQ(component.notices.size(), 1u);
    EXPECT_NE(component.notices[0].find("token"), std::string::npos);
    turn({stranger, stranger});
    EXPECT_EQ(component.notices.size(), 1u) << "once a minute";
}

TEST_F(Access, WhatTheTransportDroppedUnseenIsShownByItsCause) {
    network.unseen = {.several_parts = 1, .unknown_key = 2, .garbage = 3};
    EXPECT_EQ(dropped(DropCause::several_parts), 1u);
    EXPECT_EQ(dropped(DropCause::unknown_key), 2u);
    EXPECT_EQ(dropped(DropCause::garbage), 3u);
}

TEST_F(Access, AnotherVersionIsToldAndDropped) {
    io::FrameArrived newer = frame(other, key_of(2), hello(5));
    std::string bytes = newer.bytes.str();
    bytes[4] = 2;  // behind 'Q' 'R' 'T' and a zero (schema/wire.capnp)
    newer.bytes = Payload(bytes);
    turn({newer});
    EXPECT_EQ(dropped(DropCause::other_version), 1u);
    ASSERT_EQ(component.notices.size(), 1u);
    EXPECT_NE(component.notices[0].find("version 2"), std::string::npos);
    EXPECT_EQ(count_sent<wire::HelloReply>(), 0u);
}

TEST_F(Access, AMemberThatAllRefuseWhileItIsOutsideGivesInAfterAWhile) {
    for (int i = 0; i < 9; ++i) {
        turn({io::RefusedByPeer{seed, "its key is not let in"}});
        wait(500ms);
    }
    EXPECT_TRUE(component.refused.empty()) << "a key that was just added takes a moment";
    turn({io::RefusedByPeer{seed, "its key is not let in"}});
    wait(1s);
    ASSERT_EQ(component.refused.size(), 1u);
    EXPECT_EQ(component.refused[0], "its key is not let in");
    EXPECT_TRUE(loop.finished());
    EXPECT_EQ(component.notices.size(), 1u);
}

TEST_F(Access, AMemberThatOneLetsInDoesNotGiveIn) {
    for (int i = 0; i < 40; ++i) {
        turn({io::RefusedByPeer{seed, "its key is not let in"}});
        turn({frame(other, key_of(2), hello(1))});
        wait(500ms);
    }
    EXPECT_TRUE(component.refused.empty());
}

TEST_F(Access, AnOldRefusalSaysNothing) {
    turn({io::RefusedByPeer{seed, "its key is not let in"}});
    wait(20s);
    EXPECT_TRUE(component.refused.empty());
    EXPECT_FALSE(loop.finished());
}

TEST_F(Access, ADatagramIsWorthOneKnockAtMost) {
    const auto beacon = [&](const std::string& endpoint, const PublicKey& key) {
        const wire::Frame said{{group_name, {}, other, {}},
                               wire::Beacon{{"relay 2", endpoint, Role::member}, {}, key}};
        return io::BeaconHeard{wire::encode(said)};
    };
    turn();
    turn({beacon("tcp://10.0.0.3:5601", key_of(2))});
    wait(20s);
    EXPECT_EQ(network.knocks.size(), 1u);

    std::vector<io::TransportEvent> flood(1000, beacon("tcp://10.0.0.4:5601", key_of(2)));
    turn(flood);
    EXPECT_EQ(network.knocks.size(), 2u) << "however many name the same endpoint";
    wait(200ms);
    turn(flood);
    EXPECT_EQ(network.knocks.size(), 3u);

    turn({beacon("tcp://10.0.0.5:5601", {})});
    network.revoked.insert(key_of(2));
    turn({beacon("tcp://10.0.0.6:5601", key_of(2))});
    EXPECT_EQ(network.knocks.size(), 3u) << "nobody that is let in is there";
    for (const Network::Sent& sent : network.sent) EXPECT_EQ(sent.endpoint, seed);
}

/// Anybody can send one: the keys of the links have nothing to do with it.
TEST_F(Access, ADatagramThatIsNoBeaconIsNotHeard) {
    LoopOptions options = Access::options();
    options.spec.size = 1;
    options.member.seeds.clear();
    GroupLoop alone(options, clock, network, store, component, alarm);
    std::vector<io::TransportEvent> arrived;
    std::vector<io::Command> none;
    const auto pass = [&](Nanos time) {
        clock.moment.monotonic += time;
        clock.moment.boottime += time;
        alone.turn(arrived, none);
        arrived.clear();
    };
    for (int i = 0; i < 100 && alone.status().state != State::leader; ++i) pass(20ms);
    ASSERT_EQ(alone.status().state, State::leader);

    const GroupStatus before = alone.status();
    const std::size_t told = component.events;
    std::uint64_t dropped = 0;
    for (const wire::Body& body : wire::all_bodies()) {
        if (std::holds_alternative<wire::Beacon>(body)) continue;
        for (const MemberId sender : {other, alone.id()}) {
            for (const MemberId receiver : {MemberId{}, alone.id()}) {
                const wire::Header header{group_name, before.incarnation, sender, receiver};
                arrived.push_back(io::BeaconHeard{wire::encode({header, body})});
                ++dropped;
                pass(1ms);
            }
        }
    }
    for (int i = 0; i < 50; ++i) pass(20ms);
    EXPECT_EQ(alone.drops().garbage, dropped);
    EXPECT_EQ(component.events, told);
    EXPECT_TRUE(network.sent.empty());
    EXPECT_TRUE(network.knocks.empty());
    GroupStatus after = alone.status();
    after.loop_lateness = before.loop_lateness;
    EXPECT_EQ(after, before);
}

TEST_F(Access, AFrameWithoutAKeyComesFromNobody) {
    turn({frame(other, {}, hello(1))});
    EXPECT_EQ(count_sent<wire::HelloReply>(), 0u);
    EXPECT_EQ(loop.drops().forged_sender, 1u);
}

TEST_F(Access, LinesAreBounded) {
    for (int i = 0; i < 1000; ++i) {
        turn({io::SecurityNotice{"somebody was refused: " + std::to_string(i)}});
    }
    EXPECT_EQ(component.notices.size(), 10u);
    wait(61s);
    turn({io::SecurityNotice{"somebody else was refused"}});
    EXPECT_EQ(component.notices.size(), 11u);
}

}  // namespace
}  // namespace quorate::group
