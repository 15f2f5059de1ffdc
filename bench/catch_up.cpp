// catch-up: a follower of 3 is stopped (SIGSTOP) and goes on (SIGCONT) far behind, while a client
// keeps 64 ordered messages outstanding at the leader.
#include <algorithm>
#include <csignal>
#include <optional>
#include <sstream>

#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// How far the leader's log was committed at one moment.
struct Mark {
    std::int64_t at_ns = 0;
    std::uint64_t index = 0;
};

/// Entries committed in some time; sums over rounds.
struct Pace {
    double entries = 0;
    double nanoseconds = 0;

    void add(const Mark& from, const Mark& to) {
        entries += static_cast<double>(to.index - from.index);
        nanoseconds += static_cast<double>(to.at_ns - from.at_ns);
    }
    double per_second() const { return nanoseconds > 0 ? entries * 1e9 / nanoseconds : 0; }
};

struct Outcome {
    Samples took;  ///< from SIGCONT on
    Pace before;   ///< all three run
    Pace without;  ///< the follower is stopped
    Pace during;   ///< from SIGCONT until it has caught up
    Pace second;   ///< the second after SIGCONT
    std::size_t evicted = 0;
    std::size_t by_state = 0;  ///< an evicted one is not told of the state it is given

    void add(const Outcome& round) {
        took.add(round.took);
        for (const auto pace :
             {&Outcome::before, &Outcome::without, &Outcome::during, &Outcome::second}) {
            (this->*pace).entries += (round.*pace).entries;
            (this->*pace).nanoseconds += (round.*pace).nanoseconds;
        }
        evicted += round.evicted;
        by_state += round.by_state;
    }
};

constexpr std::size_t all_members = 3;

/// Leadership was lost under the stream: the round doesn't count.
struct Deposed {};

class Round {
public:
    Round(Ensemble& members, const Timing& timing)
        : leader_(members.leading()),
          follower_(members.following()),
          bound_(seconds(10) + 10 * timing.peer_timeout) {
        leader_.forget();
        follower_.forget();
    }

    Outcome run(std::uint64_t behind) {
        Outcome outcome;
        leader_.say("stream 64 256 5");
        const Mark warm = await(next_mark(), milliseconds(500));
        const Mark stopped = await(warm, milliseconds(1500));
        outcome.before.add(warm, stopped);
        follower_.signal(SIGSTOP);
        Mark mark = stopped;
        while (mark.index < stopped.index + behind) mark = next_mark();
        outcome.without.add(stopped, mark);
        const Mark returned = latest_mark();
        const std::int64_t begin = monotonic_ns();
        follower_.signal(SIGCONT);
        const Mark caught_up = await_caught_up(returned);
        outcome.took.add(monotonic_ns() - begin);
        outcome.during.add(returned, caught_up);
        outcome.second.add(returned, await_until(caught_up, returned.at_ns + 1'000'000'000));
        leader_.say("end");
        leader_.expect("streamed", bound_);
        outcome.evicted = was_told("evicted") ? 1 : 0;
        outcome.by_state = was_told("restored") ? 1 : 0;
        return outcome;
    }

private:
    Mark next_mark() {
        std::istringstream words(leader_.expect("at", bound_));
        Mark mark;
        if (!(words >> mark.at_ns >> mark.index)) throw Deposed{};
        return mark;
    }

    Mark latest_mark() {
        Mark mark = next_mark();
        while (monotonic_ns() - mark.at_ns > 10'000'000) mark = next_mark();
        return mark;
    }

    Mark await(const Mark& from, Duration time) {
        return await_until(from, from.at_ns + time.count());
    }

    Mark await_until(Mark mark, std::int64_t at_ns) {
        while (mark.at_ns < at_ns) mark = next_mark();
        return mark;
    }

    /// Until the follower is in the roster and holds what the leader had committed when it was last
    /// heard of.
    Mark await_caught_up(Mark mark) {
        const std::int64_t deadline = monotonic_ns() + 6 * Duration(bound_).count();
        while (monotonic_ns() < deadline) {
            follower_.say("status");
            if (index_in(follower_.expect("status", bound_)) >= mark.index) {
                return latest_mark();
            }
            mark = latest_mark();
        }
        throw Failed("the follower did not catch up in time");
    }

    static std::uint64_t index_in(const std::string& status) {
        std::istringstream words(status);
        std::string state;
        std::string leader;
        std::size_t voters = 0;
        std::size_t alive = 0;
        bool lease = false;
        std::uint64_t index = 0;
        words >> state >> leader >> voters >> alive >> lease >> index;
        return leader == "none" || alive < all_members ? 0 : index;
    }

    bool was_told(const char* word) {
        try {
            follower_.expect(word, milliseconds(200));
            return true;
        } catch (const Failed&) {
            return false;
        }
    }

    Process& leader_;
    Process& follower_;
    std::chrono::nanoseconds bound_;
};

struct Case {
    const char* name;
    std::uint64_t behind;
    int rounds;
};

void report_pace(const std::string& name, const char* baseline, const Pace& ours,
                 const Outcome& outcome, const Report& report) {
    Figure figure{.name = name, .baseline = baseline, .samples = outcome.took.size()};
    figure.per_second = ours.per_second();
    figure.baseline_per_second = outcome.before.per_second();
    report(figure);
}

void measure(Ensemble& members, const Timing& timing, const Case& each, const Report& report) {
    Outcome all;
    int deposed = 0;
    for (int i = 0; i < each.rounds;) {
        members.await_settled();
        try {
            all.add(Round(members, timing).run(each.behind));
            ++i;
        } catch (const Deposed&) {
            for (std::size_t m = 0; m < members.size(); ++m) members.member(m).signal(SIGCONT);
            if (++deposed > 5) throw Failed("the leader keeps losing its leadership");
        }
    }
    const char* before = "the same leader, before the follower was stopped";
    const std::string name = std::string("catch-up/") + each.name;
    Figure figure{.name = name, .baseline = before};
    all.took.describe(figure);
    figure.evicted = static_cast<double>(all.evicted);
    figure.by_state = static_cast<double>(all.by_state);
    figure.per_second = all.during.per_second();
    figure.baseline_per_second = all.before.per_second();
    report(figure);
    report_pace(name + "/first-second", before, all.second, all, report);
    report_pace(name + "/stopped", before, all.without, all, report);
}

}  // namespace

void measure_catch_up(const Profile& profile, const Report& report) {
    Ensemble members(all_members, profile.timing);
    measure(members, profile.timing, {.name = "50000", .behind = 50'000, .rounds = 10}, report);
    measure(members, profile.timing, {.name = "1000000", .behind = 1'000'000, .rounds = 3}, report);
}

}  // namespace quorate::bench
