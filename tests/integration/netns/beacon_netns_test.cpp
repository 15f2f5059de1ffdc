// The beacon between hosts: on the interface that was named members meet, on another they don't,
// and the doctor says so.
#include <gtest/gtest.h>

#include <sstream>

#include "network.h"
#include "watch.h"

namespace quorate::netns {
namespace {

using blackbox::Arguments;
using blackbox::Duration;
using blackbox::Json;
using blackbox::Process;

/// Two hosts, each with eth0 to the router, which hands on no multicast, and a cable between them.
class BeaconBetweenHosts : public testing::TestWithParam<const char*> {
protected:
    void SetUp() override {
        if (const auto why = Network::why_not()) GTEST_SKIP() << *why;
        network_ = std::make_unique<Network>(2);
        network_->join_by_cable(0, 1, "cable");
    }
    Arguments options(std::size_t host, const std::string& interface) const {
        return {"--listen",
                "tcp://" + network_->address(host) + ":5600",
                "--beacon",
                GetParam(),
                "--beacon-interface",
                interface,
                "--json"};
    }
    std::unique_ptr<Process> member(std::size_t host, const std::string& interface) const {
        Arguments arguments{"member", "--group", "test.A", "--size", "2"};
        const Arguments more = options(host, interface);
        arguments.insert(arguments.end(), more.begin(), more.end());
        return std::make_unique<Process>(arguments, network_->space(host));
    }
    std::unique_ptr<Process> doctor(std::size_t host, const std::string& interface) const {
        Arguments arguments{"doctor", "--expect", "1"};
        const Arguments more = options(host, interface);
        arguments.insert(arguments.end(), more.begin(), more.end());
        return std::make_unique<Process>(arguments, network_->space(host));
    }
    /// What a doctor found in one check, at its end.
    static Json finding(Process& doctor, const std::string& check) {
        return doctor.await([&](const Json& json) { return json["check"] == check; });
    }
    /// What is not well, up to its end, in words.
    static std::string failures(Process& doctor) {
        std::string all;
        doctor.await([&](const Json& json) {
            if (json["verdict"] == "failed") all += json.dump() + "\n";
            return false;
        });
        return all;
    }

    std::unique_ptr<Network> network_;
};

TEST_P(BeaconBetweenHosts, members_meet_on_the_interface_that_they_name) {
    const auto one = member(0, "cable");
    const auto other = member(1, "cable");
    EXPECT_FALSE(one->await_event("joined").is_null());
    EXPECT_FALSE(other->await_event("joined").is_null());
}

TEST_P(BeaconBetweenHosts, members_on_another_interface_do_not_meet) {
    const auto one = member(0, "cable");
    const auto other = member(1, "eth0");
    ASSERT_FALSE(one->await_event("started").is_null());
    // That it doesn't happen takes a while to see: members that hear each other take 50 ms.
    EXPECT_TRUE(one->await_event("joined", Duration(2000)).is_null());
}

TEST_P(BeaconBetweenHosts, doctors_on_both_hosts_hear_each_other) {
    const auto one = doctor(0, "cable");
    const auto other = doctor(1, "cable");
    for (Process* each : {one.get(), other.get()}) {
        EXPECT_EQ(failures(*each), "");
        EXPECT_EQ(each->await_exit(), 0);
    }
}

TEST_P(BeaconBetweenHosts, a_doctor_says_where_nothing_gets_across) {
    const auto one = doctor(0, "eth0");
    const auto other = doctor(1, "eth0");
    for (Process* each : {one.get(), other.get()}) {
        const Json others = finding(*each, "beacon_others");
        EXPECT_EQ(others["verdict"], "failed") << others;
        EXPECT_NE(others["why"].get<std::string>().find("multicast"), std::string::npos);
        EXPECT_EQ(each->await_exit(), 1);
    }
}

std::string kind_of(const testing::TestParamInfo<const char*>& beacon) {
    const std::string address = beacon.param;
    if (address[0] == '[') return "ipv6_multicast";
    return address.starts_with("239.") ? "multicast" : "broadcast";
}

INSTANTIATE_TEST_SUITE_P(Each, BeaconBetweenHosts,
                         testing::Values("239.192.7.7:17670", "[ff02::7:7]:17670",
                                         "255.255.255.255:17670"),
                         kind_of);

/// What a doctor says of one host, of which `network` was made unfit before.
struct OneHost : BeaconBetweenHosts {};

TEST_P(OneHost, a_doctor_says_that_the_interface_is_down) {
    ASSERT_EQ(std::system(("ip -n " + network_->space(0) + " link set cable down").c_str()), 0);
    const auto one = doctor(0, "cable");
    const Json interface = finding(*one, "beacon_interface");
    EXPECT_EQ(interface["verdict"], "failed") << interface;
    EXPECT_EQ(one->await_exit(), 1);
}

TEST_P(OneHost, a_doctor_says_that_multicast_is_off) {
    ASSERT_EQ(
        std::system(("ip -n " + network_->space(0) + " link set cable multicast off").c_str()), 0);
    const auto one = doctor(0, "cable");
    const Json interface = finding(*one, "beacon_interface");
    EXPECT_EQ(interface["verdict"], "failed") << interface;
    EXPECT_EQ(one->await_exit(), 1);
}

TEST_P(OneHost, a_doctor_warns_where_the_beacon_and_the_members_go_different_ways) {
    const auto one = doctor(0, "cable");
    EXPECT_EQ(finding(*one, "beacon_interface")["verdict"], "warning");
}

TEST_P(OneHost, a_member_whose_interface_comes_up_later_is_found_then) {
    ASSERT_EQ(std::system(("ip -n " + network_->space(0) + " link set cable down").c_str()), 0);
    const auto one = member(0, "cable");
    const auto other = member(1, "cable");
    ASSERT_FALSE(one->await_event("started").is_null());
    ASSERT_FALSE(other->await_event("started").is_null());
    ASSERT_EQ(std::system(("ip -n " + network_->space(0) + " link set cable up").c_str()), 0);
    EXPECT_FALSE(one->await_event("joined").is_null());
    EXPECT_FALSE(other->await_event("joined").is_null());
}

INSTANTIATE_TEST_SUITE_P(Each, OneHost, testing::Values("239.192.7.7:17670"), kind_of);

}  // namespace
}  // namespace quorate::netns
