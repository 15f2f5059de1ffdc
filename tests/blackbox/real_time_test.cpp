// Real-time options of a member: its threads have what was asked for, or it says why not and ends.
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <fstream>
#include <thread>

#include "group_of_members.h"

namespace quorate::blackbox {
namespace {

/// What `run` starts may not have the capability, even where this program runs as root.
template <class Run>
void without_capability(int capability, const Run& run) {
    // Bounding sets belong to threads, and go on to what they start.
    std::thread([&] {
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
        run();
    }).join();
}

bool may_be_real_time() {
    bool may = false;
    std::thread([&] {
        const sched_param parameters{.sched_priority = 7};
        may = sched_setscheduler(0, SCHED_FIFO, &parameters) == 0;
    }).join();
    return may;
}

/// What a thread does to itself, right after it has given itself its name.
template <class Condition>
void await(const Condition& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
    }
}

void expect_scheduling(pid_t thread, int policy, int priority) {
    const auto priority_now = [&] {
        sched_param parameters{};
        EXPECT_EQ(sched_getparam(thread, &parameters), 0);
        return parameters.sched_priority;
    };
    await([&] { return sched_getscheduler(thread) == policy && priority_now() == priority; });
    EXPECT_EQ(sched_getscheduler(thread), policy);
    EXPECT_EQ(priority_now(), priority);
}

std::vector<std::size_t> processors_of(pid_t thread) {
    cpu_set_t set;
    CPU_ZERO(&set);
    EXPECT_EQ(sched_getaffinity(thread, sizeof set, &set), 0);
    std::vector<std::size_t> all;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
        if (CPU_ISSET(cpu, &set)) all.push_back(cpu);
    }
    return all;
}

void expect_processors(pid_t thread, const std::vector<std::size_t>& processors) {
    await([&] { return processors_of(thread) == processors; });
    EXPECT_EQ(processors_of(thread), processors);
}

/// The one thread of that name.
pid_t thread_of(const Process& process, const std::string& name) {
    std::vector<pid_t> threads;
    await([&] {
        threads = process.threads(name);
        return !threads.empty();
    });
    EXPECT_EQ(threads.size(), 1u) << name;
    return threads.empty() ? -1 : threads.front();
}

