// One GroupLoop without a thread, its clock, network and component in the test's hand.
//
//   class Access : public LoneLoop {};
//   TEST_F(Access, …) { turn({frame(other, key_of(2), hello)}); wait(1s); … network.sent … }
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "group/group_loop.h"

namespace quorate::group {

using namespace std::chrono_literals;
using base::Nanos;
using base::PublicKey;

inline constexpr const char* group_name = "test.A";
inline constexpr const char* own_endpoint = "tcp://10.0.0.1:5601";
inline constexpr const char* seed = "tcp://10.0.0.2:5601";

inline PublicKey key_of(std::uint8_t number) {
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

/// Keeps what is sent, and whom it is kept for.
struct Network final : io::Transport {
    struct Sent {
        std::string endpoint;
        wire::Frame frame;
    };
    std::vector<Sent> sent;
    std::vector<Sent> knocks;
    std::set<std::string> links;  ///< to these endpoints
    std::map<std::string, PublicKey> learnt;
    std::set<PublicKey> revoked;

    static Sent read(const std::string& endpoint, const Payload& frame) {
        return {endpoint, std::get<wire::Frame>(wire::decode(frame, group_name))};
    }
    bool send(const std::string& endpoint, Payload frame) override {
        sent.push_back(read(endpoint, frame));
        links.insert(endpoint);
        return true;
    }
    bool knock(const std::string& endpoint, const PublicKey&, Payload frame) override {
        knocks.push_back(read(endpoint, frame));
        return true;
    }
    void close(const std::string& endpoint) override { links.erase(endpoint); }
    void close_others(const std::function<bool(const std::string&)>& keeps) override {
        std::erase_if(links, [&](const std::string& endpoint) { return !keeps(endpoint); });
    }
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
    std::vector<MemberId> joined;
    std::vector<MemberId> left;
    std::size_t events = 0;
    std::vector<Event> heard;
    /// Those of one kind.
    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const Event& event : heard) {
            if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
        }
        return found;
    }
    bool post(Event event) override {
        ++events;
        heard.push_back(event);
        if (const auto* come = std::get_if<MemberJoined>(&event)) joined.push_back(come->id);
        if (const auto* gone = std::get_if<MemberLeft>(&event)) left.push_back(gone->id);
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

class LoneLoop : public testing::Test {
protected:
    explicit LoneLoop(GroupSpec of = {}) : spec(of) {}

    LoopOptions options() const {
        LoopOptions options;
        options.group = group_name;
        options.spec = spec;
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
    wire::Hello hello(std::uint64_t nonce) const {
        return {{"relay 2", seed, Role::member}, {}, spec, nonce, {}};
    }
    template <class Body>
    std::size_t count_sent() const {
        return static_cast<std::size_t>(
            std::count_if(network.sent.begin(), network.sent.end(), [](const Network::Sent& sent) {
                return std::holds_alternative<Body>(sent.frame.body);
            }));
    }

    const GroupSpec spec;
    HandClock clock;
    Network network;
    io::NoStore store;
    Component component;
    NoAlarm alarm;
    GroupLoop loop{options(), clock, network, store, component, alarm};
    const MemberId other{2, 2};
};

}  // namespace quorate::group
