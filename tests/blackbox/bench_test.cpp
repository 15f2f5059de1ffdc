// The baselines of `quorate bench` that have something to get wrong, as the processes that they
// are.
#include <gtest/gtest.h>
#include <signal.h>

#include "loopback.h"
#include "process.h"

namespace quorate::blackbox {
namespace {

/// The moment, in nanoseconds, of the next line "WORD NS"; 0 without one.
std::int64_t await_moment(Process& worker, const std::string& word) {
    const auto line =
        worker.await_line([&](const std::string& said) { return said.rfind(word + " ", 0) == 0; });
    EXPECT_TRUE(line) << "never said " << word << ": " << worker.errors();
    return line ? std::stoll(line->substr(word.size() + 1)) : 0;
}

TEST(Bench, the_baseline_of_a_leader_that_hangs_is_a_silence_that_lasted) {
    Arguments ports;
    {
        const Loopback beats(SOCK_STREAM);
        const Loopback watches(SOCK_STREAM);
        ports = {std::to_string(beats.port()), std::to_string(watches.port())};
    }
    Arguments beating{"bench", "--worker", "pulse", "50000", "0"};
    Arguments watching{"bench", "--worker", "watcher", "500000", "600000", "1"};
    beating.insert(beating.end(), ports.begin(), ports.end());
    watching.insert(watching.end(), ports.begin(), ports.end());
    Process watcher(watching);
    Process pulse(beating);
    for (int round = 0; round < 2; ++round) {
        const std::int64_t heard = await_moment(watcher, "heard");
        pulse.send_signal(SIGSTOP);
        const std::int64_t missed = await_moment(watcher, "missed");
        EXPECT_GE(missed - heard, 500'000'000) << "the shortest timeout, since the last beat";
        pulse.send_signal(SIGCONT);
    }
}

}  // namespace
}  // namespace quorate::blackbox
