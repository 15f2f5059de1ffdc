// The demo's middle: messages to all, to the leader, in one order for all, and a vote.
#include <algorithm>

#include "demo_story.h"
#include "demo_text.h"
#include "encoding.h"

namespace quorate::apps {

namespace {

/// From the sending to the arrival where it took longest; both stamps are this machine's.
std::int64_t slowest_ns(const Crowd& crowd, const DemoMember::Filter& message) {
    std::int64_t slowest = 0;
    for (const DemoMember* member : crowd) {
        const Json& heard = *member->find(message);
        slowest = std::max(slowest, heard.at("received_ns").get<std::int64_t>() -
                                        heard.at("sent_ns").get<std::int64_t>());
    }
    return slowest;
}

/// The ordered messages that a member was told, as it was told them: where in the log, and what.
Json ordered_of(const DemoMember& member) {
    Json list = Json::array();
    for (const Json* e : member.find_all(
             [](const Json& e) { return e.at("event") == "message" && e.at("ordered") == true; })) {
        list.push_back({e->at("index"), e->at("data")});
    }
    return list;
}

}  // namespace

void DemoStory::message_to_all() {
    DemoMember& speaker = *followers().front();
    const std::string words = "good morning";
    const Stage::Step step{"message", all() + " hear it"};
    stage_.ask(step, {{&speaker, "send " + words}});
    const Crowd members = stage_.members();
    const auto message = is_event("message", "data", words);
    stage_.await(
        step, [&] { return all_told(members, message); },
        [&] {
            return only_those(
                members, [&](const DemoMember& m) { return m.find(message) != nullptr; },
                "heard it");
        });
    tell(last_told_ns(members, message), "message",
         speaker.name() + " says " + quoted(words) + " to the group; " + all() +
             " hear it, the last one after " + milliseconds_text(slowest_ns(members, message)) +
             ".");
}

void DemoStory::message_to_leader() {
    DemoMember& speaker = *followers().back();
    const Stage::Step step{"message to the leader", "the leader, and nobody else, hears it"};
    const std::string words = "voltage 0.97";
    const std::string answer = "noted";
    const auto report = is_event("message_to_leader", "data", words);
    const auto reply = is_event("message_to_member", "data", answer);

    stage_.ask(step, {{&speaker, "send-leader " + words}});
    Crowd heard;
    stage_.await(
        step,
        [&] {
            heard.clear();
            for (DemoMember* m : stage_.members()) {
                if (m->find(report) != nullptr) heard.push_back(m);
            }
            return !heard.empty();
        },
        [] { return std::string("nobody heard it"); });
    DemoMember& leading = *heard.front();
    stage_.ask(step, {{&leading, "send-member " + speaker.standing().id + " " + answer}});
    stage_.await(
        {step.name, speaker.name() + " hears the leader's answer"},
        [&] { return speaker.find(reply) != nullptr; }, [] { return std::string("no answer"); });
    for (const DemoMember* m : stage_.members()) {
        if (m == &leading || m->find(report) == nullptr) continue;
        throw NotSeen{"the step \"" + step.name + "\" was not seen: " + m->name() +
                      " heard it as well as " + leading.name()};
    }
    tell(speaker.find(reply)->at("t_ns"), "to leader",
         speaker.name() + " says " + quoted(words) + " to whoever leads; only " + leading.name() +
             " hears it, and answers: " + quoted(answer) + ".");
}

void DemoStory::ordered_messages() {
    const Crowd members = stage_.members();
    const Stage::Step step{"ordered messages", all() + " hear all of them, in the same order"};
    std::vector<Stage::Command> commands;
    for (DemoMember* m : members) commands.emplace_back(m, "send-ordered here is " + m->name());
    stage_.ask(step, commands);

    const auto complete = [&](const DemoMember& m) { return ordered_of(m).size() >= size_; };
    stage_.await(
        step, [&] { return all_of(members, complete); },
        [&] { return only_those(members, complete, "heard them all"); });
    const Json order = ordered_of(*members.front());
    std::vector<std::string> speakers;
    for (const Json& message : order) {
        const std::string words = message.at(1);
        speakers.push_back(words.substr(words.rfind(' ') + 1));
    }
    std::int64_t heard_ns = 0;
    for (const DemoMember* m : members) {
        if (ordered_of(*m) != order) {
            throw NotSeen{"the step \"" + step.name + "\" was not seen: " + m->name() + " heard " +
                          ordered_of(*m).dump() + ", " + members.front()->name() + " " +
                          order.dump()};
        }
        heard_ns = std::max(heard_ns, m->find(is_event("message", "data", order.back().at(1)))
                                          ->at("t_ns")
                                          .get<std::int64_t>());
    }
    tell(heard_ns, "order",
         capitalized(all()) + " speak at the same moment, in ordered messages. " +
             capitalized(all()) + " hear them in the same order: " + list_of(speakers) + ".");
}

void DemoStory::vote_by_majority() {
    const Crowd others = followers();
    const std::string question = "open breaker 7?";
    Voters voters{.asker = others.front(), .no = {others.back()}, .yes = {&leader()}};
    Crowd silent;
    for (DemoMember* m : others) {
        if (m == others.back()) continue;
        (voters.yes.size() < size_ / 2 + 1 ? voters.yes : silent).push_back(m);
    }
    const Decided decided = poll({"vote by majority", all() + " learn the outcome yes"},
                                 request_vote("majority", question), voters);
    std::string text = voters.asker->name() + " asks " + quoted(question) +
                       " and wants a majority: " + voters.no.front()->name() + " says no, ";
    if (silent.size() > 2) text += number_word(silent.size()) + " stay silent, ";
    if (silent.size() == 2) text += list_of(names_of(silent)) + " stay silent, ";
    if (silent.size() == 1) text += silent.front()->name() + " stays silent, ";
    text += number_word(voters.yes.size()) + " say yes. The outcome is yes, by " +
            std::to_string(decided.yes) + " of " + std::to_string(decided.electorate) + " votes; " +
            all() + " know it " + milliseconds_text(decided.took_ns) + " after the question.";
    tell(decided.known_ns, "vote", text);
}

}  // namespace quorate::apps
