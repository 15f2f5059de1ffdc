// One member of the demo: its process, everything it has told, and where that left it.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "demo_process.h"
#include "event_output.h"
#include "line_io.h"

namespace quorate::apps {

class DemoMember {
public:
    /// Starts `quorate member --name NAME --json OPTIONS`.
    DemoMember(std::string name, const std::vector<std::string>& options);

    const std::string& name() const { return name_; }
    int output() const { return process_.output(); }

    /// Sends one command; returns its number, which its reply bears.
    std::uint64_t command(const std::string& line);
    /// SIGKILL. Returns when, on CLOCK_MONOTONIC in nanoseconds.
    std::int64_t kill();
    /// Its coming end is part of the story.
    void may_end() { may_end_ = true; }
    bool ending() const { return may_end_; }

    /// Takes in what waits to be read. Returns the lines, for whoever wants them raw.
    std::vector<Json> read();
    /// Its output came to an end, and how the process did; empty while it runs.
    const std::string& end() const { return end_; }

    using Filter = std::function<bool(const Json&)>;
    /// The first event that passes, or null.
    const Json* find(const Filter& filter) const;
    std::vector<const Json*> find_all(const Filter& filter) const;
    /// The reply to command number `seq`, or null.
    const Json* reply(std::uint64_t seq) const;

    /// What it told last of each; empty where it told nothing, or took it back.
    struct Standing {
        std::string id;
        std::string endpoint;
        std::string incarnation;
        std::set<std::string> roster;  ///< ids, its own included
        std::string leader;
        std::uint64_t term = 0;
        std::int64_t started_ns = 0;
        std::int64_t joined_ns = 0;
        std::size_t founders = 0;  ///< how many were in the roster that it entered with
        std::int64_t leader_known_ns = 0;
        bool left = false;
    };
    const Standing& standing() const { return standing_; }

private:
    void take(const Json& event);

    const std::string name_;
    DemoProcess process_;
    LineSplitter lines_;
    std::vector<Json> events_;
    Standing standing_;
    std::uint64_t commands_ = 0;
    bool may_end_ = false;
    std::string end_;
};

}  // namespace quorate::apps
