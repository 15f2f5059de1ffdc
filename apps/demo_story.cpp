#include "demo_story.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <random>

#include "demo_text.h"

namespace quorate::apps {

namespace {

/// A name of its own, so that two demos at the same time don't meet.
std::string fresh_group() {
    char text[16];
    std::snprintf(text, sizeof text, "demo.%04x", std::random_device{}() & 0xFFFFU);
    return text;
}

/// A UDP port of the loopback interface that nobody uses right now.
std::string fresh_beacon() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(fd);
    if (!bound) throw NotSeen{"there is no free UDP port for the members to meet on"};
    return "127.255.255.255:" + std::to_string(ntohs(address.sin_port));
}

}  // namespace

std::int64_t demo_now_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(now).count();
}

DemoStory::DemoStory(Stage& stage, std::size_t size, Tell tell)
    : stage_(stage),
      size_(size),
      tell_(tell),
      group_(fresh_group()),
      beacon_(fresh_beacon()),
      begin_ns_(demo_now_ns()) {
    count(size);
}

void DemoStory::play() {
    start();
    founding();
    election();
    message_to_all();
    message_to_leader();
    ordered_messages();
    vote_by_majority();
    timed_action();
    kill_leader();
    failover();
    eviction();
    vote_by_all();
    return_of_the_killed();
    leaving();
}

std::vector<std::string> DemoStory::options_for(const std::string& seed) const {
    std::vector<std::string> options = {"--group",  group_,     "--size", std::to_string(size_),
                                        "--beacon", beacon_,    "--vote", "ask",
                                        "--clock",  "monotonic"};
    if (!seed.empty()) options.insert(options.end(), {"--seed", seed});
    return options;
}

bool DemoStory::one_leader() const {
    const Crowd members = stage_.members();
    const DemoMember::Standing& first = members.front()->standing();
    bool present = false;
    for (const DemoMember* member : members) present |= member->standing().id == first.leader;
    return present && all_of(members, [&](const DemoMember& m) {
               return m.standing().leader == first.leader && m.standing().term == first.term &&
                      m.standing().incarnation == first.incarnation;
           });
}

std::string DemoStory::leaders_known() const {
    std::vector<std::string> said;
    for (const DemoMember* member : stage_.members()) {
        std::string known = "no leader";
        for (const DemoMember* other : stage_.members()) {
            if (other->standing().id == member->standing().leader) known = other->name();
        }
        said.push_back(member->name() + " knows " + known + " (term " +
                       std::to_string(member->standing().term) + ")");
    }
    return list_of(said);
}

DemoMember& DemoStory::leader() const {
    const Crowd members = stage_.members();
    for (DemoMember* member : members) {
        if (member->standing().id == members.front()->standing().leader) return *member;
    }
    throw NotSeen{"the leader was lost between two steps: " + leaders_known()};
}

Crowd DemoStory::followers() const {
    Crowd others;
    for (DemoMember* member : stage_.members()) {
        if (member != &leader()) others.push_back(member);
    }
    return others;
}

void DemoStory::count(std::size_t members) {
    count_ = number_word(members);
}

DemoStory::Decided DemoStory::poll(const Stage::Step& step, const std::string& request,
                                   const Voters& voters) {
    const std::string id = stage_.ask(step, {{voters.asker, request}}).front().at("poll");
    const Crowd everyone = stage_.members();
    const auto asked = is_event("vote_requested", "poll", id);
    const auto missing = [&](const DemoMember::Filter& event, const std::string& did) {
        return only_those(
            everyone, [&](const DemoMember& m) { return m.find(event) != nullptr; }, did);
    };
    stage_.await(
        step, [&] { return all_told(everyone, asked); },
        [&] { return missing(asked, "was asked"); });
    for (const auto& [crowd, vote] : {std::pair{voters.no, " no"}, {voters.yes, " yes"}}) {
        std::vector<Stage::Command> votes;
        for (DemoMember* member : crowd) votes.emplace_back(member, "vote " + id + vote);
        stage_.ask(step, votes);
    }
    const auto told = is_event("vote_result", "poll", id);
    stage_.await(
        step, [&] { return all_told(everyone, told); },
        [&] { return missing(told, "was told the outcome"); });

    const Json& result = *voters.asker->find(told);
    for (const DemoMember* member : everyone) {
        const Json& theirs = *member->find(told);
        for (const char* field : {"outcome", "yes", "no", "electorate", "index"}) {
            if (theirs.at(field) == result.at(field) && theirs.at("outcome") == "yes") continue;
            throw NotSeen{"the step \"" + step.name + "\" was not seen; expected: " +
                          step.expected + "; seen instead: " + theirs.dump() + " at " +
                          member->name() + ", " + result.dump() + " at " + voters.asker->name()};
        }
    }
    const std::int64_t known_ns = last_told_ns(everyone, told);
    return {.id = id,
            .yes = result.at("yes"),
            .no = result.at("no"),
            .electorate = result.at("electorate"),
            .took_ns = known_ns - voters.asker->find(asked)->at("t_ns").get<std::int64_t>(),
            .known_ns = known_ns};
}

void DemoStory::tell(std::int64_t at_ns, const std::string& heading, const std::string& text) {
    if (tell_ == Tell::raw_events) return;
    stage_.write(format_entry({.at_ns = at_ns - begin_ns_, .heading = heading, .text = text}));
}

}  // namespace quorate::apps
