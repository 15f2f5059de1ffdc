#include "sim/promises_kept.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void PromisesKept::promises(Life life, Nanos now, Nanos until, bool lifted) {
    const auto [known, first] = until_.try_emplace(life, until);
    // A promise that has run out may be forgotten.
    if (!first && until < known->second && known->second > now && !lifted) {
        broken("promises are kept", "life " + std::to_string(life) + " had promised until " +
                                        seconds(known->second) + " of its clock, and at " +
                                        seconds(now) + " it is " + seconds(until));
    }
    known->second = until;
}

}  // namespace quorate::sim
