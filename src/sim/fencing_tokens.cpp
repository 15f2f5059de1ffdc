#include "sim/fencing_tokens.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

void FencingTokens::entered(IncarnationId incarnation, std::uint64_t epoch, std::uint64_t known) {
    if (epoch > known) return;
    broken("fencing tokens grow", brief(incarnation) + " has epoch " + std::to_string(epoch) +
                                      ", and is entered by a founder that was in one with " +
                                      std::to_string(known));
}

bool FencingTokens::elected(IncarnationId incarnation, std::uint64_t epoch, raft::Term term) {
    raft::Term& latest = terms_[incarnation];
    if (term <= latest) {
        broken("fencing tokens grow", brief(incarnation) + " elects in term " +
                                          std::to_string(term) + " after term " +
                                          std::to_string(latest));
    }
    latest = term;
    const std::pair token{epoch, term};
    const bool repeated = incarnation != last_incarnation_ && token <= last_;
    last_ = token;
    last_incarnation_ = incarnation;
    return repeated;
}

}  // namespace quorate::sim
