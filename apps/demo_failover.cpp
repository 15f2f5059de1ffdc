// The demo's turn: the leader is killed, another one takes over, and the group goes on deciding.
#include <algorithm>

#include "demo_story.h"
#include "demo_text.h"

namespace quorate::apps {

void DemoStory::kill_leader() {
    DemoMember& victim = leader();
    killed_ = victim.name();
    killed_id_ = victim.standing().id;
    killed_ns_ = victim.kill();
    count(size_ - 1);
    const Stage::Step step{"kill", "the process of " + killed_ + " ends by signal 9"};
    stage_.await(
        step, [&] { return victim.end() == "signal 9"; },
        [&] { return victim.end().empty() ? "it still runs" : "it ended with " + victim.end(); });
    tell(killed_ns_, "kill", killed_ + ", the leader, is killed with SIGKILL.");
}

void DemoStory::failover() {
    stage_.await(
        {"fail-over", all() + " survivors know the same new leader"}, [&] { return one_leader(); },
        [&] { return leaders_known(); });
    const std::int64_t known_ns = latest(stage_.members(), &DemoMember::Standing::leader_known_ns);
    tell(known_ns, "fail-over",
         leader().name() + " leads in term " + std::to_string(leader().standing().term) + "; " +
             all() + " survivors know it " + milliseconds_text(known_ns - killed_ns_) +
             " after the kill.");
}

void DemoStory::eviction() {
    const Crowd members = stage_.members();
    const auto lost = [&](const Json& e) {
        return e.at("event") == "member_left" && e.at("id") == killed_id_ &&
               e.at("reason") == "lost";
    };
    stage_.await(
        {"eviction", all() + " survivors are told that " + killed_ + " was lost"},
        [&] { return all_told(members, lost); },
        [&] {
            return only_those(
                members, [&](const DemoMember& m) { return m.find(lost) != nullptr; }, "was told");
        });
    tell(last_told_ns(members, lost), "eviction",
         killed_ + " is struck off the list of members, as lost.");
}

void DemoStory::vote_by_all() {
    const Crowd members = stage_.members();
    const std::string question = "close breaker 7?";
    const Decided decided = poll({"vote by consensus", all() + " survivors learn the outcome yes"},
                                 request_vote("consensus", question),
                                 {.asker = followers().front(), .no = {}, .yes = members});
    tell(decided.known_ns, "vote",
         "The group goes on deciding: " + followers().front()->name() + " asks \"" + question +
             "\" and wants all to agree. The outcome is yes, by " + std::to_string(decided.yes) +
             " of " + std::to_string(decided.electorate) + " votes; " + all() + " know it " +
             milliseconds_text(decided.took_ns) + " after the question.");
}

}  // namespace quorate::apps
