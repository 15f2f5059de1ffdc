// The rules that one node's step can show, and the comparison of twins.
#include <algorithm>
#include <string>
#include <utility>

#include "tests/exploration/replicas.h"

namespace quorate::exploration {

using raft::Outgoing;
using raft::Raft;

void Replicas::broken(const Replica& replica, const std::string& rule, const std::string& details) {
    throw Violation{rule, "node " + std::to_string(replica.node + 1) + ": " + details};
}

namespace {

/// Section 4.1: whether or not it is committed.
const raft::Configuration& latest_configuration(const raft::Log& log) {
    for (Index index = log.last_index(); index >= log.first_index(); --index) {
        const raft::Entry& entry = log.at(index);
        if (entry.configuration) return *entry.configuration;
    }
    return log.snapshot()->configuration;
}

}  // namespace

void Replicas::judge(const Replica& before, const Pending& pending, const Action& action) const {
    const Replica& after = pending.after;
    const Raft& raft = *pending.raft;
    if (raft.configuration().voters.size() < setting_.founding[after.node].voters.size()) {
        broken(after, "a seat is never freed",
               "only " + std::to_string(raft.configuration().voters.size()) + " voters are left");
    }
    if (raft.configuration() != latest_configuration(raft.log())) {
        broken(after, "the latest configuration in the log is in force", "it is another one");
    }
    if (action.act == Act::restart) return;
    const raft::HardState& was = before.disk;
    const raft::HardState& is = after.disk;
    if (is.term < was.term || (after.running && raft.term() < before.term)) {
        broken(after, "terms never fall",
               std::to_string(is.term) + " after " + std::to_string(was.term));
    }
    if (is.term == was.term && was.voted_for && is.voted_for != was.voted_for) {
        broken(after, "one vote a term", "took back its vote in term " + std::to_string(is.term));
    }
    for (const Outgoing& outgoing : pending.sent) {
        const auto* reply = std::get_if<raft::VoteReply>(&outgoing.message);
        if (!reply || !reply->granted || reply->pre_vote) continue;
        if (reply->term == is.term && is.voted_for == outgoing.to) continue;
        broken(after, "one vote a term",
               "gives a vote in term " + std::to_string(reply->term) + " that it has not kept");
    }
    if (raft.commit_index() < before.commit) {
        broken(after, "what is committed stays so", "its commit index falls");
    }
}

/// Every 16th time that a value is taken for one that is known already, both are given the same
/// input.
void Replicas::compare_twin(ReplicaId known, const Replica& twin) {
    const std::uint32_t packed = replicas_[known].last_input;
    if (packed == 0 || ++met_again_ % 16 != 0) return;
    ++twins_;
    comparing_ = true;
    const Action action = Action::unpacked(packed - 1);
    const Outcome expected = step(known, action);
    const Replica kept = std::exchange(replicas_[known].replica, twin);
    // The observations are the known one's: fingerprints are equal, so they must be.
    Replica& substitute = replicas_[known].replica;
    substitute.role = kept.role;
    substitute.term = kept.term;
    substitute.joint = kept.joint;
    substitute.commit = kept.commit;
    const Outcome other = work_out(known, action);
    replicas_[known].replica = kept;
    comparing_ = false;
    const bool alike = other.next == expected.next && other.happened == expected.happened &&
                       std::equal(sent(other), sent(other) + other.sent_count, sent(expected),
                                  sent(expected) + expected.sent_count);
    sent_.resize(other.sent_begin);
    if (!alike) {
        broken(kept, "equal fingerprints mean equal futures",
               "two values with one fingerprint do not go on alike (src/raft/fingerprint.cpp)");
    }
}

}  // namespace quorate::exploration
