#include "raft/types.h"

#include <algorithm>

namespace quorate::raft {

namespace {

bool holds(const std::vector<MemberId>& list, MemberId id) {
    return std::find(list.begin(), list.end(), id) != list.end();
}

}  // namespace

bool Configuration::is_voter(MemberId id) const {
    return holds(voters, id) || holds(outgoing, id);
}

bool Configuration::is_learner(MemberId id) const {
    return holds(learners, id);
}

bool Configuration::is_witness(MemberId id) const {
    return holds(witnesses, id);
}

std::vector<MemberId> Configuration::distinct_voters() const {
    std::vector<MemberId> all = voters;
    for (const MemberId& id : outgoing) {
        if (!holds(voters, id)) all.push_back(id);
    }
    return all;
}

std::vector<MemberId> Configuration::everyone() const {
    std::vector<MemberId> all = distinct_voters();
    all.insert(all.end(), learners.begin(), learners.end());
    return all;
}

}  // namespace quorate::raft
