// Configuration changes by joint consensus (section 4.3); learners; seats are only taken over
// (design rule 3).
#include <algorithm>

#include "raft/raft.h"
#include "raft/validate.h"

namespace quorate::raft {

bool Raft::change_in_progress() const {
    return configuration().joint() || configuration_index() > commit_index_;
}

Result<Index> Raft::change_configuration(Moment, std::vector<MemberId> voters,
                                         std::vector<MemberId> learners,
                                         std::vector<MemberId> witnesses,
                                         std::optional<std::uint32_t> seats) {
    if (role_ != Role::leader) {
        return Error{ErrorCode::not_leader, "only the leader changes the configuration: ask it"};
    }
    if (transfer_ || change_in_progress() || !established()) {
        return Error{ErrorCode::would_block,
                     "another change, or the start of this leadership, is not committed yet: try "
                     "again when it is"};
    }
    const Configuration& now_in_force = configuration();
    const std::uint32_t wanted_seats = seats.value_or(now_in_force.seats);
    const bool fewer_seats = wanted_seats < now_in_force.seats && voters.size() >= wanted_seats;
    if (voters.size() < now_in_force.voters.size() && !fewer_seats) {
        return Error{ErrorCode::bad_argument,
                     "a seat is never freed, only taken over: name at least as many voters as now, "
                     "or as there are to be seats where those get fewer"};
    }
    auto next = std::make_shared<Configuration>();
    next->voters = std::move(voters);
    next->learners = std::move(learners);
    next->witnesses = std::move(witnesses);
    next->seats = wanted_seats;
    if (!is_sound(*next)) {
        return Error{ErrorCode::bad_argument,
                     "every voter and learner is named once, and nobody is both; witnesses are "
                     "voters, and at most half of them; there is at least one seat"};
    }
    if (next->is_witness(options_.self)) {
        return Error{ErrorCode::bad_argument, "a leader is no witness: hand leadership on first"};
    }
    for (const MemberId& id : now_in_force.witnesses) {
        if (next->contains(id) && !next->is_witness(id)) {
            return Error{ErrorCode::bad_argument,
                         "a witness holds no data and stays one: let it come under another id"};
        }
    }
    if (!std::is_permutation(next->voters.begin(), next->voters.end(), now_in_force.voters.begin(),
                             now_in_force.voters.end())) {
        next->outgoing = now_in_force.voters;
        next->outgoing_seats = now_in_force.seats;
        for (const MemberId& id : now_in_force.witnesses) {
            if (!next->is_witness(id)) next->witnesses.push_back(id);
        }
        std::erase_if(next->learners,
                      [&](const MemberId& id) { return now_in_force.is_voter(id); });
        if (!is_sound(*next)) {
            return Error{ErrorCode::bad_argument,
                         "too many of today's voters would be witnesses while the change goes on: "
                         "change fewer at once"};
        }
    }
    append_own(EntryKind::configuration, {}, std::move(next));
    sync_progress(Start::probe);
    return log_.last_index();
}

/// A follower's progress exists as long as it is in the latest configuration.
void Raft::sync_progress(Start newcomers) {
    const Configuration& current = configuration();
    std::erase_if(progress_, [&](const auto& known) { return !current.contains(known.first); });
    for (const MemberId& id : current.everyone()) {
        if (id == options_.self) continue;
        const auto [at, added] = progress_.try_emplace(id);
        if (!added) continue;
        at->second.next = log_.last_index() + 1;
        at->second.rank = static_cast<std::uint32_t>(current.voters.size());
        if (newcomers == Start::probe) {
            at->second.state = Progress::State::probe;
            at->second.probe_due = true;
        }
    }
    round_due_ = true;  // everybody learns its place in the new order
}

/// C_old,new is committed: C_new follows by itself, whoever leads by now (section 4.3).
void Raft::leave_joint_if_committed() {
    if (!configuration().joint() || configuration_index() > commit_index_) return;
    auto next = std::make_shared<Configuration>(configuration());
    next->outgoing.clear();
    next->outgoing_seats = 0;
    std::erase_if(next->witnesses, [&](const MemberId& id) { return !next->is_voter(id); });
    append_own(EntryKind::configuration, {}, std::move(next));
    sync_progress(Start::probe);
}

/// A leader outside of C_new leads until C_new is committed (section 4.2.2).
void Raft::step_down_if_removed(Moment now) {
    if (is_voter() || change_in_progress()) return;
    become_follower(now, hard_state_.term, MemberId{});
}

}  // namespace quorate::raft
