// Acting together at one moment.
#include <algorithm>

#include "demo_story.h"
#include "demo_text.h"

namespace quorate::apps {

namespace {
/// On a machine with too much to do, somebody may wake up too late to act.
constexpr int tries = 3;
}  // namespace

void DemoStory::timed_action() {
    const Stage::Step step{"timed action", all() + " act at the agreed moment"};
    const std::string deed = "close breaker 7";
    const Crowd members = stage_.members();
    Voters voters{.asker = followers().front(), .no = {}, .yes = {}};
    for (DemoMember* m : members) {
        if (voters.yes.size() < size_ / 2 + 1) voters.yes.push_back(m);
    }
    std::string missed;
    for (int i = 0; i < tries; ++i) {
        const Decided decided = poll(step, "request-action majority 1000 1500 " + deed, voters);
        const auto due = is_event("action_due", "poll", decided.id);
        const auto late = is_event("action_missed", "poll", decided.id);
        const auto over = [&](const DemoMember& m) {
            return m.find(due) != nullptr || m.find(late) != nullptr;
        };
        stage_.await(
            step, [&] { return all_of(members, over); },
            [&] { return only_those(members, over, "woke up"); });
        std::int64_t first_ns = INT64_MAX;
        std::int64_t last_ns = 0;
        missed.clear();
        for (const DemoMember* m : members) {
            if (const Json* act = m->find(due)) {
                first_ns = std::min(first_ns, act->at("actual_ns").get<std::int64_t>());
                last_ns = std::max(last_ns, act->at("actual_ns").get<std::int64_t>());
            } else {
                missed = m->name() + " missed it: " + m->find(late)->at("reason").dump();
            }
        }
        if (!missed.empty()) continue;
        const std::int64_t asked_ns = decided.known_ns - decided.took_ns;
        tell(last_ns, "action",
             voters.asker->name() + " asks all to \"" + deed + "\"" +
                 " together, 1.5 s from now; " + number_word(voters.yes.size()) +
                 " say yes, which is known " + milliseconds_text(decided.known_ns - asked_ns) +
                 " later. At the moment " + all() + " act, within " +
                 milliseconds_text(last_ns - first_ns) + " of each other.");
        return;
    }
    throw NotSeen{"the step \"" + step.name + "\" was not seen; expected: " + step.expected +
                  "; seen instead: " + missed};
}

}  // namespace quorate::apps
