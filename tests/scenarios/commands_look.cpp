// Commands that look and change nothing.
#include <algorithm>

#include "tests/scenarios/commands.h"

namespace quorate::scenarios {

namespace {

std::string role_of(const raft::Raft& raft) {
    switch (raft.role()) {
        case raft::Role::leader:
            return "leader";
        case raft::Role::candidate:
            return "candidate";
        case raft::Role::pre_candidate:
            return "pre-candidate";
        case raft::Role::follower:
            return raft.leader() ? "follower of " + name_of(raft.leader()) : "follower of nobody";
    }
    return "";
}

void state(World& world, Arguments& words) {
    for (const MemberId& id : words.members_or(world.everyone())) {
        const Node& node = world.node(id);
        const std::string who = name_of(id) + "  ";
        if (!node.running || !node.raft) {
            world.story.always(who + (node.running ? "has no state" : "is down"));
            continue;
        }
        const raft::Raft& raft = *node.raft;
        world.story.always(who + role_of(raft) + " in term " + std::to_string(raft.term()) +
                           "; log ends at " +
                           position(raft.log().last_index(), raft.log().last_term()) + ", commit " +
                           std::to_string(raft.commit_index()) +
                           (raft.is_voter() ? "" : "; no voter") + (node.paused ? "; paused" : ""));
    }
}

void log(World& world, Arguments& words) {
    for (const MemberId& id : words.members_or(world.everyone())) {
        if (!world.node(id).raft) continue;
        const raft::Log& log = world.node(id).raft->log();
        std::string text;
        for (Index index = log.first_index(); index <= log.last_index(); ++index) {
            text += (text.empty() ? "" : ", ") + list_of({log.at(index)});
        }
        const std::string state =
            log.snapshot()->index == 0
                ? ""
                : "state up to " + position(log.snapshot()->index, log.snapshot()->term) + "; ";
        world.story.always(name_of(id) + "  " + state + (text.empty() ? "no entries" : text));
    }
}

/// As the figures draw them: the term of each entry; a bar after what is known to be committed.
void logs(World& world, Arguments& words) {
    for (const MemberId& id : words.members_or(world.everyone())) {
        if (!world.node(id).raft) continue;
        const raft::Raft& raft = *world.node(id).raft;
        std::string text = name_of(id) + " ";
        for (Index index = 1; index <= raft.log().last_index(); ++index) {
            const bool held = index >= raft.log().first_index();
            text += " " + (held ? std::to_string(raft.log().at(index).term) : ".");
            text += index == raft.commit_index() ? "|" : " ";
        }
        while (text.back() == ' ') text.pop_back();
        world.story.always(text);
    }
}

void applied(World& world, Arguments& words) {
    for (const MemberId& id : words.members_or(world.everyone())) {
        std::string text;
        for (const std::string& command : world.node(id).applied) text += " " + command;
        world.story.always(name_of(id) + " " + (text.empty() ? " nothing" : " " + text.substr(1)));
    }
}

void configuration(World& world, Arguments& words) {
    for (const MemberId& id : words.members_or(world.everyone())) {
        if (!world.node(id).raft) continue;
        const raft::Raft& raft = *world.node(id).raft;
        world.story.always(name_of(id) + "  " + text_of(raft.configuration()) +
                           (raft.change_in_progress() ? " (under way)" : ""));
    }
}

void lease(World& world, Arguments&) {
    bool anybody = false;
    for (const MemberId& id : world.everyone()) {
        const Node& node = world.node(id);
        if (!node.raft || node.raft->role() != raft::Role::leader) continue;
        anybody = true;
        const Nanos left = node.raft->lease_until() - node.clock.now.boottime;
        world.story.always(name_of(id) + (left > Nanos{0}
                                              ? "  holds the lease, " + in_tenths(left) + " to go"
                                              : "  leads without a lease"));
    }
    if (!anybody) world.story.always("nobody leads");
}

void promise(World& world, Arguments& words) {
    for (const MemberId& id : words.members_or(world.everyone())) {
        const Node& node = world.node(id);
        if (!node.raft) continue;
        const Nanos left = node.raft->promised_until() - node.clock.now.monotonic;
        const MemberId to = node.raft->promised_to();
        world.story.always(name_of(id) + "  " +
                           (left <= Nanos{0} ? "is free"
                            : to ? "backs " + name_of(to) + " alone, for " + in_tenths(left)
                                 : "backs nobody, for " + in_tenths(left)));
    }
}

}  // namespace

std::vector<Command> look_commands() {
    return {
        {"state", "[A…]", "roles, terms, the ends of the logs", state},
        {"log", "[A…]", "the entries themselves", log},
        {"logs", "[A…]", "the term of each entry, a bar behind the committed ones", logs},
        {"applied", "[A…]", "the commands that its state machine has had", applied},
        {"configuration", "[A…]", "who takes part, as it knows it", configuration},
        {"lease", "", "whether who leads holds the lease, and for how long", lease},
        {"promise", "[A…]", "to whom it promised itself, and for how long", promise},
    };
}

}  // namespace quorate::scenarios
