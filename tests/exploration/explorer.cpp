#include "tests/exploration/explorer.h"

#include <algorithm>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "tests/exploration/group.h"
#include "tests/exploration/hash_table.h"
#include "tests/exploration/level.h"
#include "tests/exploration/opening.h"
#include "tests/exploration/story.h"

namespace quorate::exploration {

namespace {

using Clock = std::chrono::steady_clock;

/// While it lives, an invariant that the core finds broken is a violation like any other.
class ChecksAreViolations {
public:
    ChecksAreViolations() : before_(base::set_check_handler(&fail)) {}
    ~ChecksAreViolations() { base::set_check_handler(before_); }
    ChecksAreViolations(const ChecksAreViolations&) = delete;
    ChecksAreViolations& operator=(const ChecksAreViolations&) = delete;

private:
    [[noreturn]] static void fail(std::string_view where, std::string_view what) {
        throw Violation{"the core's own invariant",
                        std::string(what) + " (" + std::string(where) + ")"};
    }
    base::CheckHandler before_;
};

class Explorer {
public:
    Explorer(const Setting& setting, const Limits& limits) : group_(setting), limits_(limits) {}

    Report run() {
        const ChecksAreViolations checks;
        const Clock::time_point begin = Clock::now();
        if (open()) go_through_levels();
        report_.counts.states = trail_.size();
        report_.counts.core_steps = group_.replicas().inputs();
        report_.counts.twins = group_.replicas().twins_compared();
        report_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
        return std::move(report_);
    }

private:
    struct Step {
        std::uint32_t from = 0;
        std::uint32_t action = 0;
    };

    bool open() {
        Opening opening(group_);
        try {
            if (group_.setting().open) group_.setting().open(opening);
        } catch (const Violation& violation) {
            report_.violation = violation;
            report_.story = tell(group_, opening.origin(), opening.path());
            return false;
        }
        origin_ = opening.origin();
        prefix_ = opening.path();
        State first = opening.state();
        first.trail = 0;
        visited_.insert(first.hash());
        trail_.push_back({});
        frontier_.push(first);
        return true;
    }

    void go_through_levels() {
        while (!frontier_.empty() && report_.depth < limits_.depth) {
            State state;
            while (frontier_.pop(state)) {
                if (out_of_limits() || !go_on_from(state)) return;
            }
            std::swap(frontier_, next_);
            if (!frontier_.empty()) ++report_.depth;
        }
        report_.exhausted = frontier_.empty();
    }

    bool out_of_limits() {
        if (trail_.size() >= limits_.states) return true;
        return limits_.until && ++asked_ % 1024 == 0 && Clock::now() >= *limits_.until;
    }

    /// False when a rule is broken.
    bool go_on_from(const State& state) {
        group_.steps(state, actions_);
        for (const Action& action : actions_) {
            try {
                auto taken = group_.take(state, action);
                if (taken) arrive(*taken, state.trail, action);
            } catch (const Violation& violation) {
                report_.violation = violation;
                std::vector<Action> path = path_to(state.trail);
                path.push_back(action);
                report_.story = tell(group_, origin_, path);
                return false;
            }
        }
        return true;
    }

    void arrive(Group::Taken& taken, std::uint32_t from, const Action& action) {
        count_step(taken, action);
        if (!visited_.insert(taken.state.hash())) return;
        taken.state.trail = static_cast<std::uint32_t>(trail_.size());
        next_.push(taken.state);
        trail_.push_back({from, action.packed()});
        count_state(taken.state);
    }

    void count_step(const Group::Taken& taken, const Action& action) {
        Counts& counts = report_.counts;
        const auto has = [&](std::uint16_t bit) { return (taken.happened & bit) != 0; };
        ++counts.transitions;
        counts.leaders += has(happened::elected);
        counts.deposed += has(happened::deposed);
        counts.commits += has(happened::committed);
        counts.truncations += has(happened::truncated);
        counts.changes_done += has(happened::left_joint);
        counts.states_taken += has(happened::restored);
        counts.crashes += action.act == Act::crash;
        counts.restarts += action.act == Act::restart;
        counts.transfers += action.act == Act::transfer;
        counts.crowded += taken.crowded;
    }

    void count_state(const State& state) {
        bool joint = false;
        bool lease = false;
        bool down = false;
        for (Node node = 0; node < group_.setting().nodes; ++node) {
            const Replica& replica = group_.replicas()[state.replicas[node]];
            joint |= replica.joint;
            lease |= replica.lease;
            down |= !replica.running;
        }
        report_.counts.joint += joint;
        report_.counts.leases += lease;
        report_.counts.down += down;
    }

    std::vector<Action> path_to(std::uint32_t trail) const {
        std::vector<Action> path;
        for (; trail != 0; trail = trail_[trail].from) {
            path.push_back(Action::unpacked(trail_[trail].action));
        }
        path.insert(path.end(), prefix_.rbegin(), prefix_.rend());
        std::reverse(path.begin(), path.end());
        return path;
    }

    Group group_;
    Limits limits_;
    Report report_;
    State origin_;
    std::vector<Action> prefix_;
    std::vector<Action> actions_;
    Level frontier_;
    Level next_;
    std::deque<Step> trail_;
    HashSet visited_;
    std::uint64_t asked_ = 0;
};

}  // namespace

void Counts::add(const Counts& other) {
    states += other.states;
    transitions += other.transitions;
    leases += other.leases;
    joint += other.joint;
    down += other.down;
    leaders += other.leaders;
    deposed += other.deposed;
    commits += other.commits;
    truncations += other.truncations;
    changes_done += other.changes_done;
    crashes += other.crashes;
    restarts += other.restarts;
    transfers += other.transfers;
    states_taken += other.states_taken;
    crowded += other.crowded;
    core_steps += other.core_steps;
    twins += other.twins;
}

Report explore(const Setting& setting, const Limits& limits) {
    return Explorer(setting, limits).run();
}

}  // namespace quorate::exploration
