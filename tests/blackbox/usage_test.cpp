// What the executable says to bad usage: an exit code, and one sentence naming the option.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "process.h"

namespace quorate::blackbox {
namespace {

TEST(Usage, help_and_version_go_to_standard_output) {
    for (const Arguments& arguments :
         {Arguments{"--help"}, Arguments{"--version"}, Arguments{"member", "--help"}}) {
        const Ended ended = run(arguments);
        EXPECT_EQ(ended.status, 0);
        EXPECT_NE(ended.output, "");
        EXPECT_EQ(ended.errors, "");
    }
    const std::string help = run({"member", "--help"}).output;
    for (const char* option : {"--group",
                               "--name",
                               "--kind",
                               "--size",
                               "--max-voters",
                               "--role",
                               "--listen",
                               "--advertise",
                               "--seed",
                               "--beacon",
                               "--beacon-interface",
                               "--profile",
                               "--rt-policy",
                               "--rt-priority",
                               "--cpus",
                               "--lock-memory",
                               "--heartbeat-ms",
                               "--election-min-ms",
                               "--election-max-ms",
                               "--peer-timeout-ms",
                               "--data-dir",
                               "--replay-from",
                               "--clock",
                               "--clock-error-us",
                               "--refound-after-ms",
                               "--vote",
                               "--key",
                               "--authorized-keys",
                               "--token-file",
                               "--metrics",
                               "--log",
                               "--config",
                               "--json",
                               "--hold"}) {
        EXPECT_NE(help.find(option), std::string::npos) << option;
    }
}

TEST(Usage, an_unknown_subcommand_is_named) {
    EXPECT_EQ(run({}).status, 64);
    const Ended ended = run({"membre"});
    EXPECT_EQ(ended.status, 64);
    EXPECT_NE(ended.errors.find("membre"), std::string::npos);
}

struct BadOptions {
    const char* named;  ///< what the sentence must name
    Arguments options;  ///< besides --group test.A
};

/// For the test's name.
void PrintTo(const BadOptions& bad, std::ostream* out) {
    *out << bad.named;
    for (const std::string& option : bad.options) *out << ' ' << option;
}

class BadUsage : public testing::TestWithParam<BadOptions> {};

TEST_P(BadUsage, is_refused_with_one_sentence_that_names_the_option) {
    Arguments arguments{"member", "--group", "test.A", "--beacon", "off"};
    const auto& options = GetParam().options;
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Ended ended = run(arguments);
    EXPECT_EQ(ended.status, 64);
    EXPECT_EQ(ended.output, "");
    EXPECT_NE(ended.errors.find(GetParam().named), std::string::npos) << ended.errors;
    EXPECT_EQ(std::count(ended.errors.begin(), ended.errors.end(), '\n'), 1) << ended.errors;
}

const BadOptions bad_options[] = {
    {"--size", {"--size", "0"}},
    {"--size", {"--size", "1001"}},
    {"--size", {"--size", "three"}},
    {"--size", {"--size", "3x"}},
    {"--size", {"--size", "-3"}},
    {"--size", {"--size", ""}},
    {"--size", {"--size"}},
    {"--size", {"--size", "3", "--size", "4"}},
    {"--max-voters", {"--max-voters", "4"}},
    {"--max-voters", {"--max-voters", "17"}},
    {"--name", {"--name", ""}},
    {"--name", {"--name", std::string(65, 'n')}},
    {"--name", {"--name", "two\nlines"}},
    {"--listen", {"--listen", "127.0.0.1:5000"}},
    {"--listen", {"--listen", "tcp://127.0.0.1"}},
    {"--listen", {"--listen", "tcp://127.0.0.1:70000"}},
    {"--listen", {"--listen", "ipc:///tmp/x"}},
    {"--advertise", {"--advertise", "tcp://127.0.0.1:0"}},
    {"--seed", {"--seed", "tcp://127.0.0.1:0"}},
    {"--seed", {"--seed", "nonsense"}},
    {"--beacon", {"--beacon", "on"}},
    {"--beacon-interface", {"--beacon-interface", "a-name-that-is-too-long"}},
    {"--profile", {"--profile", "fast"}},
    {"--heartbeat-ms", {"--profile", "rt", "--heartbeat-ms", "15"}},
    {"--election-max-ms", {"--profile", "rt", "--election-max-ms", "100"}},
    {"--rt-priority", {"--rt-priority", "0"}},
    {"--rt-priority", {"--rt-priority", "100"}},
    {"--rt-priority", {"--rt-policy", "fifo"}},
    {"--rt-priority", {"--rt-policy", "other", "--rt-priority", "5"}},
    {"--rt-policy", {"--rt-policy", "deadline"}},
    {"--cpus", {"--cpus", ""}},
    {"--cpus", {"--cpus", "1-"}},
    {"--cpus", {"--cpus", "3-1"}},
    {"--cpus", {"--cpus", "0,,1"}},
    {"--cpus", {"--cpus", "2000"}},
    {"--cpus", {"--cpus", "1000"}},
    {"--heartbeat-ms", {"--heartbeat-ms", "0"}},
    {"--heartbeat-ms", {"--heartbeat-ms", "0.5"}},
    {"--heartbeat-ms", {"--heartbeat-ms", "150"}},
    {"--election-min-ms", {"--election-min-ms", "300"}},
    {"--election-max-ms", {"--election-max-ms", "1000"}},
    {"--peer-timeout-ms", {"--peer-timeout-ms", "200"}},
    {"--refound-after-ms", {"--refound-after-ms", "299"}},
    {"--refound-after-ms", {"--refound-after-ms", "soon"}},
    {"--vote", {"--vote", "maybe"}},
    {"--kind", {"--kind", "other"}},
    {"--role", {"--role", "onlooker"}},
    {"--data-dir", {"--data-dir", "/tmp/none"}},
    {"--replay-from", {"--replay-from", "1"}},
    {"--key", {"--key", "/tmp/none"}},
    {"--authorized-keys", {"--authorized-keys", "/tmp/none"}},
    {"--token-file", {"--token-file", "/tmp/none"}},
    {"--clock", {"--clock", "sundial"}},
    {"--clock-error-us", {"--clock-error-us", "-5"}},
    {"--clock-error-us", {"--clock-error-us", "3600000001"}},
    {"--config", {"--config", "/nonexistent/file"}},
    {"--beacon", {"--beacon", "localhost:17699"}},
    {"--config", {"--config", "/"}},
    {"--config", {"--config", "/dev/zero"}},
    {"--colour", {"--colour", "red"}},
    {"--siz", {"--siz", "3"}},
    {"--name", {"stray"}},
};

INSTANTIATE_TEST_SUITE_P(Each, BadUsage, testing::ValuesIn(bad_options));

TEST(Usage, no_text_of_an_option_holds_up_its_complaint) {
    for (const char* subcommand : {"member", "demo", "bench"}) {
        const Ended ended = run({subcommand, "--%canonical_option%"});
        EXPECT_EQ(ended.status, 64) << subcommand;
        EXPECT_NE(ended.errors, "") << subcommand;
    }
}

TEST(Usage, a_group_is_required_and_must_be_one) {
    EXPECT_NE(run({"member"}).errors.find("--group"), std::string::npos);
    for (const char* group : {"", "A", "A.", ".A", "a.b.c", "a b.c", "a.b!"}) {
        const Ended ended = run({"member", "--group", group});
        EXPECT_EQ(ended.status, 64) << group;
        EXPECT_NE(ended.errors.find("--group"), std::string::npos) << ended.errors;
    }
    EXPECT_EQ(run({"member", "--group", std::string(65, 'a') + ".A"}).status, 64);
}

/// A configuration file that is gone at the end.
struct ConfigFile {
    explicit ConfigFile(const std::string& text) {
        const int fd = mkstemp(path.data());
        close(fd);
        std::ofstream(path) << text;
    }
    ~ConfigFile() { std::remove(path.c_str()); }
    std::string path = testing::TempDir() + "quorate-config-XXXXXX";
};

TEST(Usage, the_command_line_wins_over_the_configuration_file) {
    const ConfigFile config(
        "# a comment\ngroup = test.A\nname = from-file\nsize = 1\nbeacon = off\n"
        "seed = tcp://127.0.0.1:1\nseed = tcp://127.0.0.1:2\n");
    Process process({"member", "--config", config.path, "--name", "from-line", "--json"});
    EXPECT_EQ(process.await_event("started").value("name", ""), "from-line");
    EXPECT_FALSE(process.await_event("leader_elected").is_null()) << "size 1 is from the file";
    process.close_input();
    EXPECT_EQ(process.await_exit(), 0);
}

TEST(Usage, a_configuration_file_is_checked_like_the_command_line) {
    const ConfigFile bad_value("group = test.A\nsize = many\n");
    const Ended value = run({"member", "--config", bad_value.path});
    EXPECT_EQ(value.status, 64);
    EXPECT_NE(value.errors.find("--size"), std::string::npos) << value.errors;
    const ConfigFile bad_name("group = test.A\ncolour = red\n");
    const Ended name = run({"member", "--config", bad_name.path});
    EXPECT_EQ(name.status, 64);
    EXPECT_NE(name.errors.find("colour"), std::string::npos) << name.errors;
    const ConfigFile placeholder("group = test.A\njson = %Value%\n");
    EXPECT_EQ(run({"member", "--config", placeholder.path}).status, 64) << "and says so at once";
}

TEST(Usage, a_number_sign_in_a_value_of_the_configuration_file_is_part_of_it) {
    const ConfigFile config(
        "# name = nobody\n  \t#size = 7\r\ngroup = test.A\r\nname = bay #3\n"
        "beacon = off\nsize = 1\n\n");
    Process process({"member", "--config", config.path, "--json"});
    EXPECT_EQ(process.await_event("started").value("name", ""), "bay #3");
    EXPECT_FALSE(process.await_event("leader_elected").is_null());
    const ConfigFile behind("group = test.A\nsize = 3 # of them\n");
    const Ended ended = run({"member", "--config", behind.path});
    EXPECT_EQ(ended.status, 64) << "nothing is cut silently";
    EXPECT_NE(ended.errors.find("--size"), std::string::npos) << ended.errors;
}

TEST(Usage, a_line_of_the_configuration_file_that_says_nothing_is_refused) {
    for (const char* line : {"size 3", "[member]", "= 3", "size\n= 3"}) {
        const ConfigFile config("group = test.A\nbeacon = off\n" + std::string(line) + "\n");
        const Ended ended = run({"member", "--config", config.path});
        EXPECT_EQ(ended.status, 64) << line;
        EXPECT_NE(ended.errors.find("--config"), std::string::npos) << line << ": " << ended.errors;
        EXPECT_EQ(std::count(ended.errors.begin(), ended.errors.end(), '\n'), 1) << ended.errors;
    }
}

TEST(Usage, an_address_that_is_taken_is_told_apart) {
    Process first({"member", "--group", "test.A", "--beacon", "off", "--json"});
    const std::string endpoint = first.await_event("started").value("endpoint", "");
    const Ended second =
        run({"member", "--group", "test.A", "--beacon", "off", "--listen", endpoint});
    EXPECT_EQ(second.status, 69);
    EXPECT_EQ(std::count(second.errors.begin(), second.errors.end(), '\n'), 1) << second.errors;
}

TEST(Usage, the_address_to_listen_on_may_be_a_host_by_name_or_an_interface) {
    for (const char* host : {"localhost", "lo", "127.0.0.1"}) {
        Process process({"member", "--group", "test.A", "--beacon", "off", "--json", "--listen",
                         "tcp://" + std::string(host) + ":0"});
        const Json started = process.await_event("started");
        ASSERT_TRUE(started.is_object()) << host << ": " << process.errors();
        EXPECT_EQ(started["endpoint"].get<std::string>().rfind("tcp://127.0.0.1:", 0), 0u)
            << "what was bound: " << started;
    }
}

TEST(Usage, a_host_to_listen_on_that_cannot_be_resolved_is_told) {
    const std::string nowhere = "tcp://no-such-host.invalid:0";
    const Ended ended =
        run({"member", "--group", "test.A", "--beacon", "off", "--listen", nowhere});
    EXPECT_EQ(ended.status, 69);
    EXPECT_NE(ended.errors.find("can't listen on " + nowhere + ": there is no such host"),
              std::string::npos)
        << ended.errors;
    EXPECT_EQ(std::count(ended.errors.begin(), ended.errors.end(), '\n'), 1) << ended.errors;
}

/// With so many file descriptors allowed, and an empty standard input.
Ended run_with_descriptors(int limit, const std::string& command) {
    const std::string shell = "ulimit -n " + std::to_string(limit) + " && exec " +
                              QUORATE_EXECUTABLE + " " + command + " < /dev/null";
    Process process(Process::Program{.path = "/bin/sh", .arguments = {"-c", shell}});
    Ended ended;
    ended.status = process.await_exit().value_or(-1);
    ended.errors = process.errors();
    return ended;
}

TEST(Usage, too_few_file_descriptors_are_refused_with_a_sentence) {
    for (const int limit : {16, 20, 21, 22, 23, 24, 28, 32, 63}) {
        const Ended ended = run_with_descriptors(limit, "member --group test.A --beacon off");
        EXPECT_EQ(ended.status, 70) << "with " << limit << ": " << ended.errors;
        EXPECT_NE(ended.errors.find("file descriptors"), std::string::npos) << ended.errors;
        EXPECT_EQ(std::count(ended.errors.begin(), ended.errors.end(), '\n'), 1) << ended.errors;
    }
    const Ended enough = run_with_descriptors(64, "member --group test.A --size 1 --beacon off");
    EXPECT_EQ(enough.status, 0) << enough.errors;
}

TEST(Usage, a_seed_that_does_not_answer_is_no_error) {
    Process process({"member", "--group", "test.A", "--beacon", "off", "--json", "--size", "1",
                     "--seed", "tcp://127.0.0.1:1", "--seed", "tcp://no-such-host.invalid:5601"});
    EXPECT_FALSE(process.await_event("leader_elected").is_null());
}

}  // namespace
}  // namespace quorate::blackbox
