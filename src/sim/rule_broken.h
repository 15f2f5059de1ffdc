// How a checker says that a rule does not hold: it throws, and the seed ends there.
#pragma once

#include <string>
#include <utility>

namespace quorate::sim {

struct RuleBroken {
    std::string rule;     ///< the checker's name, in words
    std::string details;  ///< one line
};

[[noreturn]] inline void broken(std::string rule, std::string details) {
    throw RuleBroken{std::move(rule), std::move(details)};
}

}  // namespace quorate::sim