/// A group of its own, in which an action is armed: only then is there a thread for it.
struct ActingMember : Member {
    explicit ActingMember(const Arguments& more) : Member("m", all_with(more)) {
        EXPECT_FALSE(process.await_event("leader_elected").is_null());
        const Json asked = ask("request-action majority 1000 60000 far away");
        EXPECT_EQ(asked["ok"], true) << asked;
    }
    static Arguments all_with(const Arguments& more) {
        Arguments all{"--size", "1", "--vote", "yes", "--clock-error-us", "1"};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    /// The group's worker, libzmq's I/O thread, and the one for actions; the component's own is
    /// left alone.
    std::vector<pid_t> threads() const {
        const pid_t actions =
            thread_of(process, "q:actions");  // at first it bears the worker's name
        return {thread_of(process, "q:test.A"), thread_of(process, "ZMQbg/IO/0"), actions};
    }
};

TEST(RealTime, threads_bear_names_and_are_as_others_where_nothing_is_asked) {
    ActingMember member({});
    for (const pid_t thread : member.threads()) {
        expect_scheduling(thread, SCHED_OTHER, 0);
    }
}

TEST(RealTime, priority_and_policy_are_those_that_were_asked_for) {
    if (!may_be_real_time()) GTEST_SKIP() << "this machine permits no real-time scheduling here";
    ActingMember fifo({"--rt-priority", "7"});
    for (const pid_t thread : fifo.threads()) expect_scheduling(thread, SCHED_FIFO, 7);
    for (const pid_t thread : fifo.process.threads("quorate")) {
        expect_scheduling(thread, SCHED_OTHER, 0);
    }
    ActingMember rr({"--rt-policy", "rr", "--rt-priority", "3"});
    for (const pid_t thread : rr.threads()) expect_scheduling(thread, SCHED_RR, 3);
}

TEST(RealTime, threads_run_on_the_processors_that_were_named) {
    const std::size_t cpu = processors_of(0).back();
    ActingMember member({"--cpus", std::to_string(cpu)});
    for (const pid_t thread : member.threads()) expect_processors(thread, {cpu});
}

TEST(RealTime, processors_that_are_not_there_are_refused) {
    for (const char* cpus : {"1023", "0,1023"}) {
        const Ended ended = run({"member", "--group", "test.A", "--beacon", "off", "--cpus", cpus});
        EXPECT_EQ(ended.status, 64);
        EXPECT_NE(ended.errors.find("--cpus"), std::string::npos) << ended.errors;
    }
}

TEST(RealTime, a_priority_that_the_machine_refuses_ends_with_what_to_grant) {
    rlimit limit{};
    getrlimit(RLIMIT_RTPRIO, &limit);
    if (limit.rlim_cur > 0) GTEST_SKIP() << "RLIMIT_RTPRIO permits everybody here real time";
    without_capability(CAP_SYS_NICE, [] {
        const Ended ended =
            run({"member", "--group", "test.A", "--beacon", "off", "--rt-priority", "7"});
        EXPECT_EQ(ended.status, 64);
        EXPECT_NE(ended.errors.find("--rt-priority"), std::string::npos) << ended.errors;
        EXPECT_NE(ended.errors.find("CAP_SYS_NICE"), std::string::npos) << ended.errors;
        EXPECT_EQ(std::count(ended.errors.begin(), ended.errors.end(), '\n'), 1) << ended.errors;
    });
}

TEST(RealTime, memory_is_locked_or_the_member_says_what_to_grant) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "AddressSanitizer keeps mlockall() from locking anything";
#endif
    Process locked({"member", "--group", "test.A", "--beacon", "off", "--json", "--lock-memory"});
    if (!locked.await_event("started").is_null()) {
        std::ifstream status("/proc/" + std::to_string(locked.threads("quorate").front()) +
                             "/status");
        std::string line;
        while (std::getline(status, line) && line.rfind("VmLck:", 0) != 0) {
        }
        ASSERT_EQ(line.rfind("VmLck:", 0), 0u);
        EXPECT_GT(std::stol(line.substr(6)), 1000) << line;
    }
    rlimit limit{};
    getrlimit(RLIMIT_MEMLOCK, &limit);
    if (limit.rlim_cur > (16 << 20)) GTEST_SKIP() << "RLIMIT_MEMLOCK permits much here";
    without_capability(CAP_IPC_LOCK, [] {
        const Ended ended =
            run({"member", "--group", "test.A", "--beacon", "off", "--lock-memory"});
        EXPECT_EQ(ended.status, 64);
        EXPECT_NE(ended.errors.find("CAP_IPC_LOCK"), std::string::npos) << ended.errors;
    });
}

TEST(Profile, rt_founds_a_group_and_explicit_times_win) {
    GroupOfMembers group(3, {"--profile", "rt", "--election-min-ms", "150", "--election-max-ms",
                             "300", "--peer-timeout-ms", "1000"});
    Member& victim = group.follower();
    Member& contact = *group.others(victim).front();
    victim.process.kill();
    // The same, said in times alone: no difference that the group would refuse.
    Member newcomer("newcomer", {"--size", "3", "--heartbeat-ms", "5", "--seed", contact.endpoint});
    EXPECT_FALSE(newcomer.process.await_event("joined").is_null());
}

TEST(Profile, belongs_to_the_group) {
    GroupOfMembers group(3);
    Process other({"member", "--group", "test.A", "--beacon", "off", "--size", "3", "--profile",
                   "rt", "--seed", group[0].endpoint});
    EXPECT_EQ(other.await_exit(), 77);
    const std::string errors = other.errors();
    EXPECT_NE(errors.find("--heartbeat-ms"), std::string::npos) << errors;
}

}  // namespace
}  // namespace quorate::blackbox
