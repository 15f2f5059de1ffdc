#include "sim/core/coverage.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace quorate::sim::core {

namespace {

/// In the order of Branch.
constexpr std::array<const char*, branches> names = {
    "elected after timeout",
    "elected after proof of death",
    "elected after transfer",
    "elected as founder",
    "vote refused stale term",
    "vote refused sticky",
    "vote refused log behind",
    "vote refused voted already",
    "vote refused withheld",
    "proof of death",
    "proof of death too old",
    "suspected",
    "stepped down by check quorum",
    "stepped down for higher term",
    "stepped down as removed",
    "stepped down as stalled",
    "leader stalled",
    "follower stalled",
    "leader crashed",
    "leader suspended under lease",
    "transfer to preferred",
    "transfer done",
    "transfer failed",
    "transfer given up",
    "joint entered",
    "joint left",
    "elected while joint",
    "leader crashed while joint",
    "committed while joint",
    "configuration undone",
    "learner added",
    "learner removed",
    "voter replaced",
    "several voters replaced at once",
    "group grown",
    "change refused",
    "log truncated",
    "append rejected",
    "conflict hint term",
    "proposal overwritten",
    "proposal pushed back",
    "command repeated",
    "compacted",
    "snapshot sent",
    "snapshot chunk",
    "snapshot installed",
    "snapshot refused",
    "brought up at a pace",
    "restarted from disk",
    "rebooted",
    "restored from snapshot",
    "write lost",
    "write kept unsynced",
    "record torn",
    "hard state lost",
    "sync stalled",
    "crashed in stalled sync",
    "committed before own sync",
    "disk halted",
    "leader halted",
    "all crashed",
    "volatile crashed",
    "volatile replaced",
    "entry withheld",
    "witness named",
    "witness replaced",
    "witness given state",
    "message lost",
    "message doubled",
    "message cut",
    "message held",
    "inbox full at resume",
    "read through log",
    "read under lease",
    "read by index",
    "read lost",
    "outcome unknown",
    "request abandoned",
};
static_assert(names.back() != nullptr, "each branch has a name");

using Field = std::pair<std::uint64_t Totals::*, const char*>;
constexpr std::array<Field, 8> told = {{
    {&Totals::elections, "elections"},
    {&Totals::crashes, "crashes"},
    {&Totals::cuts, "cuts"},
    {&Totals::pauses, "pauses"},
    {&Totals::suspends, "suspends"},
    {&Totals::writes, "writes"},
    {&Totals::reads, "reads"},
    {&Totals::messages, "messages"},
}};

std::string in_timeouts(std::uint64_t percent) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", static_cast<double>(percent) / 100.0);
    return text;
}

}  // namespace

const char* name_of(Branch branch) {
    return names[static_cast<std::size_t>(branch)];
}

void Coverage::add(const Coverage& other) {
    for (std::size_t i = 0; i < branches; ++i) taken[i] += other.taken[i];
}

std::vector<Branch> Coverage::never_reached() const {
    std::vector<Branch> missing;
    for (std::size_t i = 0; i < branches; ++i) {
        if (taken[i] == 0) missing.push_back(static_cast<Branch>(i));
    }
    return missing;
}

std::string Coverage::table() const {
    std::string text;
    for (std::size_t i = 0; i < branches; ++i) {
        char line[96];
        std::snprintf(line, sizeof line, "%12llu  %s\n", static_cast<unsigned long long>(taken[i]),
                      names[i]);
        text += line;
    }
    return text;
}

void Totals::add(const Totals& other) {
    for (const Field& field : told) this->*field.first += other.*field.first;
    seeds += other.seeds;
    failed += other.failed;
    simulated_ms += other.simulated_ms;
    searched += other.searched;
    given_up += other.given_up;
    leader_after = std::max(leader_after, other.leader_after);
    all_done_after = std::max(all_done_after, other.all_done_after);
    coverage.add(other.coverage);
}

std::string Totals::summary() const {
    char hours[48];
    std::snprintf(hours, sizeof hours, "%.1f simulated hours",
                  static_cast<double>(simulated_ms) / 3'600'000.0);
    std::string text = hours;
    for (const Field& field : told) {
        text += ", " + std::to_string(this->*field.first) + " " + field.second;
    }
    if (given_up > 0) text += ", " + std::to_string(given_up) + " histories not judged";
    text += "; once faults ended a leader within " + in_timeouts(leader_after) +
            " election timeouts, all done within " + in_timeouts(all_done_after) + " more";
    const std::vector<Branch> missing = coverage.never_reached();
    text += "; " + std::to_string(branches - missing.size()) + " of " + std::to_string(branches) +
            " branches reached";
    // So many seeds should have met everything.
    for (std::size_t i = 0; seeds >= enough_seeds && i < missing.size(); ++i) {
        text += (i == 0 ? ", never: " : ", ") + std::string(name_of(missing[i]));
    }
    return text;
}

}  // namespace quorate::sim::core
