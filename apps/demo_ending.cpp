// The demo's end: the member that was killed comes back, and all leave.
#include <algorithm>

#include "demo_story.h"
#include "demo_text.h"

namespace quorate::apps {

void DemoStory::return_of_the_killed() {
    const std::string seed = leader().standing().endpoint;
    const std::int64_t again_ns = demo_now_ns();
    DemoMember& back = stage_.start(killed_, options_for(seed));
    count(size_);
    const Crowd members = stage_.members();
    const auto complete = [&](const DemoMember& m) { return m.standing().roster.size() == size_; };
    stage_.await(
        {"return", all() + " see each other in the group again, under the same leader"},
        [&] { return all_of(members, complete) && one_leader(); },
        [&] { return only_those(members, complete, "sees all the others; ") + leaders_known(); });
    const std::int64_t in_ns = back.standing().joined_ns;
    tell(in_ns, "return",
         killed_ + " is started again: a new process, with a new identity under the old name. " +
             milliseconds_text(in_ns - again_ns) + " later it is a member and follows " +
             leader().name() + ".");

    const Stage::Step step{"return", all() + " hear an ordered message of " + killed_};
    stage_.ask(step, {{&back, "send-ordered back again"}});
    const auto heard = is_event("message", "data", "back again");
    stage_.await(
        step, [&] { return all_told(members, heard); },
        [&] {
            return only_those(
                members, [&](const DemoMember& m) { return m.find(heard) != nullptr; }, "heard it");
        });
    tell(last_told_ns(members, heard), "order",
         killed_ + " says \"back again\" in an ordered message; " + all() + " hear it.");
}

void DemoStory::leaving() {
    const Crowd members = stage_.members();
    for (DemoMember* member : members) {
        member->may_end();
        member->command("leave");
    }
    const auto gone = [](const DemoMember& m) {
        return m.standing().left && m.end() == "exit code 0";
    };
    stage_.await(
        {"leaving", all() + " say that they have left, and end with exit code 0"},
        [&] { return all_of(members, gone); },
        [&] { return only_those(members, gone, "left and ended with exit code 0"); });
    const std::int64_t end_ns = demo_now_ns();
    tell(end_ns, "leave",
         capitalized(all()) + " leave the group; every process ends with exit code 0.");
    if (tell_ == Tell::raw_events) return;
    stage_.write("\nEvery step was seen to happen.\n");
}

}  // namespace quorate::apps
