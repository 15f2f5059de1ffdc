#include "sim/membership_order.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void MembershipOrder::begins(Life life, MemberId self, IncarnationId incarnation,
                             raft::Index index) {
    listeners_[life] = {self, incarnation, index, index, {}};
}

bool MembershipOrder::told(Life life, IncarnationId incarnation, raft::Index index, Change change,
                           MemberId member) {
    const auto [known, first] = changes_[incarnation].try_emplace(index, Told{change, member});
    if (known->second.change != change || known->second.member != member) {
        broken("same joins and leaves in the same order",
               "life " + std::to_string(life) + " is told of " + brief(member) + " at index " +
                   std::to_string(index) + " of " + brief(incarnation) + ", others of " +
                   brief(known->second.member));
    }
    const auto own = listeners_.find(life);
    if (own != listeners_.end() && !own->second.told.try_emplace(index, true).second) {
        broken("same joins and leaves in the same order",
               "life " + std::to_string(life) + " is told twice of " + brief(member));
    }
    if (!first) return false;
    for (const auto& [other, listener] : listeners_) {
        if (other != life && listener.incarnation == incarnation && listener.from < index &&
            index <= listener.upto && listener.self != member) {
            missed(other, index, known->second);
        }
    }
    return true;
}

void MembershipOrder::applied(Life life, raft::Index index) {
    const auto found = listeners_.find(life);
    if (found == listeners_.end() || index <= found->second.upto) return;
    Listener& listener = found->second;
    const auto& changes = changes_[listener.incarnation];
    for (auto each = changes.upper_bound(listener.upto);
         each != changes.end() && each->first <= index; ++each) {
        if (each->second.member != listener.self && !listener.told.contains(each->first)) {
            missed(life, each->first, each->second);
        }
    }
    listener.upto = index;
}

void MembershipOrder::missed(Life life, raft::Index index, const Told& told) const {
    broken("same joins and leaves in the same order",
           "life " + std::to_string(life) + " was never told of " + brief(told.member) +
               ", which others heard of at index " + std::to_string(index));
}

}  // namespace quorate::sim
