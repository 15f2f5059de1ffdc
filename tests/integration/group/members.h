// Components in one process, each with a coordinator, and what it heard.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "quorate/quorate.h"

namespace quorate::testing {

/// Timing that a busy machine keeps, and tests need not wait for.
inline GroupSpec spec_of(std::uint32_t size) {
    using std::chrono::milliseconds;
    GroupSpec spec{.size = size};
    spec.timing = {.heartbeat = milliseconds(50),
                   .election_min = milliseconds(300),
                   .election_max = milliseconds(600),
                   .peer_timeout = milliseconds(2000)};
    return spec;
}

/// What a test wants otherwise.
using Change = std::function<void(CoordinatorOptions&)>;

inline CoordinatorOptions options_of(const std::string& name, const std::vector<std::string>& seeds,
                                     const Change& change) {
    CoordinatorOptions options{.component = name, .seeds = seeds, .beacon = ""};
    if (change) change(options);
    return options;
}

/// One component in the group room.A, hearing everything.
struct Member {
    explicit Member(const std::string& name, const GroupSpec& spec,
                    const std::vector<std::string>& seeds = {}, const Change& change = {})
        : coordinator(options_of(name, seeds, change)),
          group(coordinator.join_group("room", "A", spec)) {
        group.on_started([this](const Started& e) { endpoint = e.endpoint; });
        group.on_joined([this](const Joined&) { joined = true; });
        group.on_leader_elected([this](const LeaderElected& e) { leader = e.leader; });
        group.on_leader_lost([this](const LeaderLost&) { leader = {}; });
        group.on_message([this](const Message& e) { messages.push_back(e); });
        group.on_message_to_leader([this](const MessageToLeader& e) { to_leader.push_back(e); });
        group.on_message_to_member([this](const MessageToMember& e) { direct.push_back(e); });
        group.on_vote_request([this](const VoteRequest& e) { asked.push_back(e); });
        group.on_vote_result([this](const VoteResult& e) { results.push_back(e); });
        group.on_left([this](const Left&) { left = true; });
    }

    Coordinator coordinator;
    Group& group;
    std::string endpoint;
    bool joined = false;
    bool left = false;
    MemberId leader;
    std::vector<Message> messages;
    std::vector<MessageToLeader> to_leader;
    std::vector<MessageToMember> direct;
    std::vector<VoteRequest> asked;
    std::vector<VoteResult> results;
};

/// Dispatches all members until `condition` holds; false when `limit` passes before.
inline bool await(const std::vector<Member*>& members, const std::function<bool()>& condition,
                  Duration limit = std::chrono::seconds(15)) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline) return false;
        for (Member* member : members) {
            member->coordinator.dispatch(std::chrono::milliseconds(1));
        }
    }
    return true;
}

/// A founded group of as many members as its size says.
class Room {
public:
    explicit Room(std::uint32_t size, Change change = {}) : change_(std::move(change)) {
        for (std::uint32_t i = 0; i < size; ++i) add("member-" + std::to_string(i), spec_of(size));
        EXPECT_TRUE(await([&] { return settled(size); })) << "the group did not settle";
    }

    Member& add(const std::string& name, const GroupSpec& spec) {
        std::vector<std::string> seeds;
        if (!members_.empty()) seeds.push_back(first_endpoint());
        members_.push_back(std::make_unique<Member>(name, spec, seeds, change_));
        return *members_.back();
    }
    Member& operator[](std::size_t i) { return *members_[i]; }
    Member& leader() {
        for (auto& member : members_) {
            if (member->group.id() == members_.front()->leader) return *member;
        }
        ADD_FAILURE() << "no leader among the members";
        return *members_.front();
    }
    Member& follower() {
        for (auto& member : members_) {
            if (member->group.id() != members_.front()->leader) return *member;
        }
        ADD_FAILURE() << "no follower among the members";
        return *members_.front();
    }
    std::vector<Member*> pointers() const {
        std::vector<Member*> all;
        for (const auto& member : members_) all.push_back(member.get());
        return all;
    }
    bool await(const std::function<bool()>& condition) const {
        return testing::await(pointers(), condition);
    }

private:
    std::string first_endpoint() {
        Member& first = *members_.front();
        EXPECT_TRUE(testing::await({&first}, [&] { return !first.endpoint.empty(); }));
        return first.endpoint;
    }
    bool settled(std::size_t size) const {
        for (const auto& member : members_) {
            if (!member->joined || !member->leader || member->leader != members_.front()->leader ||
                member->group.members().size() != size) {
                return false;
            }
        }
        return true;
    }
    Change change_;
    std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace quorate::testing
