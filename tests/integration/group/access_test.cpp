// Whose frames a member takes where members are authenticated, and when it gives in to being
// refused. One GroupLoop, its clock in the test's hand.
#include "lone_loop.h"
#include "tests/unit/wire/samples.h"

namespace quorate::group {
namespace {

class Access : public LoneLoop {};

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

/// What a member answers that has another token.
class AnotherToken : public Access {
protected:
    /// Answers every Hello to `endpoint` for so long.
    void refuse(const std::string& endpoint, Nanos time) {
        for (const Nanos end = clock.moment.monotonic + time;
             clock.moment.monotonic < end && !loop.finished();) {
            wait(20ms);
            std::vector<io::TransportEvent> answers;
            for (const Network::Sent& sent : network.sent) {
                const auto* hello = std::get_if<wire::Hello>(&sent.frame.body);
                if (hello == nullptr || sent.endpoint != endpoint) continue;
                io::FrameArrived answer =
                    frame(stranger, key_of(3), wire::OtherDeployment{hello->nonce}, loop.id());
                answer.same_deployment = false;
                answers.push_back(answer);
            }
            network.sent.clear();
            turn(answers);
        }
    }
    const MemberId stranger{3, 3};
};

TEST_F(AnotherToken, AtASeedIsARefusal) {
    refuse(seed, 10s);
    ASSERT_EQ(component.refused.size(), 1u);
    EXPECT_NE(component.refused[0].find("token"), std::string::npos);
}

TEST_F(AnotherToken, OfSomebodyOnTheSameNetworkIsNone) {
    const std::string elsewhere = "tcp://10.0.0.9:5601";
    wire::Hello hello{{"relay 9", elsewhere, Role::member}, {}, spec, 1, {}};
    turn({frame(other, key_of(2), hello)});
    refuse(elsewhere, 20s);
    EXPECT_FALSE(loop.finished());
    EXPECT_TRUE(component.refused.empty());
    EXPECT_FALSE(component.notices.empty()) << "but it is told";
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
    LoopOptions options = LoneLoop::options();
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
