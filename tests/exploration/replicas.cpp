#include "tests/exploration/replicas.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"

namespace quorate::exploration {

using raft::Outgoing;
using raft::Raft;
using raft::Role;

namespace {

constexpr Moment beginning{std::chrono::seconds(1000), std::chrono::seconds(2000)};

std::shared_ptr<const raft::Snapshot> base_of(const Founding& founding, std::uint32_t seats) {
    auto snapshot = std::make_shared<raft::Snapshot>();
    snapshot->configuration.voters = founding.voters;
    snapshot->configuration.learners = founding.learners;
    snapshot->configuration.seats = seats;
    return snapshot;
}

}  // namespace

Replicas::Replicas(const Setting& setting, Flights& flights)
    : setting_(setting), flights_(flights) {}

raft::Options Replicas::options(Node node, Nanos withhold_until) const {
    raft::Options options;
    options.self = member(node);
    options.heartbeat = tick;
    options.election_min = options.election_max = election_ticks * tick;
    options.max_append_entries = setting_.bounds.batch;
    options.withhold_until = withhold_until;
    return options;
}

ReplicaId Replicas::start(Node node) {
    Replica replica;
    replica.node = node;
    replica.now = beginning;
    replica.raft = std::make_shared<Raft>(options(node, base::long_ago), beginning,
                                          base_of(setting_.founding[node], setting_.seats));
    return intern(std::move(replica));
}

Outcome Replicas::step(ReplicaId id, const Action& action) {
    const std::uint64_t key = std::uint64_t{id} << 32 | action.packed();
    if (const std::uint32_t* known = outcome_of_.find(key)) return outcomes_[*known];
    const Outcome outcome = work_out(id, action);
    outcome_of_.insert(key, static_cast<std::uint32_t>(outcomes_.size()));
    outcomes_.push_back(outcome);
    replicas_[id].last_input = action.packed() + 1;
    return outcome;
}

void Replicas::note_what_happened(const Replica& before, Pending& pending) {
    const bool leads = pending.raft->role() == Role::leader && pending.after.running;
    const bool led = before.role == Role::leader && before.running;
    const bool anew = leads && led && before.term != pending.raft->term();
    if (leads && (!led || anew)) pending.happened |= happened::elected;
    if (led && (!leads || anew)) pending.happened |= happened::deposed;
    const bool joint = pending.raft->configuration().joint();
    if (joint && !before.joint) pending.happened |= happened::entered_joint;
    const bool undone = (pending.happened & happened::truncated) != 0;
    if (!joint && before.joint && !undone) pending.happened |= happened::left_joint;
    if (pending.raft->commit_index() > before.commit) pending.happened |= happened::committed;
}

Outcome Replicas::work_out(ReplicaId id, const Action& action) {
    const Replica before = replicas_[id].replica;
    Pending pending{before, nullptr, {}, 0};
    apply_input(pending, action);
    if (pending.after.running) turn(pending);
    judge(before, pending, action);
    note_what_happened(before, pending);
    Outcome outcome;
    outcome.happened = pending.happened;
    outcome.sent_begin = static_cast<std::uint32_t>(sent_.size());
    for (Outgoing& outgoing : pending.sent) {
        sent_.push_back(flights_.enter(
            {before.node, node_of(outgoing.to), 0, std::move(outgoing.message), before.now}));
        ++outcome.sent_count;
    }
    pending.after.raft = std::move(pending.raft);
    outcome.next = intern(std::move(pending.after));
    return outcome;
}

/// With what is on its disk; its promises are not, so it withholds first.
void Replicas::restart(Pending& pending) const {
    Replica& after = pending.after;
    const raft::Log& log = after.raft->log();
    raft::Entries entries;
    std::shared_ptr<const raft::Snapshot> base = log.snapshot();
    if (setting_.mutations.amnesia) {
        after.disk = {};
        base = base_of(setting_.founding[after.node], setting_.seats);
    } else {
        for (Index index = base->index + 1; index <= log.last_index(); ++index) {
            entries.push_back(log.at(index));
        }
    }
    const bool at_once = setting_.mutations.amnesia || setting_.mutations.no_withholding;
    const Nanos wait = at_once ? base::long_ago : after.now.monotonic + election_ticks * tick;
    after.applied = base->index;
    after.running = true;
    pending.raft = std::make_shared<Raft>(options(after.node, wait), after.now, std::move(base),
                                          after.disk, std::move(entries));
}

bool Replicas::change(Raft& raft, Moment now) const {
    const std::vector<MemberId>& voters = setting_.change_to;
    std::vector<MemberId> learners;
    for (Node node = 0; node < setting_.nodes; ++node) {
        const MemberId id = member(node);
        const bool votes = std::find(voters.begin(), voters.end(), id) != voters.end();
        if (!votes && raft.configuration().is_learner(id)) learners.push_back(id);
    }
    return bool(raft.change_configuration(now, voters, learners));
}

void Replicas::apply_input(Pending& pending, const Action& action) {
    Replica& after = pending.after;
    const Moment now = after.now;
    bool accepted = true;
    if (action.act == Act::restart) {
        restart(pending);
        return;
    }
    pending.raft = std::make_shared<Raft>(*after.raft);
    Raft& raft = *pending.raft;
    switch (action.act) {
        case Act::deliver:
            raft.receive(now, member(flights_[action.flight].from),
                         flights_.at(action.flight, now));
            break;
        case Act::fire:
            raft.tick(now);
            break;
        case Act::propose:
            // Another one for each leader, so that a mix-up shows.
            accepted =
                bool(raft.propose(now, Payload(std::string{static_cast<char>('a' + after.node),
                                                           static_cast<char>('0' + after.term)})));
            break;
        case Act::change:
            accepted = change(raft, now);
            break;
        case Act::crash:
            after.running = false;
            break;
        case Act::prove:
            raft.declare_dead(now, member(action.other));
            break;
        case Act::transfer:
            accepted = bool(raft.transfer_leadership(now, member(action.other)));
            break;
        case Act::compact:
            raft.compact(after.applied, {}, 0);
            break;
        default:
            QUORATE_CHECK(false, "not a step of one node");
    }
    if (!accepted) pending.happened |= happened::refused;
}

/// As an owner does whose disk is done at once, until there is nothing more to do.
void Replicas::turn(Pending& pending) {
    Replica& after = pending.after;
    for (int pass = 0; pass < 8; ++pass) {
        raft::Output out = pending.raft->take_output(after.now);
        if (out.hard_state) after.disk = *out.hard_state;
        if (out.truncate_from) pending.happened |= happened::truncated;
        if (out.snapshot) {
            pending.happened |= happened::restored;
            after.applied = out.snapshot->index;
        }
        const bool idle = !out.hard_state && !out.truncate_from && !out.snapshot &&
                          out.entries.empty() && out.committed.empty() && out.send_now.empty() &&
                          out.send_after_persist.empty();
        for (const raft::Entry& entry : out.committed) {
            if (entry.index != after.applied + 1) {
                broken(after, "committed entries are handed out in order, each once",
                       std::to_string(entry.index) + " after " + std::to_string(after.applied));
            }
            after.applied = entry.index;
        }
        std::move(out.send_now.begin(), out.send_now.end(), std::back_inserter(pending.sent));
        pending.raft->persisted(after.now, out.last_persisting);
        std::move(out.send_after_persist.begin(), out.send_after_persist.end(),
                  std::back_inserter(pending.sent));
        if (idle) return;
    }
    broken(after, "a turn ends", "there is always more to do");
}

ReplicaId Replicas::intern(Replica replica) {
    const Raft& raft = *replica.raft;
    const Nanos horizon = setting_.bounds.life * tick;
    raft::Fingerprint key = raft.fingerprint(replica.now, horizon);
    key.low =
        mix(key.low ^ replica.disk.term << 32 ^ replica.disk.voted_for.low << 24 ^
            replica.applied << 8 ^ std::uint64_t{replica.node} << 4 ^ (replica.running ? 1u : 0u));
    const auto [found, first] = known_.try_emplace(key, static_cast<ReplicaId>(replicas_.size()));
    if (!first) {
        const ReplicaId id = found->second;
        if (!comparing_) compare_twin(id, replica);
        return id;
    }
    replica.role = raft.role();
    replica.term = raft.term();
    replica.lease = replica.running && raft.lease_until() > replica.now.boottime;
    replica.due = raft.next_deadline() <= replica.now.monotonic;
    replica.joint = raft.configuration().joint();
    replica.commit = raft.commit_index();
    replica.base = raft.log().snapshot()->index;
    replica.base_term = raft.log().snapshot()->term;
    replica.log = intern_log(raft.log());
    replicas_.push_back({std::move(replica)});
    return found->second;
}

std::uint32_t Replicas::intern_log(const raft::Log& log) {
    LogContent content;
    content.first = log.first_index();
    std::uint64_t sum = content.first;
    for (Index index = content.first; index <= log.last_index(); ++index) {
        content.entries.push_back({log.at(index).term, raft::fingerprint(log.at(index)).low});
        sum = mix(sum * 31 + content.entries.back().content);
    }
    const auto [found, first] =
        known_logs_.try_emplace(sum, static_cast<std::uint32_t>(logs_.size()));
    if (first) logs_.push_back(std::move(content));
    return found->second;
}

ReplicaId Replicas::aged(ReplicaId id) {
    if (replicas_[id].aged == unknown) {
        Replica older = replicas_[id].replica;
        older.now.monotonic += tick;
        older.now.boottime += tick;
        const ReplicaId aged = intern(std::move(older));
        replicas_[id].aged = aged;
    }
    return replicas_[id].aged;
}

}  // namespace quorate::exploration
