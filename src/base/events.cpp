#include "quorate/events.h"

namespace quorate {

std::string_view to_string(Role role) {
    switch (role) {
        case Role::member:
            return "member";
        case Role::observer:
            return "observer";
        case Role::witness:
            return "witness";
    }
    return "unknown";
}

std::string_view to_string(Voting kind) {
    switch (kind) {
        case Voting::majority:
            return "majority";
        case Voting::consensus:
            return "consensus";
    }
    return "unknown";
}

std::string_view to_string(Subject subject) {
    switch (subject) {
        case Subject::value:
            return "value";
        case Subject::action:
            return "action";
    }
    return "unknown";
}

std::string_view to_string(ActionClock clock) {
    switch (clock) {
        case ActionClock::realtime:
            return "realtime";
        case ActionClock::tai:
            return "tai";
        case ActionClock::monotonic:
            return "monotonic";
    }
    return "unknown";
}

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::yes:
            return "yes";
        case Outcome::no:
            return "no";
        case Outcome::timeout:
            return "timeout";
        case Outcome::lost:
            return "lost";
    }
    return "unknown";
}

std::string_view to_string(Departure reason) {
    switch (reason) {
        case Departure::left:
            return "left";
        case Departure::lost:
            return "lost";
    }
    return "unknown";
}

std::string_view to_string(State state) {
    switch (state) {
        case State::follower:
            return "follower";
        case State::candidate:
            return "candidate";
        case State::leader:
            return "leader";
        case State::learner:
            return "learner";
        case State::standby:
            return "standby";
        case State::observer:
            return "observer";
        case State::witness:
            return "witness";
        case State::outside:
            return "outside";
    }
    return "unknown";
}

}  // namespace quorate
