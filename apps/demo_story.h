// The story that `quorate demo` tells, step by step. Each step does something to the members, waits
// until all of them have told what should follow, and only then says so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "demo_crowd.h"
#include "demo_stage.h"

namespace quorate::apps {

class DemoStory {
public:
    static constexpr std::size_t min_size = 3;
    static constexpr std::size_t max_size = 25;
    enum class Tell { story, raw_events };
    /// `size`: how many members.
    DemoStory(Stage& stage, std::size_t size, Tell tell);

    /// To the end, or throws NotSeen.
    void play();

private:
    // demo_beginning.cpp; each step is what its name says
    void start();
    void founding();
    void election();
    // demo_talk.cpp
    void message_to_all();
    void message_to_leader();
    void ordered_messages();
    void vote_by_majority();
    // demo_action.cpp
    void timed_action();
    // demo_failover.cpp
    void kill_leader();
    void failover();
    void eviction();
    void vote_by_all();
    // demo_ending.cpp
    void return_of_the_killed();
    void leaving();

    struct Voters {
        DemoMember* asker;
        Crowd no;   ///< vote first
        Crowd yes;  ///< enough for "yes" with the last of them, not before
    };
    struct Decided {
        std::string id;
        std::uint64_t yes = 0;
        std::uint64_t no = 0;
        std::uint64_t electorate = 0;
        std::int64_t took_ns = 0;  ///< from the question to the last that knew
        std::int64_t known_ns = 0;
    };
    /// A poll that all members are to see decided with "yes".
    Decided poll(const Stage::Step& step, const std::string& request, const Voters& voters);
    /// Much longer than it takes: the outcome is announced as soon as it is certain.
    static std::string request_vote(const std::string& kind, const std::string& text) {
        return "request-vote " + kind + " 10000 " + text;
    }

    std::vector<std::string> options_for(const std::string& seed) const;
    /// Whether all members of the incarnation know the same leader, one of them, and the same term.
    bool one_leader() const;
    std::string leaders_known() const;
    DemoMember& leader() const;
    Crowd followers() const;
    /// "all five", "both".
    std::string all() const { return count_ == "two" ? "both" : "all " + count_; }
    void count(std::size_t members);

    /// Adds an entry to the story; nothing where the raw events are wanted.
    void tell(std::int64_t at_ns, const std::string& heading, const std::string& text);

    Stage& stage_;
    const std::size_t size_;
    const Tell tell_;
    const std::string group_;
    const std::string beacon_;
    std::int64_t begin_ns_;
    std::string count_;  ///< how many members there are, in a word
    std::string killed_;
    std::string killed_id_;
    std::int64_t killed_ns_ = 0;
};

/// CLOCK_MONOTONIC, as every event's t_ns.
std::int64_t demo_now_ns();

}  // namespace quorate::apps
