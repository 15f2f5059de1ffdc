// A group's agreed state, driven by short sentences: names for members and polls, a log index that
// counts by itself, and every command through its bytes.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "consensus/state_machine.h"

namespace quorate::consensus {

inline MemberId member(std::uint64_t number) {
    return MemberId{1, number};
}
inline PollId poll(std::uint64_t number) {
    return PollId{2, number};
}

inline MemberRecord record(std::uint64_t number, Role role = Role::member) {
    const std::string text = std::to_string(number);
    return {member(number), "relay-" + text, "tcp://10.0.0." + text + ":5601", role};
}

/// An incarnation founded by members 1 to `members`.
inline Founding founded_by(std::uint32_t members, GroupSpec spec = {}) {
    Founding founding{IncarnationId{3, 1}, 1'700'000'000, spec, {}};
    for (std::uint32_t i = 1; i <= members; ++i) founding.roster.push_back(record(i));
    return founding;
}

class GroupStory {
public:
    explicit GroupStory(std::uint32_t members) : GroupStory(members, GroupSpec{.size = members}) {}
    GroupStory(std::uint32_t members, GroupSpec spec) : machine(founded_by(members, spec)) {}

    Effects apply(const Command& command) { return machine.apply(++index, encode(command)); }

    Effects join(std::uint64_t who, Role role = Role::member) {
        return apply(Join{record(who, role)});
    }
    Effects leave(std::uint64_t who, Departure reason = Departure::lost) {
        return apply(Leave{member(who), reason});
    }
    Effects ask(Voting kind, std::uint64_t id = 1, std::uint64_t requester = 1) {
        OpenPoll open;
        open.poll = poll(id);
        open.requester = member(requester);
        open.request = 10 + id;
        open.topic = "open breaker 7";
        open.kind = kind;
        open.timeout = std::chrono::seconds(1);
        return apply(open);
    }
    Effects vote(std::uint64_t who, bool yes, std::uint64_t id = 1) {
        return apply(CastVote{poll(id), member(who), yes});
    }
    Effects expire(std::uint64_t id = 1) { return apply(ExpirePoll{poll(id)}); }

    std::vector<std::uint64_t> roster() const {
        std::vector<std::uint64_t> numbers;
        for (const MemberRecord& each : machine.roster()) numbers.push_back(each.id.low);
        return numbers;
    }

    std::uint64_t index = 0;
    StateMachine machine;
};

/// The effect of that kind, if there is exactly one.
template <class E>
const E* only(const Effects& effects) {
    const E* found = nullptr;
    for (const Effect& effect : effects) {
        const E* each = std::get_if<E>(&effect);
        if (each != nullptr && found != nullptr) return nullptr;
        if (each != nullptr) found = each;
    }
    return found;
}

inline bool still_open(const Effects& effects) {
    return only<PollClosed>(effects) == nullptr;
}

/// "yes 3:0 of 5": the outcome, or why there is none.
inline std::string outcome_of(const Effects& effects) {
    if (const auto* closed = only<PollClosed>(effects)) {
        return std::string(to_string(closed->outcome)) + " " + std::to_string(closed->yes_votes) +
               ":" + std::to_string(closed->no_votes) + " of " + std::to_string(closed->electorate);
    }
    if (const auto* rejected = only<VoteRejected>(effects)) {
        return std::string(to_string(rejected->error.code));
    }
    return "open";
}

}  // namespace quorate::consensus
