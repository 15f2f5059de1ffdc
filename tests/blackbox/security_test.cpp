// Members with keys: who is let in, who is refused and told so, who is cut off, and what somebody
// on the way can read.
#include <gtest/gtest.h>

#include <set>

#include "eavesdropper.h"
#include "keys.h"
#include "watch.h"

namespace quorate::blackbox {
namespace {

Arguments both(Arguments some, const Arguments& more) {
    some.insert(some.end(), more.begin(), more.end());
    return some;
}

std::vector<Arguments> keys_for(const Keys& keys, std::size_t count) {
    std::vector<Arguments> each;
    for (std::size_t i = 0; i < count; ++i) each.push_back(keys.of("m" + std::to_string(i)));
    return each;
}

/// A group that is deployed with three members, of which two are there.
struct TwoOfThree {
    explicit TwoOfThree(const Keys& keys)
        : first("m0", both(keys.of("m0"), {"--size", "3"})),
          second("m1", both(keys.of("m1"), third_options())) {
        EXPECT_FALSE(first.process.await_event("leader_elected").is_null());
    }
    Arguments third_options() const { return {"--size", "3", "--seed", first.endpoint}; }
    Member first;
    Member second;
};

TEST(Keygen, makes_a_pair_and_overwrites_nothing) {
    const Keys keys;
    const Ended made = run({"keygen", keys.file("relay")});
    EXPECT_EQ(made.status, 0) << made.errors;
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(keys.file("relay")).permissions(),
              perms::owner_read | perms::owner_write);
    EXPECT_TRUE(std::filesystem::exists(keys.file("relay.pub")));
    const Ended again = run({"keygen", keys.file("relay")});
    EXPECT_EQ(again.status, 64);
    EXPECT_NE(again.errors.find("never overwritten"), std::string::npos) << again.errors;
    EXPECT_EQ(run({"keygen"}).status, 64);
    EXPECT_EQ(run({"keygen", "/nonexistent/relay"}).status, 64);
    EXPECT_EQ(run({"keygen", "--help"}).status, 0);
}

TEST(Keygen, what_a_member_cannot_use_is_named) {
    const Keys keys;
    keys.make("relay");
    const auto complaint = [&](const Arguments& options) {
        const Ended ended = run(both({"member", "--group", "test.A", "--size", "1"}, options));
        EXPECT_EQ(ended.status, 64);
        return ended.errors;
    };
    const std::string relay = keys.file("relay");
    EXPECT_NE(complaint({"--key", relay}).find("--authorized-keys"), std::string::npos);
    EXPECT_NE(
        complaint({"--key", relay + ".pub", "--authorized-keys", keys.directory()}).find("--key"),
        std::string::npos);
    EXPECT_NE(complaint({"--key", relay, "--authorized-keys", keys.file("none")})
                  .find("--authorized-keys"),
              std::string::npos);
    std::filesystem::permissions(relay, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_NE(complaint({"--key", relay, "--authorized-keys", keys.directory()}).find("chmod 600"),
              std::string::npos);
}

TEST(Secured, three_members_found_a_group_and_agree) {
    const Keys keys;
    GroupOfMembers group(keys_for(keys, 3), {});
    const Json sent = group.follower().ask("send-ordered agreed");
    EXPECT_EQ(sent["ok"], true) << sent;
    for (auto& member : group.all()) {
        if (member.get() == &group.follower()) continue;  // its own came before the reply
        const Json message = member->process.await_event("message");
        EXPECT_EQ(message["data"], "agreed");
        EXPECT_EQ(message["index"], sent["index"]);
    }
}

TEST(Secured, members_meet_on_the_beacon_alone) {
    const Keys keys;
    for (int i = 0; i < 10; ++i) keys.of("other" + std::to_string(i));
    const std::string beacon = "127.255.255.255:" + std::to_string(free_port(SOCK_DGRAM));
    std::vector<std::unique_ptr<Process>> members;
    for (const Arguments& of_one : keys_for(keys, 3)) {
        members.push_back(std::make_unique<Process>(
            both({"member", "--group", "test.A", "--json", "--beacon", beacon}, of_one)));
    }
    std::set<std::string> incarnations;
    for (auto& member : members) {
        incarnations.insert(member->await_event("joined").value("incarnation", "none"));
    }
    EXPECT_EQ(incarnations.size(), 1u);
    EXPECT_EQ(incarnations.count("none"), 0u);
}

TEST(Secured, a_killed_leader_is_replaced_and_its_successor_let_in_under_the_same_key) {
    const Keys keys;
    GroupOfMembers group(keys_for(keys, 3), {});
    Member& old = group.leader();
    const auto others = group.others(old);
    old.process.kill();
    for (Member* member : others) {
        const Json elected = member->process.await([&](const Json& json) {
            return json["event"] == "leader_elected" && json["leader"] != old.id;
        });
        EXPECT_FALSE(elected.is_null());
    }
    Member& back = group.add("back", keys.of(old.name));
    EXPECT_FALSE(back.process.await_event("joined").is_null());
}

TEST(Secured, who_is_not_let_in_is_refused_and_both_sides_say_so) {
    const Keys keys;
    GroupOfMembers group(keys_for(keys, 3), {});
    keys.make("stranger");
    Process stranger(
        member_arguments("stranger", both(keys.of("stranger"), {"--seed", group[0].endpoint})));
    EXPECT_EQ(stranger.await_exit(), 77);
    for (const Json& event : stranger.remaining_events()) {
        EXPECT_TRUE(event["event"] == "started" || event["event"] == "left") << event;
    }
    const std::string said = stranger.errors();
    EXPECT_NE(said.find("not among the authorized keys"), std::string::npos) << said;
    EXPECT_TRUE(group[0].process.await_error("refuses a connection from 127.0.0.1"));
    group[0].process.write_line("leave");
    EXPECT_EQ(group[0].process.await_exit(), 0);
    const std::string line = "refuses a connection";
    const std::string told = group[0].process.errors();
    EXPECT_EQ(told.find(line), told.rfind(line)) << "one line, however often it tried: " << told;
}

TEST(Secured, a_key_that_is_added_is_let_in_without_a_restart) {
    const Keys keys;
    TwoOfThree group(keys);
    keys.make("late");
    Process late(member_arguments("late", both(keys.of("late"), group.third_options())));
    ASSERT_TRUE(late.await_error("does not let this one in"));
    keys.let_in("late");
    EXPECT_FALSE(late.await_event("joined").is_null());
}

TEST(Secured, a_key_that_is_removed_is_cut_off) {
    const Keys keys;
    GroupOfMembers group(keys_for(keys, 3), {"--refound-after-ms", "1000"});
    Member& gone = group.follower();
    keys.remove(gone.name);
    // The others give it up; it finds itself alone, and then refused.
    for (Member* other : group.others(gone)) {
        const Json left = other->process.await_event("member_left");
        EXPECT_EQ(left["id"], gone.id);
        EXPECT_EQ(left["reason"], "lost");
    }
    EXPECT_EQ(group.leader().ask("send not for everybody")["ok"], true);
    EXPECT_EQ(group.leader().ask("send-ordered nor this")["ok"], true);
    EXPECT_EQ(gone.process.await_exit(), 77);
    bool told = false;
    for (const Json& event : gone.process.remaining_events()) {
        told |= event["event"] == "quorum_lost";
        EXPECT_NE(event["event"], "message") << event;
    }
    EXPECT_TRUE(told);
    EXPECT_NE(gone.process.errors().find("not among the authorized keys"), std::string::npos);
}

TEST(Secured, another_token_is_refused_and_both_sides_say_so) {
    const Keys keys;
    GroupOfMembers group(std::vector<Arguments>{keys.of("m0", "plant 4"), keys.of("m1", "plant 4")},
                         {});
    Process other(member_arguments(
        "other", both(keys.of("other", "plant 5"), {"--size", "2", "--seed", group[0].endpoint})));
    EXPECT_TRUE(group[0].process.await_error("token (--token-file) differs"));
    EXPECT_EQ(other.await_exit(), 77);
    const std::string said = other.errors();
    EXPECT_NE(said.find("token (--token-file) differs"), std::string::npos) << said;
}

TEST(Secured, a_member_in_clear_hears_nothing) {
    const Keys keys;
    TwoOfThree group(keys);
    Process plain(member_arguments("plain", group.third_options()));
    EXPECT_TRUE(group.first.process.await_error("refuses a connection in clear"));
    EXPECT_TRUE(plain.await_error("refuses connections in clear"));
    plain.write_line("leave");
    EXPECT_EQ(plain.await_exit(), 0);
    for (const Json& event : plain.remaining_events()) {
        EXPECT_NE(event["event"], "joined") << event;
        EXPECT_NE(event["event"], "leader_elected") << event;
    }
}

/// What somebody on the way to the first of two members reads of all that they say.
std::string overheard(const std::vector<Arguments>& each) {
    const std::uint16_t port = free_port(SOCK_STREAM);
    Eavesdropper eavesdropper(port);
    const Arguments first{"--listen", endpoint_at(port), "--advertise", eavesdropper.endpoint()};
    GroupOfMembers group({both(each[0], first), each[1]}, {});
    EXPECT_EQ(group[1].ask("send-ordered open breaker 7")["ok"], true);
    EXPECT_EQ(group[1].ask("send open breaker 8")["ok"], true);
    EXPECT_FALSE(group[0]
                     .process
                     .await([](const Json& json) {
                         return json["event"] == "message" && json["data"] == "open breaker 8";
                     })
                     .is_null());
    return eavesdropper.heard();
}

bool holds(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(Eavesdropper, reads_everything_in_clear_and_nothing_with_keys) {
    const std::vector<std::string> secrets{"test.A", "open breaker", "m1", "tcp://127.0.0.1"};
    const std::string in_clear = overheard({{}, {}});
    for (const std::string& secret : secrets) EXPECT_TRUE(holds(in_clear, secret)) << secret;

    const Keys keys;
    const std::string secured = overheard({keys.of("m0", "plant 4"), keys.of("m1", "plant 4")});
    EXPECT_TRUE(holds(secured, "CURVE"));
    EXPECT_GT(secured.size(), 2000u);
    for (const std::string& secret : secrets) {
        if (secret.size() > 2) {  // two letters come up by chance
            EXPECT_FALSE(holds(secured, secret)) << secret;
        }
    }
    EXPECT_FALSE(holds(secured, "plant 4"));
}

/// A datagram that a member really sent, after whose end nobody is where it says.
struct Recorded {
    std::string datagram;
    std::uint16_t port = 0;  ///< of the endpoint that it names
};
Recorded record_beacon(const std::string& beacon, std::uint16_t beacon_port,
                       const Arguments& options) {
    const Loopback listening(SOCK_DGRAM, beacon_port, 0x7FFFFFFF);
    EXPECT_TRUE(listening.bound());
    Recorded recorded;
    recorded.port = free_port(SOCK_STREAM);
    Process member(member_arguments(
        "gone", both(options, {"--beacon", beacon, "--listen", endpoint_at(recorded.port)})));
    EXPECT_TRUE(listening.readable(static_cast<int>(patience.count())));
    char bytes[2048];
    const ssize_t size = recv(listening.fd(), bytes, sizeof bytes, 0);
    recorded.datagram.assign(bytes, size > 0 ? static_cast<std::size_t>(size) : 0);
    member.kill();
    return recorded;
}

/// How many connections a member makes to an endpoint that one datagram names.
int connections_after_a_datagram(const Arguments& recorded_with, const Arguments& options) {
    const std::uint16_t beacon_port = free_port(SOCK_DGRAM);
    const std::string beacon = "127.255.255.255:" + std::to_string(beacon_port);
    const Recorded recorded = record_beacon(beacon, beacon_port, recorded_with);
    const Loopback victim(SOCK_STREAM, recorded.port);
    EXPECT_TRUE(victim.bound());
    Process member(member_arguments("m", both(options, {"--beacon", beacon})));
    EXPECT_FALSE(member.await_event("started").is_null());

    Loopback sender(SOCK_DGRAM);
    sockaddr_in address = loopback_address(beacon_port);
    address.sin_addr.s_addr = htonl(0x7FFFFFFF);
    sendto(sender.fd(), recorded.datagram.data(), recorded.datagram.size(), 0,
           reinterpret_cast<sockaddr*>(&address), sizeof address);
    int connections = 0;
    // Until it is quiet for as long as dozens of the intervals at which members repeat themselves.
    while (victim.readable(2000)) {
        const int fd = accept4(victim.fd(), nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        ++connections;
        close(fd);
        if (connections > 10) break;
    }
    return connections;
}

TEST(Beacon, one_datagram_causes_one_connection_at_most) {
    EXPECT_EQ(connections_after_a_datagram({}, {}), 1);
}

TEST(Beacon, a_datagram_that_names_no_key_that_is_let_in_causes_none) {
    const Keys keys;
    const Arguments own = keys.of("m");
    const Arguments known = keys.of("known");
    EXPECT_EQ(connections_after_a_datagram(known, own), 1);
    keys.remove("known");
    EXPECT_EQ(connections_after_a_datagram(known, own), 0);
    EXPECT_EQ(connections_after_a_datagram({}, own), 0) << "nor one in clear";
}

}  // namespace
}  // namespace quorate::blackbox
