// Listens to several members at once, and keeps what they told, so that a test can say what was
// told, how often, and what was not.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "group_of_members.h"

namespace quorate::blackbox {

/// Calm enough for a busy machine to keep where a test says that no leader may change, and still
/// far below the seconds for which what is tested would disturb it.
inline Arguments calm_timing(Arguments more = {}) {
    Arguments options{"--heartbeat-ms",    "50",   "--election-min-ms", "500",
                      "--election-max-ms", "1000", "--peer-timeout-ms", "3000"};
    options.insert(options.end(), more.begin(), more.end());
    return options;
}

class Watch {
public:
    explicit Watch(std::vector<Member*> members) : members_(std::move(members)) {}
    explicit Watch(GroupOfMembers& group) {
        for (auto& member : group.all()) members_.push_back(member.get());
    }
    void add(Member& member) { members_.push_back(&member); }
    /// No longer listens to it; what it told stays.
    void drop(const Member& member) {
        std::erase_if(members_, [&](const Member* one) { return one == &member; });
    }

    /// Takes in what is said until `condition`; false if it doesn't hold in time.
    bool until(const std::function<bool()>& condition, Duration limit = patience) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!condition()) {
            if (std::chrono::steady_clock::now() >= deadline) return false;
            for (Member* member : members_) listen(*member, Duration(1));
        }
        return true;
    }
    /// Takes in what is said for a while: for what is said to go on, or not to happen.
    void listen_for(Duration duration) {
        until([] { return false; }, duration);
    }

    const std::vector<Json>& told(const Member& member) const {
        static const std::vector<Json> nothing;
        const auto found = told_.find(member.id);
        return found == told_.end() ? nothing : found->second;
    }
    std::vector<Json> told(const Member& member, const std::string& event) const {
        std::vector<Json> all;
        for (const Json& json : told(member)) {
            if (json["event"] == event) all.push_back(json);
        }
        return all;
    }
    /// The reply to a command, awaited.
    Json ask(Member& member, const std::string& command) {
        member.process.write_line(command);
        const std::uint64_t seq = ++member.commands;
        Json reply;
        until([&] {
            for (const Json& json : told(member)) {
                if (json["event"] == "reply" && json["seq"] == seq) reply = json;
            }
            return !reply.is_null();
        });
        return reply;
    }
    bool all_told(const std::vector<Member*>& members, const std::string& event,
                  const std::string& field, const Json& value) const {
        return std::all_of(members.begin(), members.end(), [&](const Member* member) {
            const auto all = told(*member, event);
            return std::any_of(all.begin(), all.end(),
                               [&](const Json& json) { return json[field] == value; });
        });
    }
    /// The id of the one leader, one of them, that all of them told last; empty while there is
    /// none.
    std::string common_leader(const std::vector<Member*>& members) const {
        std::set<std::string> leaders;
        bool present = false;
        for (const Member* member : members) leaders.insert(leader_known_to(*member));
        for (const Member* member : members) present |= member->id == *leaders.begin();
        return leaders.size() == 1 && present ? *leaders.begin() : "";
    }
    /// That nobody was told of trouble: a leader gone or come, a member gone, events or a quorum
    /// lost.
    void expect_undisturbed() const {
        static const std::set<std::string> trouble = {
            "leader_lost", "leader_elected", "member_left", "quorum_lost",
            "evicted",     "group_reset",    "split",       "events_lost"};
        for (const auto& [id, events] : told_) {
            for (const Json& json : events) {
                EXPECT_FALSE(trouble.count(json["event"])) << "told by " << id << ": " << json;
            }
        }
    }

private:
    void listen(Member& member, Duration limit) {
        auto& events = told_[member.id];
        member.process.await(
            [&](const Json& json) {
                events.push_back(json);
                return false;
            },
            limit);
    }
    std::string leader_known_to(const Member& member) const {
        std::string leader;
        for (const Json& json : told(member)) {
            if (json["event"] == "leader_elected") leader = json["leader"];
            if (json["event"] == "leader_lost") leader.clear();
        }
        return leader;
    }

    std::vector<Member*> members_;
    std::map<std::string, std::vector<Json>> told_;
};

/// CLOCK_MONOTONIC, as every event's t_ns.
inline std::int64_t monotonic_ns() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::nanoseconds(now).count();
}

}  // namespace quorate::blackbox
