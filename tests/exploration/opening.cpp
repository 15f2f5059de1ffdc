#include "tests/exploration/opening.h"

#include <utility>

#include "base/check.h"

namespace quorate::exploration {

Opening::Opening(Group& group) : group_(group), origin_(group.start()), state_(origin_) {}

void Opening::take(Action action) {
    path_.push_back(action);
    const auto taken = group_.take(state_, action);
    QUORATE_CHECK(taken, "an opening keeps within its bounds");
    state_ = taken->state;
}

void Opening::pass(int ticks) {
    for (int i = 0; i < ticks; ++i) take({Act::pass});
}
void Opening::fire(Node node) {
    take({Act::fire, node});
}
void Opening::propose(Node leader) {
    take({Act::propose, leader});
}
void Opening::change(Node leader) {
    take({Act::change, leader});
}
void Opening::crash(Node node) {
    take({Act::crash, node});
}
void Opening::restart(Node node) {
    take({Act::restart, node});
}
void Opening::transfer(Node leader, Node target) {
    take({Act::transfer, leader, target});
}
void Opening::compact(Node node) {
    take({Act::compact, node});
}

void Opening::settle() {
    while (state_.flight_count > 0) take({Act::deliver, 0, 0, state_.flights[0]});
}

bool Opening::deliver_between(Node one, Node other) {
    for (std::uint8_t i = 0; i < state_.flight_count; ++i) {
        const Flight& flight = group_.flights()[state_.flights[i]];
        const bool theirs = (flight.from == one && flight.to == other) ||
                            (flight.from == other && flight.to == one);
        if (!theirs) continue;
        take({Act::deliver, 0, 0, state_.flights[i]});
        return true;
    }
    return false;
}

void Opening::settle_between(Node one, Node other) {
    while (deliver_between(one, other)) {
    }
}

void Opening::bring(Node one, Node other, Index last) {
    const auto held = [&] {
        const Replicas& replicas = group_.replicas();
        return replicas.log(replicas[state_.replicas[other]].log).last();
    };
    while (held() < last) {
        QUORATE_CHECK(deliver_between(one, other), "what is asked for is under way");
    }
}

void Opening::lose_everything() {
    while (state_.flight_count > 0) take({Act::lose, 0, 0, state_.flights[0]});
}

bool Opening::leads(Node node) const {
    return group_.replicas()[state_.replicas[node]].role == raft::Role::leader;
}

void Opening::elect(Node node) {
    pass(election_ticks);
    fire(node);
    settle();
    QUORATE_CHECK(leads(node), "a quiet node wins its election");
}

void Opening::win(Node node, Node backer) {
    const auto term = [&] { return group_.replicas()[state_.replicas[node]].term; };
    const Term before = term();
    const auto won = [&] { return leads(node) && term() > before; };
    for (int tries = 0; tries < 4 && !won(); ++tries) {
        lose_everything();
        pass(election_ticks);
        fire(node);
        while (!won() && deliver_between(node, backer)) {
        }
    }
    QUORATE_CHECK(won(), "a node that tries often enough is elected");
    lose_everything();
}

void Opening::forge(Node from, Node to, raft::Message message) {
    group_.forge(state_, from, to, std::move(message));
    origin_ = state_;
    path_.clear();
}

}  // namespace quorate::exploration
