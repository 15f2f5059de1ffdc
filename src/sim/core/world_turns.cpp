// A node's turn: what reached it, its timers, then its output.
#include <algorithm>
#include <utility>

#include "sim/core/world.h"

namespace quorate::sim::core {

void World::plan(Node& node, Nanos when) {
    when = std::max(when, now());
    if (when >= node.planned) return;
    node.planned = when;
    struct Alarm {
        World* world;
        std::uint32_t node;
        std::uint32_t plan;
        void operator()() const {
            Node& due = world->node(node);
            if (due.plan == plan) world->wake_up(due);
        }
    };
    scheduler_.at(when, Alarm{this, node.number, ++node.plan});
}

void World::wake_up(Node& node) {
    node.planned = base::never;
    if (node.awake()) turn(node);
}

void World::arrive(Node& node, Arrival arrival) {
    if (!node.running()) {
        // A connection that is refused tells a client to ask elsewhere.
        const auto* request = std::get_if<Request>(&arrival);
        if (request != nullptr) answer(*request, {.kind = Answer::Kind::not_leader, .leader = {}});
        return;
    }
    node.inbox.push_back(std::move(arrival));
    if (!node.awake()) return;
    if (profile_.turn_delay > Nanos(0)) {
        plan(node, now() + random_.between(Nanos(0), profile_.turn_delay));
    } else {
        turn(node);
    }
}

void World::act(Node& node, const std::function<void(raft::Raft&, Moment)>& action) {
    if (!node.awake()) return;
    const Moment now = node.clock->now();
    action(*node.raft, now);
    finish(node, now);
}

void World::turn(Node& node) {
    const Moment now = node.clock->now();
    const raft::Role role = node.raft->role();
    const Term term = node.raft->term();
    const bool handing_on = node.raft->handing_on();
    const bool stalled = notice_lateness(node, now);
    confirm_synced(node, now);
    for (Arrival& arrival : node.inbox) receive(node, now, arrival);
    node.inbox.clear();
    if (node.raft->next_deadline() <= now.monotonic) node.raft->tick(now);
    note_step_down(node, role, term, handing_on, stalled);
    finish(node, now);
}

/// As GroupLoop does: the core is told before what waited is read (rule 10).
bool World::notice_lateness(Node& node, Moment now) {
    Nanos late = node.due < now.monotonic ? now.monotonic - node.due : Nanos(0);
    const Nanos asleep =
        (now.boottime - node.last_turn.boottime) - (now.monotonic - node.last_turn.monotonic);
    late += std::max(asleep, Nanos(0));
    if (late < profile_.heartbeat) return false;
    const bool led = node.raft->role() == raft::Role::leader;
    hit(led ? Branch::leader_stalled : Branch::follower_stalled);
    node.raft->stalled(now, late);
    return true;
}

void World::note_step_down(Node& node, raft::Role role, Term term, bool handing_on, bool stalled) {
    if (role != raft::Role::leader) return;
    const raft::Raft& raft = *node.raft;
    if (handing_on && raft.role() == raft::Role::candidate) {
        node.hands_on_anew = true;
        return hit(Branch::transfer_failed);
    }
    if (raft.role() == raft::Role::leader) {
        if (!handing_on && raft.handing_on()) hit(Branch::transfer_to_preferred);
        if (handing_on && !raft.handing_on()) hit(Branch::transfer_given_up);
        return;
    }
    if (raft.term() != term) return;
    hit(stalled ? Branch::stepped_down_as_stalled : Branch::stepped_down_by_check_quorum);
}

void World::receive(Node& node, Moment now, Arrival& arrival) {
    std::visit([&](const auto& what) { receive(node, now, what); }, arrival);
}

void World::receive(Node& node, Moment now, const Delivery& delivery) {
    const Index before = node.raft->commit_index();
    node.raft->receive(now, delivery.from, delivery.message);
    const auto* install = std::get_if<raft::InstallSnapshot>(&delivery.message);
    if (install != nullptr && install->done && node.raft->commit_index() == before) {
        hit(Branch::snapshot_refused);
    }
}

void World::receive(Node& node, Moment now, const Request& request) {
    raft::Raft& raft = *node.raft;
    if (raft.role() != raft::Role::leader) {
        return answer(request, {.kind = Answer::Kind::not_leader, .leader = raft.leader()});
    }
    if (request.read_by != ReadBy::log) {
        const auto by =
            request.read_by == ReadBy::lease ? raft::ReadBy::lease : raft::ReadBy::quorum;
        node.reads.push_back({request, ++reads_, std::nullopt, now.boottime});
        if (!raft.read(now, reads_, by)) {
            node.reads.pop_back();
            answer(request, {.kind = Answer::Kind::would_block, .leader = {}});
        }
        return;
    }
    const bool put = request.command.kind == Command::Kind::put;
    const Result<Index> index =
        raft.propose(now, request.command.encode(),
                     put ? raft::EntryKind::application : raft::EntryKind::command);
    if (!index) {
        hit(Branch::proposal_pushed_back);
        return answer(request, {.kind = Answer::Kind::would_block, .leader = {}});
    }
    node.waiting.push_back({request, *index, raft.term()});
}

/// A refused connection proves the death of who listened there when it was asked. A durable member
/// comes back under its id, and can lead again after the wait that follows its start: so a proof is
/// of no use once it is as old as that.
void World::receive(Node& node, Moment now, const Proof& proof) {
    const Nanos limit = Nanos(static_cast<Nanos::rep>(
        static_cast<double>(profile_.election_min.count()) * (1 - profile_.clock_drift)));
    if (proof.comes_back && now.boottime - proof.asked >= limit) {
        return hit(Branch::proof_of_death_too_old);
    }
    hit(Branch::proof_of_death);
    tell(node, "has proof that n" + std::to_string(proof.dead.low - 1) + " is dead");
    node.raft->declare_dead(now, proof.dead);
}

void World::receive(Node& node, Moment, const Suspicion& suspicion) {
    hit(Branch::suspected);
    node.raft->suspect(suspicion.of);
}

void World::finish(Node& node, Moment now) {
    const bool led = node.raft->role() == raft::Role::leader;
    for (bool again = true; again;) {
        raft::Output out = node.raft->take_output(now);
        again = carry_out(node, now, out);
    }
    if (led && node.raft->role() != raft::Role::leader) hit(Branch::stepped_down_as_removed);
    serve_reads(node);
    if (node.raft->role() != raft::Role::leader) {
        drop_requests(node, true);
    } else if (!node.waiting.empty() && node.waiting.front().term != node.raft->term()) {
        drop_requests(node, false);
    }
    checks_.look(node);
    node.last_turn = now;
    node.due = node.raft->next_deadline();
    plan(node, node.clock->when_monotonic(node.due));
}

}  // namespace quorate::sim::core
