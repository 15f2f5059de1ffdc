// quorate doctor: what is well is told, what is not is told in a sentence and by the exit code.
#include <gtest/gtest.h>
#include <sys/timex.h>

#include "group_of_members.h"
#include "keys.h"

namespace quorate::blackbox {
namespace {

struct Examination {
    explicit Examination(Arguments options) {
        options.insert(options.begin(), {"doctor", "--json"});
        const Ended ended = run(options);
        status = ended.status;
        errors = ended.errors;
        std::istringstream lines(ended.output);
        for (std::string line; std::getline(lines, line);) findings.push_back(Json::parse(line));
    }
    /// The first finding of a check; null if it was not looked at.
    Json of(const std::string& check) const {
        for (const Json& finding : findings) {
            if (finding["check"] == check) return finding;
        }
        return nullptr;
    }
    std::string verdict(const std::string& check) const {
        const Json finding = of(check);
        return finding.is_null() ? "not looked at" : finding["verdict"].get<std::string>();
    }
    int status = -1;
    std::string errors;
    std::vector<Json> findings;
};

/// A beacon that no other test is on.
std::string own_beacon() {
    return "127.255.255.255:" + std::to_string(20000 + getpid() % 20000);
}

TEST(Doctor, says_that_all_is_well_with_the_exit_code_too) {
    const Examination examination({"--beacon", own_beacon()});
    EXPECT_EQ(examination.status, 0);
    for (const char* check : {"listen", "beacon", "beacon_others"}) {
        EXPECT_EQ(examination.verdict(check), "ok") << examination.of(check);
    }
    for (const Json& finding : examination.findings) {
        EXPECT_NE(finding["what"], "");
        const bool well = finding["verdict"] == "ok";
        EXPECT_NE(finding.contains("why"), well) << finding;
        EXPECT_NE(finding.contains("advice"), well) << finding;
    }
}

TEST(Doctor, looks_at_the_keys) {
    EXPECT_NE(
        Examination({"--beacon", "off"}).of("keys")["what"].get<std::string>().find("in clear"),
        std::string::npos);
    const Keys keys;
    Arguments options = keys.of("ann");
    options.insert(options.end(), {"--beacon", "off"});
    EXPECT_EQ(Examination(options).verdict("keys"), "warning") << "it is alone";
    keys.make("bob");
    keys.let_in("bob");
    const Examination together(options);
    EXPECT_EQ(together.verdict("keys"), "ok") << together.of("keys");
    EXPECT_EQ(together.verdict("listen"), "ok") << together.of("listen");
    options[3] = "/nowhere";
    const Examination nowhere(options);
    EXPECT_EQ(nowhere.verdict("keys"), "failed") << nowhere.of("keys");
    EXPECT_EQ(nowhere.status, 1);
}

TEST(Doctor, tells_people_the_same_in_lines) {
    const Ended ended = run({"doctor", "--beacon", own_beacon()});
    EXPECT_EQ(ended.status, 0);
    EXPECT_NE(ended.output.find("ok  listen: can listen on"), std::string::npos) << ended.output;
}

TEST(Doctor, says_who_else_is_on_the_beacon) {
    const std::string beacon = own_beacon();
    Process member(
        {"member", "--group", "test.A", "--name", "relay", "--beacon", beacon, "--json"});
    ASSERT_FALSE(member.await_event("started").is_null());
    const Examination examination({"--beacon", beacon, "--expect", "1"});
    EXPECT_EQ(examination.status, 0);
    const std::string what = examination.of("beacon_others")["what"];
    EXPECT_NE(what.find("relay of test.A"), std::string::npos) << what;
}

TEST(Doctor, says_that_nobody_is_heard_where_somebody_should_be) {
    const Examination examination({"--beacon", own_beacon(), "--expect", "1"});
    EXPECT_EQ(examination.status, 1);
    EXPECT_EQ(examination.verdict("beacon"), "ok");
    EXPECT_EQ(examination.verdict("beacon_others"), "failed");
}

TEST(Doctor, finds_a_wrong_interface) {
    for (const char* beacon : {"127.255.255.255:17670", "239.192.7.7:17670", "[ff02::7:7]:17670"}) {
        const Examination examination({"--beacon", beacon, "--beacon-interface", "no-such-if"});
        EXPECT_EQ(examination.status, 1);
        const std::string what = examination.of("beacon")["what"];
        EXPECT_NE(what.find("no-such-if"), std::string::npos) << what;
    }
}

TEST(Doctor, finds_an_address_that_is_taken) {
    Process member({"member", "--group", "test.A", "--beacon", "off", "--json"});
    const std::string taken = member.await_event("started").value("endpoint", "");
    const Examination examination({"--beacon", own_beacon(), "--listen", taken});
    EXPECT_EQ(examination.status, 1);
    EXPECT_EQ(examination.verdict("listen"), "failed");
    EXPECT_NE(examination.of("listen")["what"].get<std::string>().find(taken), std::string::npos);
}

TEST(Doctor, warns_of_an_address_that_nobody_can_connect_to) {
    const Examination wildcard({"--beacon", own_beacon(), "--listen", "tcp://0.0.0.0:0"});
    EXPECT_EQ(wildcard.status, 1);
    EXPECT_EQ(wildcard.verdict("advertise"), "failed");
    const Examination advertised({"--beacon", own_beacon(), "--listen", "tcp://0.0.0.0:0",
                                  "--advertise", "tcp://relay-7:5600"});
    EXPECT_EQ(advertised.status, 0);
    EXPECT_EQ(advertised.verdict("advertise"), "ok");
    const Examination loopback({"--beacon", own_beacon(), "--listen", "tcp://[::1]:0"});
    EXPECT_EQ(loopback.verdict("advertise"), "warning");
}

TEST(Doctor, dials_the_seeds) {
    Process member({"member", "--group", "test.A", "--beacon", "off", "--json"});
    const std::string seed = member.await_event("started").value("endpoint", "");
    EXPECT_EQ(Examination({"--beacon", "off", "--seed", seed}).verdict("seed"), "ok");
    const Examination nobody({"--beacon", "off", "--seed", "tcp://127.0.0.1:1"});
    EXPECT_EQ(nobody.verdict("seed"), "warning");
    EXPECT_EQ(nobody.status, 0) << "a seed need not be up yet";
}

TEST(Doctor, warns_of_a_member_that_can_find_nobody) {
    EXPECT_EQ(Examination({"--beacon", "off"}).verdict("beacon"), "warning");
}

TEST(Doctor, says_what_the_kernel_says_of_the_clock) {
    timex clock{};
    const bool synchronised = adjtimex(&clock) != TIME_ERROR && (clock.status & STA_UNSYNC) == 0;
    EXPECT_EQ(Examination({"--beacon", "off"}).verdict("clock"), synchronised ? "ok" : "warning");
}

TEST(Doctor, tries_what_is_asked_for_the_threads) {
    const Examination examination({"--beacon", "off", "--cpus", "1023"});
    EXPECT_EQ(examination.status, 1);
    EXPECT_EQ(examination.verdict("real_time"), "failed");
    EXPECT_EQ(Examination({"--beacon", "off", "--cpus", "0"}).verdict("real_time"), "ok");
}

TEST(Doctor, refuses_bad_usage_as_a_member_does) {
    const Examination examination({"--listen", "nonsense"});
    EXPECT_EQ(examination.status, 64);
    EXPECT_NE(examination.errors.find("--listen"), std::string::npos);
    EXPECT_EQ(Examination({"--expect", "many"}).status, 64);
}

}  // namespace
}  // namespace quorate::blackbox
