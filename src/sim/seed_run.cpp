#include "sim/seed_run.h"

#include <exception>

#include "base/check.h"
#include "sim/default_settling.h"
#include "sim/faults.h"
#include "sim/hostile.h"
#include "sim/operator.h"
#include "sim/settling.h"
#include "sim/workload.h"
#include "sim/world.h"

namespace quorate::sim {

using namespace std::chrono_literals;

namespace {

/// A broken invariant of the library ends the seed, not the simulator.
void on_check(std::string_view where, std::string_view what) {
    broken("an invariant of the library", std::string(where) + ": " + std::string(what));
}

/// `SettlingRule`: what must come about once all faults have ended.
template <class SettlingRule>
class SeedRun {
public:
    SeedRun(const Profile& profile, std::uint64_t seed, const RunOptions& options,
            Counters& counters)
        : profile_(profile),
          story_(options.trace),
          dice_(seed),
          world_(profile_, dice_.next(), story_, counters),
          workload_(world_, dice_.next()),
          faults_(world_, workload_, dice_.next()),
          hostile_(world_, dice_.next()),
          settling_(world_, workload_),
          operator_(world_, seed) {
        world_.on_start = [this](Process& process) { workload_.begin(process); };
        world_.on_event = [this](Process& process, const Event& event) {
            workload_.react(process, event);
            settling_.watch(process, event);
        };
        world_.on_exit = [this](Node node) { faults_.exited(node); };
    }

    void run() {
        if (story_.on()) story_.tell(now(), "*", profile_.describe());
        for (Node node = 0; node < world_.machines(); ++node) {
            const Nanos delay = dice_.one_in(2) ? Nanos(0) : dice_.between(0s, 2s);
            world_.scheduler().after(delay, [this, node] { world_.start(node); });
        }
        faults_.begin();
        hostile_.begin();
        operator_.begin();
        world_.scheduler().run_until(profile_.chaos);
        workload_.calm_down();
        hostile_.stop();
        faults_.end();
        settling_.run();
    }

    Nanos now() { return world_.scheduler().now(); }
    std::uint64_t frames() { return world_.network().frames(); }

private:
    const Profile profile_;
    const Story story_;
    base::Random dice_;
    World world_;
    Workload workload_;
    Faults faults_;
    Hostile hostile_;
    SettlingRule settling_;
    Operator operator_;
};

}  // namespace

std::string Verdict::describe() const {
    if (ok()) return "seed " + std::to_string(seed) + " passes";
    return "seed " + std::to_string(seed) + " breaks the rule \"" + broken->rule + "\" at " +
           seconds(at) + " s: " + broken->details;
}

namespace {

template <class SettlingRule>
Verdict run_world(const Profile& profile, std::uint64_t seed, const RunOptions& options) {
    Verdict verdict;
    verdict.seed = seed;
    const base::CheckHandler before = base::set_check_handler(on_check);
    SeedRun<SettlingRule> run(profile, seed, options, verdict.counters);
    try {
        run.run();
    } catch (const RuleBroken& broken) {
        verdict.broken = broken;
    } catch (const std::exception& error) {
        verdict.broken = RuleBroken{"no exception leaves the library", error.what()};
    }
    base::set_check_handler(before);
    verdict.at = run.now();
    verdict.counters.seeds = 1;
    verdict.counters.failed = verdict.ok() ? 0 : 1;
    verdict.counters.simulated_ms = static_cast<std::uint64_t>(run.now() / 1ms);
    verdict.counters.frames = run.frames();
    return verdict;
}

}  // namespace

Verdict run_seed(std::uint64_t seed, const RunOptions& options) {
    return run_world<Settling>(draw_profile(seed), seed, options);
}

Verdict run_default_seed(std::uint64_t seed, const RunOptions& options) {
    return run_world<DefaultSettling>(draw_default_profile(seed), seed, options);
}

}  // namespace quorate::sim
