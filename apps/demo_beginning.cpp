// The demo's beginning: the members start, found their group and elect a leader.
#include <algorithm>
#include <array>

#include "demo_story.h"
#include "demo_text.h"

namespace quorate::apps {

namespace {

constexpr std::array<const char*, DemoStory::max_size> member_names = {
    "ada", "bob", "cleo", "dan",  "eve", "fay", "gus", "hal", "ida", "jan", "kim", "leo", "mia",
    "ned", "oda", "pia",  "quin", "ray", "sue", "tom", "uma", "val", "wes", "xia", "yan"};

}  // namespace

void DemoStory::start() {
    if (tell_ == Tell::story) {
        stage_.write(capitalized(count_) +
                     " members, each a process of its own, form a group on this machine. There is "
                     "no server.\nThe first column is the time since the start.\n\n");
    }
    begin_ns_ = demo_now_ns();
    const Stage::Step step{"start", all() + " say that they have started"};
    const auto started = [](const DemoMember& m) { return m.standing().started_ns > 0; };
    const auto await_all = [&] {
        stage_.await(
            step, [&] { return all_of(stage_.members(), started); },
            [&] { return only_those(stage_.members(), started, "started"); });
    };
    // The others are told where the first one is, so that they meet even where a beacon can't.
    DemoMember& first = stage_.start(member_names[0], options_for(""));
    await_all();
    for (std::size_t i = 1; i < size_; ++i) {
        stage_.start(member_names[i], options_for(first.standing().endpoint));
    }
    await_all();
    const Crowd members = stage_.members();
    tell(latest(members, &DemoMember::Standing::started_ns), "start",
         list_of(names_of(members)) + " are started. Each knows the name of the group, " + group_ +
             ", and that " + count_ + " belong to it.");
}

void DemoStory::founding() {
    const Crowd members = stage_.members();
    const auto in = [&](const DemoMember& m) {
        return m.standing().roster.size() == size_ &&
               m.standing().incarnation == members.front()->standing().incarnation;
    };
    stage_.await(
        {"founding", all() + " are in one and the same group"}, [&] { return all_of(members, in); },
        [&] { return only_those(members, in, "sees all the others in the group"); });
    std::size_t founders = size_;
    for (const DemoMember* member : members) {
        founders = std::min(founders, member->standing().founders);
    }
    const std::int64_t joined_ns = latest(members, &DemoMember::Standing::joined_ns);
    const std::int64_t took_ns = joined_ns - latest(members, &DemoMember::Standing::started_ns);
    std::string text = "They find each other; " + all() + " found the group together, ";
    if (founders < size_) {
        text = "They find each other; " + number_word(founders) +
               " found the group, and the rest join it, ";
    }
    tell(joined_ns, "founding",
         text + milliseconds_text(took_ns) + " after the last of them came up.");
}

void DemoStory::election() {
    stage_.await(
        {"election", all() + " know the same leader"}, [&] { return one_leader(); },
        [&] { return leaders_known(); });
    const Crowd members = stage_.members();
    const std::int64_t known_ns = latest(members, &DemoMember::Standing::leader_known_ns);
    const std::int64_t since_ns = known_ns - latest(members, &DemoMember::Standing::joined_ns);
    tell(known_ns, "election",
         "They elect " + leader().name() + " in term " + std::to_string(leader().standing().term) +
             "; " + milliseconds_text(since_ns) + " later " + all() + " know it.");
}

}  // namespace quorate::apps
