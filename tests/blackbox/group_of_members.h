// Members of one group as processes, found by seeds, so that tests that run side by side never
// meet.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "process.h"

namespace quorate::blackbox {

inline Arguments member_arguments(const std::string& name, const Arguments& more = {}) {
    Arguments arguments{"member", "--group", "test.A", "--name", name, "--json"};
    if (std::find(more.begin(), more.end(), "--beacon") == more.end()) {
        arguments.insert(arguments.end(), {"--beacon", "off"});
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

/// One member and what is known of it.
struct Member {
    Member(const std::string& name_, const Arguments& more, const std::string& network = "")
        : name(name_), process(member_arguments(name_, more), network) {
        const Json started = process.await_event("started");
        EXPECT_EQ(started.value("name", ""), name) << process_errors(started);
        id = started.value("id", "");
        endpoint = started.value("endpoint", "");
    }
    /// The reply to the next command. Events before it are skipped.
    Json ask(const std::string& command) {
        write_command(command);
        return await_reply();
    }
    void write_command(const std::string& command) {
        process.write_line(command);
        ++commands;
    }
    /// To the last command.
    Json await_reply() {
        const std::uint64_t seq = commands;
        return process.await(
            [&](const Json& json) { return json["event"] == "reply" && json["seq"] == seq; });
    }
    Json status() { return ask("status"); }

    std::string name;
    Process process;
    std::string id;
    std::string endpoint;
    std::uint64_t commands = 0;

private:
    std::string process_errors(const Json& started) {
        return started.is_null() ? process.errors() : "";
    }
};

class GroupOfMembers {
public:
    /// Starts `count` members, and returns when all of them have a seat and know the leader; what
    /// they told until then has been read.
    explicit GroupOfMembers(std::size_t count, Arguments options = {})
        : GroupOfMembers(std::vector<Arguments>(count), std::move(options)) {}
    /// `each` has what a member gets beside what all get.
    GroupOfMembers(const std::vector<Arguments>& each, Arguments options)
        : options_(std::move(options)) {
        options_.insert(options_.end(), {"--size", std::to_string(each.size())});
        for (std::size_t i = 0; i < each.size(); ++i) add("m" + std::to_string(i), each[i]);
        for (auto& member : members_) {
            EXPECT_FALSE(member->process.await_event("joined").is_null());
            EXPECT_FALSE(member->process.await_event("leader_elected").is_null());
        }
        // Not all need have been there when it was founded.
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!is_complete()) {
            if (std::chrono::steady_clock::now() < deadline) continue;
            ADD_FAILURE() << "not all of them got a seat and know the same leader";
            return;
        }
    }

    Member& add(const std::string& name, const Arguments& more = {}) {
        Arguments arguments = options_;
        for (auto& member : members_) {
            arguments.insert(arguments.end(), {"--seed", member->endpoint});
        }
        arguments.insert(arguments.end(), more.begin(), more.end());
        members_.push_back(std::make_unique<Member>(name, arguments));
        return *members_.back();
    }
    Member& operator[](std::size_t i) { return *members_[i]; }
    std::size_t size() const { return members_.size(); }
    std::vector<std::unique_ptr<Member>>& all() { return members_; }

    const std::string& leader_id() const { return leader_; }
    Member& leader() { return with_id(leader_, true); }
    Member& follower() { return with_id(leader_, false); }
    /// Everybody but one.
    std::vector<Member*> others(const Member& one) {
        std::vector<Member*> rest;
        for (auto& member : members_) {
            if (member.get() != &one) rest.push_back(member.get());
        }
        return rest;
    }

private:
    /// As each of them says itself.
    bool is_complete() {
        leader_ = "";
        for (auto& member : members_) {
            const Json status = member->status();
            if (!status.is_object() || !status["leader"].is_string()) return false;
            if (leader_.empty()) leader_ = status["leader"];
            const Json& all = status["members"];
            const auto seated = std::count_if(all.begin(), all.end(),
                                              [](const Json& one) { return one["voter"] == true; });
            const bool whole = all.size() == members_.size() &&
                               static_cast<std::size_t>(seated) == members_.size();
            if (!whole || status["leader"] != leader_) return false;
        }
        return true;
    }
    Member& with_id(const std::string& id, bool same) {
        for (auto& member : members_) {
            if ((member->id == id) == same) return *member;
        }
        ADD_FAILURE() << "no such member";
        return *members_.front();
    }
    Arguments options_;
    std::vector<std::unique_ptr<Member>> members_;
    std::string leader_;
};

}  // namespace quorate::blackbox
