#include "sim/core/checks.h"

#include <algorithm>
#include <set>
#include <utility>

#include "sim/rule_broken.h"

namespace quorate::sim::core {

namespace {

using raft::Role;

/// There is one incarnation here.
const IncarnationId the_one{1, 1};

std::string list(const std::vector<MemberId>& ids) {
    std::string text;
    for (const MemberId& id : ids) text += (text.empty() ? "n" : " n") + std::to_string(id.low - 1);
    return text;
}

const char* name_of(raft::Trigger trigger) {
    switch (trigger) {
        case raft::Trigger::none:
            return "nothing";
        case raft::Trigger::timeout:
            return "a timeout";
        case raft::Trigger::leader_dead:
            return "its leader's proven death";
        case raft::Trigger::transfer:
            return "a transfer";
        case raft::Trigger::founding:
            return "the founding";
    }
    return "";
}

/// Design rule 1, written once more: what the core takes for a quorum is what is being checked.
template <class Backs>
bool are_a_quorum(const raft::Configuration& configuration, Backs&& backs) {
    std::set<MemberId> all;
    for (const auto* half : {&configuration.voters, &configuration.outgoing}) {
        std::size_t behind = 0;
        for (const MemberId& id : *half) {
            if (!backs(id)) continue;
            ++behind;
            all.insert(id);
        }
        if (!half->empty() && 2 * behind <= half->size()) return false;
    }
    return all.size() > std::max(configuration.seats, configuration.outgoing_seats) / 2;
}

/// Where the configuration stands that is in force at `index`; the snapshot's if none is left.
Index configuration_index(const raft::Log& log, Index index) {
    for (; index > log.snapshot()->index; --index) {
        if (log.at(index).kind == raft::EntryKind::configuration) break;
    }
    return index;
}

}  // namespace

std::string describe(const raft::Configuration& configuration) {
    std::string text = list(configuration.voters);
    if (configuration.joint()) text += " from " + list(configuration.outgoing);
    if (configuration.seats > configuration.voters.size())
        text += ", " + std::to_string(configuration.seats) + " seats";
    if (!configuration.witnesses.empty()) text += ", witnessed by " + list(configuration.witnesses);
    if (!configuration.learners.empty()) text += ", learning " + list(configuration.learners);
    return text;
}

void Checks::tell(const Node& node, const std::string& what) const {
    if (story_.on()) story_.tell(scheduler_.now(), node.label(), what);
}

void Checks::started(Node& node) {
    node.watch.forget();
    node.role = node.raft->role();
    node.term = node.raft->term();
    node.committed = node.raft->commit_index();
    node.last_index = node.last_term = node.first_index = 0;
    node.configuration_index = 0;
    node.held_lease = false;
    look_at_log(node);
}

void Checks::ended(Node& node) {
    lease_.died(node.life);
    seats_.died(node.life);
}

void Checks::look(Node& node) {
    look_at_log(node);
    look_at_role(node);
    look_at_commit(node);
    look_at_lease(node);
    look_at_pace(node);
}

void Checks::look_at_log(Node& node) {
    const raft::Log& log = node.raft->log();
    const Index first = log.first_index();
    const Index last = log.last_index();
    const Term last_term = log.last_term();
    // Where the last term is the same, so is all before it.
    if (last == node.last_index && last_term == node.last_term && first == node.first_index) return;
    node.last_index = last;
    node.last_term = last_term;
    node.first_index = first;
    node.watch.look(
        log,
        [&](const raft::Snapshot& base) {
            seats_.begins(node.life, the_one, base.index, base.configuration);
            node.configuration_index = 0;
        },
        [&](const raft::Entry& entry, std::optional<Term> before) { stands(node, entry, before); });
    const Index configuration = node.raft->configuration_index();
    if (configuration < node.configuration_index) {
        totals_.coverage.hit(Branch::configuration_undone);
        tell(node, "is back in the configuration " + describe(node.raft->configuration()));
    }
    node.configuration_index = configuration;
}

void Checks::stands(Node& node, const raft::Entry& entry, std::optional<Term> term_before) {
    if (entry.index > node.raft->log().snapshot()->index) seats_.cut(node.life, entry.index);
    if (entry.withheld()) return;  // a witness's: of the same index and term, without its content
    const bool first = logs_.stands(the_one, entry, digest_of(entry), term_before);
    if (!entry.configuration) return;
    const raft::Log& log = node.raft->log();
    if (entry.index <= log.snapshot()->index) return;
    seats_.stands(node.life, entry.index, *entry.configuration);
    if (!first) return;
    if (entry.configuration->joint()) {
        totals_.coverage.hit(Branch::joint_entered);
    } else if (log.configuration_at(entry.index - 1).joint()) {
        totals_.coverage.hit(Branch::joint_left);
    }
    tell(node, "appends the configuration " + describe(*entry.configuration) + " at index " +
                   std::to_string(entry.index));
}

void Checks::look_at_role(Node& node) {
    const Role role = node.raft->role();
    const Term term = node.raft->term();
    if (role == Role::leader) {
        if (node.role != Role::leader || node.term != term) won(node);
    } else if (node.role == Role::leader) {
        lost(node, node.term);
    } else if (role == Role::candidate && (node.role != role || node.term != term)) {
        tell(node, "is a candidate in term " + std::to_string(term) + " after " +
                       name_of(node.raft->trigger()));
    }
    node.role = role;
    node.term = term;
}

void Checks::won(Node& node) {
    static constexpr std::array<Branch, 5> after = {
        Branch::elected_after_timeout, Branch::elected_after_timeout,
        Branch::elected_after_proof_of_death, Branch::elected_after_transfer,
        Branch::elected_as_founder};
    const raft::Trigger trigger = node.raft->trigger();
    leaders_.leads(the_one, node.raft->term(), node.life, node.id);
    ++totals_.elections;
    totals_.coverage.hit(after[static_cast<std::size_t>(trigger)]);
    if (trigger == raft::Trigger::transfer && !node.hands_on_anew) {
        totals_.coverage.hit(Branch::transfer_done);
    }
    node.hands_on_anew = false;
    if (node.raft->configuration().joint()) totals_.coverage.hit(Branch::elected_while_joint);
    committed_.elected(the_one, node.raft->log());
    const raft::Log& log = node.raft->log();
    bool lacks = node.lacks;
    for (Index at = log.first_index(); at <= log.last_index(); ++at) lacks |= log.at(at).withheld();
    if (lacks) broken("who leads holds every entry whole", node.label() + " was a witness to some");
    tell(node, "leads in term " + std::to_string(node.raft->term()) + " after " + name_of(trigger) +
                   ", its log ends at " + std::to_string(log.last_index()));
}

void Checks::lost(Node& node, Term term_before) {
    tell(node, "no longer leads in term " + std::to_string(term_before));
    if (node.raft->term() > term_before && node.raft->role() == Role::follower) {
        totals_.coverage.hit(Branch::stepped_down_for_higher_term);
    }
}

/// Whether the entry would survive a crash of that member now. What a volatile member held counted
/// when it said so.
bool Checks::holds(MemberId id, Index index, Term term) const {
    const Node* node = find_(id);
    if (node == nullptr) return false;
    if (node->durable) return node->disk.holds(index, term);
    if (node->state == Node::State::gone) return true;
    const raft::Log& log = node->raft->log();
    return index <= log.snapshot()->index || log.term_at(index) == term;
}

void Checks::look_at_commit(Node& node) {
    const raft::Raft& raft = *node.raft;
    const Index index = raft.commit_index();
    if (index < node.committed) {
        broken("a commit index never falls", node.label() + " had committed up to " +
                                                 std::to_string(node.committed) + ", now up to " +
                                                 std::to_string(index));
    }
    if (index == node.committed) return;
    const Index committed_before = std::exchange(node.committed, index);
    if (raft.role() != Role::leader) return;
    const raft::Log& log = raft.log();
    const auto stands_on = [&](const raft::Configuration& configuration, Index at) {
        const Term term = log.term_at(at).value_or(0);
        return are_a_quorum(configuration, [&](MemberId id) { return holds(id, at, term); });
    };
    const raft::Configuration& standing = log.configuration_at(index);
    if (standing.joint()) totals_.coverage.hit(Branch::committed_while_joint);
    // A joint configuration is committed by itself, whatever comes in the same step behind it.
    const Index since = configuration_index(log, index);
    const bool left_rightly =
        !standing.joint() || since <= committed_before || stands_on(standing, since);
    // What is no more than in the log is in force.
    if (left_rightly && (stands_on(standing, index) || stands_on(raft.configuration(), index))) {
        return;
    }
    broken("a commit stands on the disks of a quorum", node.label() + " commits index " +
                                                           std::to_string(index) + " of term " +
                                                           std::to_string(raft.term()));
}

void Checks::look_at_lease(Node& node) {
    if (node.role != Role::leader && !node.held_lease) return;
    const Nanos now = scheduler_.now();
    const Nanos end = node.clock->when_boottime(node.raft->lease_until());
    node.held_lease = end > now;
    lease_.holds(node.life, the_one, end, now);
}

void Checks::look_at_pace(Node& node) {
    if (node.role != Role::leader) return;
    const Moment now = node.clock->now();
    for (const MemberId& id : node.raft->configuration().voters) {
        if (node.raft->paced(now, id)) totals_.coverage.hit(Branch::brought_up_at_a_pace);
    }
}

void Checks::sent(const Node& node, const raft::Outgoing& outgoing) {
    if (const auto* reply = std::get_if<raft::VoteReply>(&outgoing.message)) {
        count_refusal(*reply);
        if (reply->granted && !reply->pre_vote) voted(node, reply->term, outgoing.to);
    } else if (const auto* request = std::get_if<raft::VoteRequest>(&outgoing.message)) {
        if (!request->pre_vote) voted(node, request->term, node.id);
    } else if (const auto* answer = std::get_if<raft::AppendReply>(&outgoing.message)) {
        if (answer->accepted) return;
        totals_.coverage.hit(Branch::append_rejected);
        if (answer->hint_term > 0) totals_.coverage.hit(Branch::conflict_hint_term);
    } else if (const auto* install = std::get_if<raft::InstallSnapshot>(&outgoing.message)) {
        totals_.coverage.hit(install->offset == 0 ? Branch::snapshot_sent : Branch::snapshot_chunk);
    }
}

void Checks::voted(const Node& node, Term term, MemberId candidate) {
    const auto [vote, first] =
        votes_.try_emplace((std::uint64_t{node.number} << 48) | term, candidate);
    if (first || vote->second == candidate) return;
    broken("one vote a term", node.label() + " voted for n" + std::to_string(vote->second.low - 1) +
                                  " and n" + std::to_string(candidate.low - 1) + " in term " +
                                  std::to_string(term));
}

void Checks::count_refusal(const raft::VoteReply& reply) {
    using raft::VoteRefusal;
    switch (reply.refusal) {
        case VoteRefusal::none:
            return;
        case VoteRefusal::stale_term:
            return totals_.coverage.hit(Branch::vote_refused_stale_term);
        case VoteRefusal::sticky:
            return totals_.coverage.hit(Branch::vote_refused_sticky);
        case VoteRefusal::log_behind:
            return totals_.coverage.hit(Branch::vote_refused_log_behind);
        case VoteRefusal::voted_already:
            return totals_.coverage.hit(Branch::vote_refused_voted_already);
        case VoteRefusal::withheld:
            return totals_.coverage.hit(Branch::vote_refused_withheld);
    }
}

void Checks::applied(const Node& node, const raft::Entry& entry) {
    if (entry.index != node.applied) {
        broken("entries are applied in order, each once",
               node.label() + " applies index " + std::to_string(entry.index) + " as number " +
                   std::to_string(node.applied));
    }
    if (entry.withheld()) {
        const CommittedEntries::Record* known = committed_.find(the_one, entry.index);
        if (known == nullptr || known->term == entry.term) return;
        broken("committed entries never change",
               "index " + std::to_string(entry.index) + " was committed with term " +
                   std::to_string(known->term) + ", and by the witness " + node.label() +
                   " with term " + std::to_string(entry.term));
    }
    committed_.committed(the_one, entry, digest_of(entry));
    same_digest(node);
}

void Checks::restored(const Node& node) {
    same_digest(node);
}

void Checks::same_digest(const Node& node) {
    if (node.lacks) return;  // it has no state to speak of
    if (digests_.size() <= node.applied) digests_.resize(node.applied + 1);
    std::optional<std::uint64_t>& known = digests_[node.applied];
    if (!known) known = node.machine.digest();
    if (*known == node.machine.digest()) return;
    broken("every node applies the same in the same order",
           "the state of " + node.label() + " at index " + std::to_string(node.applied) +
               " is not that of others");
}

void Checks::acknowledged(Index index, const Command& command) const {
    const CommittedEntries::Record* record = committed_.find(the_one, index);
    const std::optional<Command> stands =
        record != nullptr ? Command::decode(record->data) : std::nullopt;
    if (stands && stands->client == command.client && stands->serial == command.serial) return;
    broken("what a client was told stands in the log",
           "command " + std::to_string(command.serial) + " of client " +
               std::to_string(command.client) + " at index " + std::to_string(index));
}

}  // namespace quorate::sim::core
