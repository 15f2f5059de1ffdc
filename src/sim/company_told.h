// Rule of a default group: each member is told of its company in turn, of members that there are,
// and hears messages of nobody else.
#pragma once

#include <map>
#include <set>

#include "sim/names.h"

namespace quorate::sim {

class CompanyTold {
public:
    /// `life` is told everything from now on.
    void begins(Life life) { known_[life].clear(); }
    /// It is gone, or may have missed something.
    void ends(Life life) { known_.erase(life); }
    void joined(Life life, MemberId member, bool exists);
    void left(Life life, MemberId member);
    void heard(Life life, MemberId self, MemberId from) const;

private:
    std::map<Life, std::set<MemberId>> known_;
};

}  // namespace quorate::sim
