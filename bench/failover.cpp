// failover-kill and failover-hang: how long a group of 3 is without a leader when its leader is
// killed, or stops without a word.
#include <algorithm>
#include <csignal>
#include <random>
#include <sstream>
#include <thread>

#include "bench/bare/start.h"
#include "bench/measurements.h"
#include "bench/member/ensemble.h"
#include "bench/samples.h"
#include "bench/stopwatch.h"

namespace quorate::bench {

namespace {

constexpr int rounds = 30;

/// A moment that a worker told: "TERM NS".
struct Told {
    std::uint64_t term = 0;
    std::int64_t at_ns = 0;
};

Told read_told(const std::string& text) {
    std::istringstream words(text);
    Told told;
    words >> told.term >> told.at_ns;
    return told;
}

/// What became of one round, in nanoseconds after the blow.
struct FailOver {
    Samples leader_known;  ///< at the last of the survivors
    Samples first_commit;
    Samples first_lease;
};

class Rounds {
public:
    explicit Rounds(const Timing& timing)
        : members_(3, timing), timing_(timing), bound_(10 * timing.peer_timeout) {}

    /// Waits until all is well, and a while more, so that rounds begin anywhere between heartbeats.
    void settle() {
        members_.await_settled();
        std::uniform_int_distribution<std::int64_t> phase(0, timing_.heartbeat.count());
        std::this_thread::sleep_for(2 * timing_.election_max + Duration(phase(random_)));
        members_.await_settled();
        for (std::size_t i = 0; i < members_.size(); ++i) members_.member(i).forget();
    }

    /// Sends `signal` to the leader; returns which member that was.
    std::size_t strike(int signal, FailOver& seen) {
        const std::size_t victim = members_.leader();
        const std::vector<std::size_t> survivors = members_.followers();
        const std::int64_t begin = monotonic_ns();
        members_.member(victim).signal(signal);
        // Who is elected may be deposed at once; what counts is the term that both come to share.
        std::vector<Told> known;
        for (const std::size_t each : survivors) known.push_back(expect(each, "elected"));
        while (known[0].term != known[1].term) {
            const std::size_t behind = known[0].term < known[1].term ? 0 : 1;
            known[behind] = expect(survivors[behind], "elected");
        }
        seen.leader_known.add(std::max(known[0].at_ns, known[1].at_ns) - begin);
        add_of_new_leader(known[0].term, begin, seen);
        return victim;
    }

    Ensemble& members() { return members_; }

private:
    Told expect(std::size_t member, const char* word) {
        return read_told(members_.member(member).expect(word, bound_));
    }

    /// Only the leader of that term tells of its first commit and its first lease.
    void add_of_new_leader(std::uint64_t term, std::int64_t begin, FailOver& seen) {
        const std::size_t leader = find_leader();
        Told commit;
        while (commit.term != term) commit = expect(leader, "committed");
        Told lease;
        while (lease.term != term) lease = expect(leader, "lease");
        seen.first_commit.add(commit.at_ns - begin);
        seen.first_lease.add(lease.at_ns - begin);
    }

    std::size_t find_leader() {
        const std::int64_t deadline = monotonic_ns() + bound_.count();
        while (monotonic_ns() < deadline) {
            for (const std::size_t each : members_.followers()) {
                members_.member(each).say("status");
                if (members_.member(each).expect("status", bound_).starts_with("leader ")) {
                    return each;
                }
            }
        }
        throw Failed("no survivor says that it leads");
    }

    Ensemble members_;
    const Timing timing_;
    const Duration bound_;
    std::mt19937_64 random_{20};
};

/// Two survivors on bare libzmq, and one victim after another.
class BareRounds {
public:
    BareRounds() : ports_(find_free_ports(3)) {
        for (const char* index : {"0", "1"}) {
            survivors_.emplace_back(bare::worker_arguments("survivor", {index}, ports_));
        }
    }

