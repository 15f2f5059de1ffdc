#include "base/endpoint.h"

#include <gtest/gtest.h>

namespace quorate::base {
namespace {

TEST(Endpoint, IsTakenApartAndPutTogether) {
    const struct {
        const char* text;
        HostPort where;
    } known[] = {
        {"tcp://127.0.0.1:5601", {"127.0.0.1", 5601}},
        {"tcp://relay-7.grid.example:1", {"relay-7.grid.example", 1}},
        {"tcp://[::1]:65535", {"::1", 65535}},
        {"tcp://[fe80::1%eth0]:17670", {"fe80::1%eth0", 17670}},
        {"tcp://*:0", {"*", 0}},
    };
    for (const auto& [text, where] : known) {
        EXPECT_EQ(parse_endpoint(text), where) << text;
        EXPECT_EQ(where.endpoint(), text);
    }
}

TEST(Endpoint, IsNothingElse) {
    for (const char* text : {"",
                             "tcp://",
                             "tcp://:5601",
                             "tcp://host",
                             "tcp://host:",
                             "tcp://host:65536",
                             "tcp://host:-1",
                             "tcp://host:+1",
                             "tcp://host:56x",
                             "tcp://host: 56",
                             "tcp://ho st:1",
                             "tcp://::1:5601",
                             "tcp://[]:1",
                             "tcp://[host]:1",
                             "tcp://[::1:1",
                             "tcp://::1]:1",
                             "tcp://a/b:1",
                             "udp://host:1",
                             "TCP://host:1",
                             "host:1",
                             "tcp://host:1/",
                             "tcp://h\n:1",
                             "tcp://a;b:1",
                             "tcp://h\xc3\xb6:1"}) {
        EXPECT_FALSE(parse_endpoint(text)) << text;
    }
    EXPECT_TRUE(parse_endpoint("tcp://" + std::string(253, 'a') + ":1"));
    EXPECT_FALSE(parse_endpoint("tcp://" + std::string(254, 'a') + ":1"));
}

TEST(Endpoint, CanBeDialledUnlessItsPortIsOpen) {
    EXPECT_TRUE(is_dialable("tcp://127.0.0.1:1"));
    EXPECT_FALSE(is_dialable("tcp://127.0.0.1:0"));
    EXPECT_FALSE(is_dialable("127.0.0.1:1"));
}

}  // namespace
}  // namespace quorate::base
