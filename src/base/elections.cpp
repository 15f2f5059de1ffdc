#include "quorate/elections.h"

namespace quorate {

std::string_view to_string(ElectionTrigger trigger) {
    switch (trigger) {
        case ElectionTrigger::unknown:
            return "unknown";
        case ElectionTrigger::timeout:
            return "timeout";
        case ElectionTrigger::leader_dead:
            return "leader_dead";
        case ElectionTrigger::transfer:
            return "transfer";
        case ElectionTrigger::founding:
            return "founding";
    }
    return "unknown";
}

std::string_view to_string(ElectionOutcome outcome) {
    switch (outcome) {
        case ElectionOutcome::elected:
            return "elected";
        case ElectionOutcome::kept:
            return "kept";
        case ElectionOutcome::given_up:
            return "given_up";
    }
    return "unknown";
}

std::string_view to_string(VoteAnswer answer) {
    switch (answer) {
        case VoteAnswer::granted:
            return "granted";
        case VoteAnswer::stale_term:
            return "stale_term";
        case VoteAnswer::sticky:
            return "sticky";
        case VoteAnswer::log_behind:
            return "log_behind";
        case VoteAnswer::voted_already:
            return "voted_already";
        case VoteAnswer::withheld:
            return "withheld";
    }
    return "unknown";
}

}  // namespace quorate