    std::int64_t strike() {
        Process victim(bare::worker_arguments("victim", {}, ports_));
        for (Process& each : survivors_) each.expect("ready", burst_bound);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        const std::int64_t begin = monotonic_ns();
        victim.signal(SIGKILL);
        std::int64_t last = begin;
        for (Process& each : survivors_) {
            last = std::max<std::int64_t>(last, std::stoll(each.expect("known", burst_bound)));
        }
        return last - begin;
    }

private:
    std::vector<Port> ports_;
    std::vector<Process> survivors_;
};

std::string in_microseconds(Duration duration) {
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(duration).count());
}

/// Heartbeats on bare libzmq that stop again and again, and one who watches for that.
class BareSilences {
public:
    explicit BareSilences(const Timing& timing)
        : phase_(timing.heartbeat.count(), 2 * timing.heartbeat.count()),
          ports_(find_free_ports(2)),
          beating_(
              bare::worker_arguments("pulse", {in_microseconds(timing.heartbeat), "0"}, ports_)),
          watcher_(bare::worker_arguments(
              "watcher",
              {in_microseconds(timing.election_min), in_microseconds(timing.election_max), "1"},
              ports_)) {}

    std::int64_t strike() {
        while (true) {
            watcher_.expect("heard", burst_bound);
            std::this_thread::sleep_for(Duration(phase_(random_)));
            const std::int64_t begin = monotonic_ns();
            beating_.signal(SIGSTOP);
            const std::int64_t missed = std::stoll(watcher_.expect("missed", burst_bound));
            beating_.signal(SIGCONT);
            // On a busy machine it may have missed one that was late, before.
            if (missed >= begin) return missed - begin;
        }
    }

private:
    std::uniform_int_distribution<std::int64_t> phase_;
    std::mt19937_64 random_{21};
    std::vector<Port> ports_;
    Process beating_;
    Process watcher_;
};

void report_samples(const std::string& name, const std::string& baseline, const Samples& samples,
                    double baseline_us, const Report& report) {
    Figure figure{.name = name, .baseline = baseline};
    samples.describe(figure);
    figure.baseline_p50_us = baseline_us;
    report(figure);
}

}  // namespace

void measure_failover_kill(const Profile& profile, const Report& report) {
    Rounds ours(profile.timing);
    BareRounds theirs;
    FailOver seen;
    Samples floor;
    for (int i = 0; i < rounds; ++i) {
        ours.settle();
        ours.members().restart(ours.strike(SIGKILL, seen));
        floor.add(theirs.strike());
    }
    const char* baseline =
        "bare libzmq: two survivors see the killed one's connection close, and make one round trip";
    const double floor_us = floor.median_us();
    report_samples("failover-kill/leader-known", baseline, seen.leader_known, floor_us, report);
    report_samples("failover-kill/first-commit", baseline, seen.first_commit, floor_us, report);
    report_samples("failover-kill/first-lease", baseline, seen.first_lease, floor_us, report);
}

void measure_failover_hang(const Profile& profile, const Report& report) {
    Rounds ours(profile.timing);
    BareSilences theirs(profile.timing);
    FailOver seen;
    Samples floor;
    for (int i = 0; i < rounds; ++i) {
        ours.settle();
        const std::size_t stopped = ours.strike(SIGSTOP, seen);
        ours.members().member(stopped).signal(SIGCONT);
        floor.add(theirs.strike());
    }
    const char* baseline =
        "bare libzmq: who hears as many heartbeats waits for as long a random time after the last";
    const double floor_us = floor.median_us();
    report_samples("failover-hang/leader-known", baseline, seen.leader_known, floor_us, report);
    report_samples("failover-hang/first-commit", baseline, seen.first_commit, floor_us, report);
    report_samples("failover-hang/first-lease", baseline, seen.first_lease, floor_us, report);
}

}  // namespace quorate::bench
