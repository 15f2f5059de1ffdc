#include "sim/core/seed_run.h"

#include <exception>

#include "base/check.h"
#include "sim/core/clients.h"
#include "sim/core/driver.h"
#include "sim/core/faults.h"
#include "sim/core/settling.h"

namespace quorate::sim::core {

using namespace std::chrono_literals;

namespace {

/// A broken invariant of the core ends the seed, not the simulator.
void on_check(std::string_view where, std::string_view what) {
    broken("an invariant of the library", std::string(where) + ": " + std::string(what));
}

class SeedRun {
public:
    SeedRun(std::uint64_t seed, const RunOptions& options, Totals& totals)
        : profile_(draw_profile(seed)),
          story_(options.trace),
          dice_(seed),
          world_(profile_, dice_.next(), story_, totals),
          driver_(world_, dice_.next()),
          faults_(world_, dice_.next()),
          clients_(world_, dice_.next()),
          settling_(world_, clients_) {}

    void run() {
        world_.tell(profile_.describe());
        world_.begin();
        driver_.begin();
        faults_.begin();
        clients_.begin();
        world_.scheduler().run_until(profile_.chaos);
        driver_.calm_down();
        clients_.calm_down();
        faults_.end();
        settling_.run();
        clients_.judge();
    }

    Nanos now() const { return world_.now(); }

private:
    const Profile profile_;
    const Story story_;
    base::Random dice_;
    World world_;
    Driver driver_;
    Faults faults_;
    Clients clients_;
    Settling settling_;
};

}  // namespace

std::string Verdict::describe() const {
    if (ok()) return "seed " + std::to_string(seed) + " passes";
    return "seed " + std::to_string(seed) + " breaks the rule \"" + broken->rule + "\" at " +
           seconds(at) + " s: " + broken->details;
}

Verdict run_seed(std::uint64_t seed, const RunOptions& options) {
    Verdict verdict;
    verdict.seed = seed;
    const base::CheckHandler before = base::set_check_handler(on_check);
    SeedRun run(seed, options, verdict.totals);
    try {
        run.run();
    } catch (const RuleBroken& rule) {
        verdict.broken = rule;
    } catch (const std::exception& error) {
        verdict.broken = RuleBroken{"no exception leaves the library", error.what()};
    }
    base::set_check_handler(before);
    verdict.at = run.now();
    verdict.totals.seeds = 1;
    verdict.totals.failed = verdict.ok() ? 0 : 1;
    verdict.totals.simulated_ms = static_cast<std::uint64_t>(run.now() / 1ms);
    return verdict;
}

}  // namespace quorate::sim::core
