// A path through the states, told line by line: what happened, and what became of whom.
#pragma once

#include <string>
#include <vector>

#include "tests/exploration/group.h"

namespace quorate::exploration {

/// The steps of `path` from `origin` on; the last one may be the one that breaks a rule.
std::string tell(Group& group, const State& origin, const std::vector<Action>& path);

}  // namespace quorate::exploration
