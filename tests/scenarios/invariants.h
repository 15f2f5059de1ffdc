// What must always hold, whatever a scenario does: Election Safety and State Machine Safety
// (thesis, figure 3.2), and that the lease is never held by two (design rule 5). Values in, broken
// ones out as sentences; each is told once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/check.h"
#include "tests/scenarios/words.h"

namespace quorate::scenarios {

class Invariants {
public:
    void leads(MemberId id, Term term);
    void applies(MemberId id, const raft::Entry& entry);
    void hold_leases(const std::vector<MemberId>& holders);

    /// What was broken since the last call.
    std::vector<std::string> take_broken() { return std::exchange(broken_, {}); }

private:
    std::map<Term, MemberId> leaders_;
    std::set<std::pair<Term, MemberId>> usurpers_;
    std::map<Index, raft::Entry> agreed_;
    std::vector<MemberId> holders_;
    std::vector<std::string> broken_;
};

}  // namespace quorate::scenarios
