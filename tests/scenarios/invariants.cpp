#include "tests/scenarios/invariants.h"

namespace quorate::scenarios {

void Invariants::leads(MemberId id, Term term) {
    const MemberId first = leaders_.try_emplace(term, id).first->second;
    if (first == id || !usurpers_.insert({term, id}).second) return;
    broken_.push_back("Election Safety: " + name_of(first) + " and " + name_of(id) +
                      " both lead in term " + std::to_string(term));
}

void Invariants::applies(MemberId id, const raft::Entry& entry) {
    const auto known = agreed_.try_emplace(entry.index, entry).first;
    if (known->second.withheld() && known->second.term == entry.term) known->second = entry;
    const raft::Entry& first = known->second;
    // A witness has the entry, and nothing of what is in it.
    const bool same_data = entry.withheld() || first.data == entry.data;
    if (first.term == entry.term && same_data) return;
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
