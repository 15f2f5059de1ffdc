#include "tests/unit/raft/cluster.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace quorate::raft::test {

Cluster::Cluster(std::uint64_t voters, std::uint64_t learners) {
    std::vector<MemberId> seated;
    std::vector<MemberId> learning;
    for (std::uint64_t id = 1; id <= voters; ++id) seated.push_back(member(id));
    for (std::uint64_t id = voters + 1; id <= voters + learners; ++id) {
        learning.push_back(member(id));
    }
    const auto base = founding(seated, learning);
    for (std::uint64_t id = 1; id <= voters + learners; ++id) start(id, base);
}

void Cluster::start(std::uint64_t id, std::shared_ptr<const Snapshot> base) {
    Options own = options;
    own.self = member(id);
    own.seed = id * 7919;
    Node& node = nodes_[id];
    node.restored_at = base->index;
    node.base = base;
    node.raft = std::make_unique<Raft>(own, now_, std::move(base));
    node.running = true;
}

void Cluster::restart(std::uint64_t id) {
    Options own = options;
    own.self = member(id);
    own.seed = ++order_;
    own.withhold_until = now_.monotonic + options.election_min;
    Node& node = nodes_.at(id);
    node.raft = std::make_unique<Raft>(own, now_, node.base, node.hard_state, node.entries);
    node.restored_at = node.base->index;
    node.applied.clear();
    node.running = true;
}

void Cluster::persist(Node& node, const Output& out) {
    if (out.hard_state) node.hard_state = *out.hard_state;
    if (out.snapshot) {
        node.base = out.snapshot;
        node.entries.clear();
    }
    if (out.truncate_from) node.entries.resize(*out.truncate_from - node.base->index - 1);
    node.entries.insert(node.entries.end(), out.entries.begin(), out.entries.end());
}

void Cluster::post(std::uint64_t from, std::vector<Outgoing> messages) {
    for (Outgoing& outgoing : messages) {
        const std::uint64_t to = outgoing.to.low;
        const bool cut = island_.count(from) != island_.count(to);
        if (cut || (passes && !passes(from, to, outgoing.message))) continue;
        flying_.push_back(
            {now_.monotonic + delay, ++order_, from, to, std::move(outgoing.message)});
    }
}

void Cluster::turn(std::uint64_t id) {
    Node& node = nodes_.at(id);
    for (int pass = 0; pass < 2; ++pass) {
        Output out = node.raft->take_output(now_);
        if (out.snapshot) {
            node.applied.clear();
            node.restored_at = out.snapshot->index;
        }
        persist(node, out);
        post(id, std::move(out.send_now));
        node.raft->persisted(now_, out.last_persisting);
        post(id, std::move(out.send_after_persist));
        for (Entry& entry : out.committed) {
            const Index expected =
                node.applied.empty() ? node.restored_at + 1 : node.applied.back().index + 1;
            EXPECT_EQ(entry.index, expected) << "node " << id << " applies in order, each once";
            const auto [known, first] = agreed_.try_emplace(entry.index, entry);
            EXPECT_EQ(known->second.term, entry.term) << "State Machine Safety at " << entry.index;
            EXPECT_EQ(known->second.data, entry.data) << "State Machine Safety at " << entry.index;
            node.applied.push_back(std::move(entry));
        }
    }
    check_invariants();
}

void Cluster::check_invariants() {
    int leases = 0;
    for (const auto& [id, node] : nodes_) {
        if (!node.running || node.raft->role() != Role::leader) continue;
        const auto [known, first] = leaders_.try_emplace(node.raft->term(), member(id));
        EXPECT_EQ(known->second, member(id)) << "Election Safety in term " << node.raft->term();
        leases += node.raft->lease_until() > now_.boottime;
    }
    EXPECT_LE(leases, 1) << "the lease is never held by two";
}

Nanos Cluster::next_event() const {
    Nanos next = base::never;
    for (const Flying& message : flying_) next = std::min(next, message.at);
    for (const auto& [id, node] : nodes_) {
        if (node.running) next = std::min(next, node.raft->next_deadline());
    }
    return std::max(next, now_.monotonic);
}

void Cluster::step_to(Nanos at) {
    now_.boottime += at - now_.monotonic;
    now_.monotonic = at;
    std::vector<Flying> due;
    for (const Flying& message : flying_) {
        if (message.at <= at) due.push_back(message);
    }
    std::erase_if(flying_, [&](const Flying& message) { return message.at <= at; });
    for (auto& [id, node] : nodes_) {
        if (!node.running) continue;
        bool busy = false;
        for (const Flying& message : due) {
            if (message.to != id) continue;
            node.raft->receive(now_, member(message.from), message.message);
            busy = true;
        }
        if (node.raft->next_deadline() <= at) {
            node.raft->tick(now_);
            EXPECT_GT(node.raft->next_deadline(), at) << "a timer that is never done";
            busy = true;
        }
        if (busy) turn(id);
    }
}

void Cluster::run(Nanos time) {
    const Nanos end = now_.monotonic + time;
    while (next_event() <= end) step_to(next_event());
    now_.boottime += end - now_.monotonic;
    now_.monotonic = end;
}

bool Cluster::run_until(const std::function<bool()>& condition, Nanos limit) {
    const Nanos end = now_.monotonic + limit;
    while (!condition()) {
        if (next_event() > end) return false;
        step_to(next_event());
    }
    return true;
}

std::uint64_t Cluster::leader() const {
    std::uint64_t best = 0;
    for (const auto& [id, node] : nodes_) {
        if (!node.running || node.raft->role() != Role::leader) continue;
        if (best == 0 || node.raft->term() > nodes_.at(best).raft->term()) best = id;
    }
    return best;
}

std::uint64_t Cluster::await_leader(Nanos limit) {
    const bool found = run_until(
        [&] {
            const std::uint64_t id = leader();
            return id != 0 && raft(id).established() && raft(id).lease_until() > now_.boottime;
        },
        limit);
    return found ? leader() : 0;
}

std::uint64_t Cluster::other_than(std::initializer_list<std::uint64_t> ids) const {
    for (const auto& [id, node] : nodes_) {
        if (node.running && std::find(ids.begin(), ids.end(), id) == ids.end()) return id;
    }
    return 0;
}

std::optional<Index> Cluster::propose(std::uint64_t id, std::string text) {
    const Result<Index> index = raft(id).propose(now_, Payload(std::move(text)));
    turn(id);
    return index ? std::optional(*index) : std::nullopt;
}

bool Cluster::applied(std::uint64_t id, const std::string& text) const {
    const auto& entries = nodes_.at(id).applied;
    return std::any_of(entries.begin(), entries.end(),
                       [&](const Entry& entry) { return entry.data.view() == text; });
}

bool Cluster::all_applied(const std::string& text) const {
    return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& known) {
        return !known.second.running || applied(known.first, text);
    });
}

}  // namespace quorate::raft::test
