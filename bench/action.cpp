// action-lateness: how long after the agreed moment each of 3 members acts, 1,000 times. Beside it,
// between two moments, a thread of this process sleeps until one by bare clock_nanosleep.
#include <pthread.h>
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>

#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

constexpr int rounds = 1000;
constexpr std::int64_t between_ns = 10'000'000;
/// Asked for so long before the first moment.
constexpr std::int64_t lead_ns = 2'000'000'000;

void be_real_time() {
    sched_param parameters{};
    parameters.sched_priority = fifo_priority;
    const int problem = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
    if (problem != 0) {
        throw Failed("SCHED_FIFO is not permitted here (" + std::string(std::strerror(problem)) +
                     "): run as root, or grant CAP_SYS_NICE");
    }
}

/// The baseline: absolute sleeps, and nothing else.
Samples sleep_until_each(std::int64_t first_ns) {
    Samples samples;
    for (int i = 0; i < rounds; ++i) {
        const std::int64_t moment = first_ns + i * between_ns;
        const timespec until{moment / 1'000'000'000, moment % 1'000'000'000};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
        }
        samples.add(monotonic_ns() - moment);
    }
    return samples;
}

Samples run_baseline(std::int64_t first_ns, bool fifo) {
    Samples samples;
    std::exception_ptr problem;
    std::thread sleeper([&] {
        try {
            prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
            if (fifo) be_real_time();
            samples = sleep_until_each(first_ns);
        } catch (...) {
            problem = std::current_exception();
        }
    });
    sleeper.join();
    if (problem) std::rethrow_exception(problem);
    return samples;
}

void measure(const Profile& profile, const Report& report, bool fifo) {
    Ensemble members(3, profile.timing, fifo);
    members.await_settled();
    const std::int64_t first_ns = monotonic_ns() + lead_ns;
    members.following().say("actions " + std::to_string(rounds) + ' ' + std::to_string(first_ns) +
                            ' ' + std::to_string(between_ns));
    const Samples slept = run_baseline(first_ns + between_ns / 2, fifo);
    Samples acted;
    for (std::size_t i = 0; i < members.size(); ++i) {
        members.member(i).say("acts " + std::to_string(rounds));
        const Samples its = Samples::parse(members.member(i).expect("acts", burst_bound));
        if (its.size() != rounds) throw Failed("a member has missed an action");
        acted.add(its);
    }
    Figure figure{.name = fifo ? "action-lateness/fifo" : "action-lateness",
                  .baseline = fifo ? "clock_nanosleep alone, SCHED_FIFO" : "clock_nanosleep alone"};
    acted.describe(figure);
    figure.baseline_p50_us = slept.median_us();
    report(figure);
    Figure bare{.name = figure.name + "/bare", .baseline = "the baseline of the one above"};
    slept.describe(bare);
    report(bare);
}

}  // namespace

void measure_action_lateness(const Profile& profile, const Report& report) {
    measure(profile, report, false);
    measure(profile, report, true);
}

}  // namespace quorate::bench
