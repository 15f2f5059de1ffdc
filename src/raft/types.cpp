#include "raft/types.h"

namespace quorate::raft {

bool Configuration::is_voter(MemberId id) const {
    return is_among(id, voters) || is_among(id, outgoing);
}

bool Configuration::is_learner(MemberId id) const {
    return is_among(id, learners);
}

bool Configuration::is_witness(MemberId id) const {
    return is_among(id, witnesses);
}

std::vector<MemberId> Configuration::distinct_voters() const {
    std::vector<MemberId> all = voters;
    for (const MemberId& id : outgoing) {
        if (!is_among(id, voters)) all.push_back(id);
    }
    return all;
}

std::vector<MemberId> Configuration::everyone() const {
    std::vector<MemberId> all = distinct_voters();
    all.insert(all.end(), learners.begin(), learners.end());
    return all;
}

}  // namespace quorate::raft
