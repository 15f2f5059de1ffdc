#include "tests/exploration/opening.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace quorate::exploration {

Opening::Opening(Group& group) : group_(group), origin_(group.start()), state_(origin_) {}

void Opening::take(Action action) {
    path_.push_back(action);
    const auto taken = group_.take(state_, action);
    QUORATE_CHECK(taken, "an opening keeps within its bounds");
    state_ = taken->state;
    keep_order();
}

/// Openings deliver in the order of sending: else the same few messages could go on for ever.
void Opening::keep_order() {
    const auto begin = state_.flights.begin();
    const auto end = begin + state_.flight_count;
    std::erase_if(order_, [&](FlightId id) { return !std::binary_search(begin, end, id); });
    for (auto at = begin; at != end; ++at) {
        if (std::find(order_.begin(), order_.end(), *at) == order_.end()) order_.push_back(*at);
    }
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
    while (!order_.empty()) take({Act::deliver, 0, 0, order_.front()});
}

bool Opening::deliver_between(Node one, Node other) {
    for (const FlightId id : order_) {
        const Flight& flight = group_.flights()[id];
        const bool theirs = (flight.from == one && flight.to == other) ||
                            (flight.from == other && flight.to == one);
        if (!theirs) continue;
        take({Act::deliver, 0, 0, id});
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
    for (int steps = 0; steps < 50 && held() < last; ++steps) {
        QUORATE_CHECK(deliver_between(one, other), "what is asked for is under way");
    }
    QUORATE_CHECK(held() >= last, "a follower is brought up to date in few steps");
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
    keep_order();
}

}  // namespace quorate::exploration
