#include "sim/company_told.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {
constexpr const char* rule = "a member is told of its company in turn";

std::string life_and(Life life, const char* what, MemberId member) {
    return "life " + std::to_string(life) + what + brief(member);
}
}  // namespace

void CompanyTold::joined(Life life, MemberId member, bool exists) {
    if (!exists)
        broken(rule, life_and(life, " is told of a member that there never was: ", member));
    const auto known = known_.find(life);
    if (known == known_.end()) return;
    if (!known->second.insert(member).second) {
        broken(rule, life_and(life, " is told twice that there is ", member));
    }
}

void CompanyTold::left(Life life, MemberId member) {
    const auto known = known_.find(life);
    if (known == known_.end()) return;
    if (known->second.erase(member) == 0) {
        broken(rule, life_and(life, " is told of the end of one it was not told of: ", member));
    }
}

void CompanyTold::heard(Life life, MemberId self, MemberId from) const {
    const auto known = known_.find(life);
    if (known == known_.end() || from == self || known->second.contains(from)) return;
    broken("messages come from those one was told of",
           life_and(life, " hears a message of ", from));
}

}  // namespace quorate::sim
