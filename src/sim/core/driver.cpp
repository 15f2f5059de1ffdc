#include "sim/core/driver.h"

#include <algorithm>
#include <utility>

#include "base/ids.h"

namespace quorate::sim::core {

using namespace std::chrono_literals;

namespace {

void put(std::vector<MemberId>& ids, MemberId old, MemberId next) {
    std::replace(ids.begin(), ids.end(), old, next);
}

}  // namespace

void Driver::begin() {
    const Profile& profile = world_.profile();
    every(profile.change_gap, &Driver::change);
    every(profile.transfer_gap, &Driver::transfer);
    if (profile.volatile_of_4 > 0) every(profile.election_max / 2, &Driver::replace_the_gone);
    if (profile.compact_gap > Nanos(0)) compact_somewhere();
}

void Driver::every(Nanos gap, void (Driver::*what)(Node&)) {
    if (gap == Nanos(0)) return;
    world_.scheduler().after(random_.between(1ms, 2 * gap), [this, gap, what] {
        // Two may believe that they lead; either may try.
        std::vector<Node*> leaders;
        for (const auto& each : world_.nodes()) {
            if (each->leads() && each->awake()) leaders.push_back(each.get());
        }
        if (!leaders.empty()) (this->*what)(*leaders[random_.below(leaders.size())]);
        every(gap, what);
    });
}

Node* Driver::pick(const std::vector<MemberId>& ids, const std::function<bool(const Node&)>& fits) {
    std::vector<Node*> candidates;
    for (const MemberId& id : ids) {
        Node* each = world_.find(id);
        if (each != nullptr && fits(*each)) candidates.push_back(each);
    }
    return candidates.empty() ? nullptr : candidates[random_.below(candidates.size())];
}

Node* Driver::spare(const raft::Configuration& configuration) {
    std::vector<MemberId> all;
    for (const auto& each : world_.nodes()) all.push_back(each->id);
    return pick(all, [&](const Node& each) {
        return each.running() && !each.witness && !configuration.contains(each.id);
    });
}

void Driver::propose(Node& leader, raft::Configuration next, Branch branch) {
    std::erase_if(next.witnesses, [&](MemberId id) { return !base::is_among(id, next.voters); });
    world_.act(leader, [&](raft::Raft& raft, Moment now) {
        const std::vector<MemberId> witnesses = next.witnesses;
        const Result<Index> changed = raft.change_configuration(
            now, std::move(next.voters), std::move(next.learners), std::move(next.witnesses));
        world_.hit(changed ? branch : Branch::change_refused);
        for (const MemberId& id : witnesses) {
            if (changed) world_.find(id)->witness = true;
        }
    });
}

void Driver::change(Node& leader) {
    if (calm_) return;
    raft::Configuration next = leader.raft->configuration();
    const Moment now = leader.clock->now();
    next.outgoing.clear();
    Node* newcomer = spare(next);
    // A learner that has caught up, sometimes one that has not (section 4.2.1 advises against it).
    const bool hasty = random_.one_in(6);
    Node* learner = pick(next.learners, [&](const Node& each) {
        const bool near = leader.raft->match_index(each.id) + 20 > leader.raft->log().last_index();
        return each.running() && ((hasty && near) || leader.raft->caught_up(now, each.id));
    });
    switch (random_.below(4)) {
        case 0:
            if (newcomer == nullptr || next.learners.size() >= 2) return;
            next.learners.push_back(newcomer->id);
            return propose(leader, std::move(next), Branch::learner_added);
        case 1: {
            Node* leaves = pick(next.learners, [](const Node&) { return true; });
            if (leaves == nullptr) return;
            std::erase(next.learners, leaves->id);
            return propose(leader, std::move(next), Branch::learner_removed);
        }
        case 2: {
            // Any voter may lose its seat, the leader too.
            Node* out = pick(next.voters, [&](const Node&) { return true; });
            if (learner == nullptr || out == nullptr) return;
            std::erase(next.learners, learner->id);
            put(next.voters, out->id, learner->id);
            // Any change is one: several voters, too.
            Node* second = pick(next.learners, [&](const Node& each) {
                return each.running() && leader.raft->caught_up(now, each.id);
            });
            Node* goes = pick(next.voters, [&](const Node& each) { return &each != learner; });
            if (second != nullptr && goes != nullptr && random_.one_in(2)) {
                std::erase(next.learners, second->id);
                put(next.voters, goes->id, second->id);
                return propose(leader, std::move(next), Branch::several_replaced);
            }
            if (world_.profile().witness && random_.one_in(2)) {
                next.witnesses.push_back(learner->id);
                return propose(leader, std::move(next), Branch::witness_named);
            }
            return propose(leader, std::move(next),
                           out->witness ? Branch::witness_replaced : Branch::voter_replaced);
        }
        default:
            if (learner == nullptr || next.voters.size() >= world_.profile().size) return;
            std::erase(next.learners, learner->id);
            next.voters.push_back(learner->id);
            return propose(leader, std::move(next), Branch::group_grown);
    }
}

/// The seat of a volatile member that crashed is taken over by another, once that has caught up.
void Driver::replace_the_gone(Node& leader) {
    if (leader.raft->change_in_progress() || !leader.raft->established()) return;
    raft::Configuration next = leader.raft->configuration();
    const Moment now = leader.clock->now();
    const auto gone = [](const Node& each) { return each.state == Node::State::gone; };
    if (Node* learner = pick(next.learners, gone)) {
        std::erase(next.learners, learner->id);
        return propose(leader, std::move(next), Branch::learner_removed);
    }
    Node* lost = pick(next.voters, gone);
    if (lost == nullptr) return;
    Node* heir = pick(next.learners, [&](const Node& each) {
        return each.running() && leader.raft->caught_up(now, each.id);
    });
    if (heir != nullptr) {
        std::erase(next.learners, heir->id);
        put(next.voters, lost->id, heir->id);
        return propose(leader, std::move(next), Branch::volatile_replaced);
    }
    if (next.learners.size() >= 3) return;
    if (Node* newcomer = spare(next)) {
        next.learners.push_back(newcomer->id);
        propose(leader, std::move(next), Branch::learner_added);
    }
}

void Driver::transfer(Node& leader) {
    if (calm_) return;
    Node* target = random_.one_in(2)
                       ? pick(leader.raft->configuration().voters, [](const Node&) { return true; })
                       : nullptr;
    world_.tell(leader, "is asked to hand leadership on");
    world_.act(leader, [&](raft::Raft& raft, Moment now) {
        (void)raft.transfer_leadership(now, target ? target->id : MemberId{});
    });
}

void Driver::compact_somewhere() {
    const Nanos gap = world_.profile().compact_gap / static_cast<long>(world_.profile().size);
    world_.scheduler().after(random_.between(1ms, 2 * gap + 1ms), [this] {
        auto& nodes = world_.nodes();
        Node& node = *nodes[random_.below(nodes.size())];
        if (node.awake()) {
            world_.compact(node, random_.below(world_.profile().keep_entries + 1));
        }
        compact_somewhere();
    });
}

}  // namespace quorate::sim::core
