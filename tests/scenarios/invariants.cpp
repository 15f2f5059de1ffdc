#include "tests/scenarios/invariants.h"

namespace quorate::scenarios {

void Invariants::leads(MemberId id, Term term) {
    const MemberId first = leaders_.try_emplace(term, id).first->second;
    if (first == id || !usurpers_.insert({term, id}).second) return;
    broken_.push_back("Election Safety: " + name_of(first) + " and " + name_of(id) +
                      " both lead in term " + std::to_string(term));
}

void Invariants::applies(MemberId id, const raft::Entry& entry) {
    const raft::Entry& first = agreed_.try_emplace(entry.index, entry).first->second;
    if (first.term == entry.term && first.data == entry.data) return;
    broken_.push_back("State Machine Safety: " + name_of(id) + " applies " +
                      position(entry.index, entry.term) + " " + text_of(entry) +
                      " where another applied " + position(first.index, first.term) + " " +
                      text_of(first));
}

void Invariants::hold_leases(const std::vector<MemberId>& holders) {
    if (holders.size() > 1 && holders != holders_) {
        broken_.push_back("the lease is held by " + names_of(holders));
    }
    holders_ = holders;
}

}  // namespace quorate::scenarios
