// Rule: no incarnation elects or commits once a later one has, while at most `size` members run.
//
// Precisely, in simulated time, which no member sees:
// - an incarnation is founded when the first process is seen in it;
// - it acts when a process in it becomes leader, and when the commit index of its leader advances
//   (a follower that merely learns of a commit is no act);
// - B is later than A if it was founded later;
// - the rule is broken when A acts and some later B has acted before.
// As every incarnation acts only before all later ones do, their times of deciding never overlap.
#pragma once

#include <map>

#include "sim/names.h"

namespace quorate::sim {

class IncarnationOrder {
public:
    void founded(IncarnationId incarnation, Nanos now);
    void acts(IncarnationId incarnation, Nanos now, const char* what);

private:
    struct Life {
        Nanos founded_at{};
        std::size_t number = 0;  ///< in the order of founding
    };
    std::map<IncarnationId, Life> incarnations_;
    IncarnationId latest_;  ///< the latest-founded that has acted
    std::size_t latest_number_ = 0;
    Nanos latest_first_act_{};
};

}  // namespace quorate::sim
