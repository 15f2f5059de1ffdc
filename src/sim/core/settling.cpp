#include "sim/core/settling.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim::core {

void Settling::run() {
    // Where a round trip takes half an election timeout, two candidates meet more often.
    const Profile& profile = world_.profile();
    const bool slow = 8 * profile.weather.delay_max > profile.election_min;
    const Nanos timeout = (slow ? 2 : 1) * profile.election_max;
    Totals& totals = world_.totals();
    totals.leader_after = await(
        &Settling::candidate_missing, [&] { return leader_within * timeout; },
        "once the faults end somebody leads");
    // What is behind has to be caught up with before anything is committed.
    await(
        &Settling::leader_missing, [&] { return leader_within * timeout + backlog_takes(); },
        "once somebody leads it has a lease");
    const auto done_in = [&] { return done_within * timeout + backlog_takes(); };
    totals.all_done_after =
        await(&Settling::rest_missing, done_in, "once somebody leads everything is done");
    await(&Settling::entries_missing, done_in, "once somebody leads everybody gets everything");
    check_contents();
}

void Settling::check_contents() {
    const raft::Configuration& configuration = world_.leader()->raft->configuration();
    for (const MemberId& id : configuration.everyone()) {
        const Node& each = *world_.find(id);
        if (!each.running() || configuration.is_witness(id) || !each.lacks) continue;
        broken("who is no witness holds every entry whole",
               each.label() + " was given entries without their content");
    }
}

/// Who takes the place of one that is gone begins from nothing: its time counts from when it came.
std::uint64_t Settling::await(std::string (Settling::*missing)(),
                              const std::function<Nanos()>& limit, const char* what) {
    const Nanos timeout = world_.profile().election_max;
    const Nanos begin = world_.now();
    Nanos deadline = begin + limit();
    Index change = last_change();
    int changes = 0;
    std::string problem = (this->*missing)();
    while (!problem.empty() && world_.now() < deadline) {
        world_.scheduler().run_until(world_.now() + timeout / 20);
        problem = (this->*missing)();
        if (last_change() <= change || ++changes > most_changes) continue;
        change = last_change();
        deadline = world_.now() + limit();
    }
    if (!problem.empty())
        broken(what, problem + " after " + seconds(world_.now() - begin) + " s:" + who_is_where());
    return static_cast<std::uint64_t>(100 * (world_.now() - begin) / timeout);
}

std::string Settling::who_is_where() const {
    std::string text;
    for (const auto& node : world_.nodes()) {
        text += " [" + node->label();
        if (!node->raft) {
            text += node->durable ? " down]" : " gone]";
            continue;
        }
        const raft::Raft& raft = *node->raft;
        static constexpr const char* roles[] = {"follower", "pre-candidate", "candidate", "leader"};
        text += std::string(" ") + roles[static_cast<int>(raft.role())] + " of term " +
                std::to_string(raft.term()) + ", log to " +
                std::to_string(raft.log().last_index()) + " of term " +
                std::to_string(raft.log().last_term()) + ", commit " +
                std::to_string(raft.commit_index()) + ", applied " + std::to_string(node->applied) +
                ", voters " + std::to_string(raft.configuration().voters.size()) +
                (raft.configuration().joint() ? " joint" : "") +
                (raft.is_voter() ? "" : ", itself none") +
                (node->running() ? "" : ", not running") + "]";
    }
    return text;
}

Nanos Settling::backlog_takes() {
    if (world_.leader() == nullptr) return {};
    const Node& leader = *world_.leader();
    Index backlog = 0;
    for (const MemberId& id : leader.raft->configuration().everyone()) {
        const Node& each = *world_.find(id);
        if (!each.running()) continue;
        backlog = std::max(backlog, leader.raft->log().last_index() - each.applied);
    }
    const Profile& profile = world_.profile();
    return static_cast<long>(backlog) * (4 * profile.weather.delay_max + 2 * profile.sync_max);
}

Index Settling::last_change() {
    return world_.leader() == nullptr ? 0 : world_.leader()->raft->log().configuration_index();
}

std::string Settling::candidate_missing() {
    return world_.leader() == nullptr ? "nobody leads" : "";
}

std::string Settling::leader_missing() {
    const Node* leader = world_.leader();
    if (leader == nullptr) return "nobody leads";
    if (!leader->raft->established()) return leader->label() + " leads and has committed nothing";
    if (!leader->held_lease) return leader->label() + " leads without a lease";
    return {};
}

std::string Settling::rest_missing() {
    if (std::string none = leader_missing(); !none.empty()) return none;
    const Node& leader = *world_.leader();
    if (const std::size_t waiting = clients_.pending(); waiting > 0) {
        return std::to_string(waiting) + " requests are not answered";
    }
    const raft::Configuration& configuration = leader.raft->configuration();
    if (leader.raft->change_in_progress()) {
        return "the change to " + describe(configuration) + " is not done";
    }
    for (const MemberId& id : configuration.everyone()) {
        const Node& each = *world_.find(id);
        if (each.running() && each.raft->leader() != leader.id) {
            return each.label() + " does not follow " + leader.label();
        }
    }
    return {};
}

std::string Settling::entries_missing() {
    if (std::string other = rest_missing(); !other.empty()) return other;
    const Node& leader = *world_.leader();
    const raft::Configuration& configuration = leader.raft->configuration();
    for (const MemberId& id : configuration.everyone()) {
        const Node& each = *world_.find(id);
        if (!each.running()) continue;
        if (each.applied < leader.raft->log().last_index()) {
            return each.label() + " has applied to " + std::to_string(each.applied) + " of " +
                   std::to_string(leader.raft->log().last_index());
        }
        if (each.raft->configuration() != configuration) {
            return each.label() + " is in the configuration " +
                   describe(each.raft->configuration());
        }
    }
    return {};
}

}  // namespace quorate::sim::core
