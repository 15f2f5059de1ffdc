// Members of one example's group as processes. They find each other by the endpoints that they
// print at their start, so that tests that run side by side never meet.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "process.h"

namespace quorate::blackbox {

/// One member, and all that it has said.
struct ExampleMember {
    ExampleMember(const std::string& program, const Arguments& arguments)
        : process(Process::Program{.path = std::string(QUORATE_EXAMPLES) + "/" + program,
                                   .arguments = arguments}) {}

    /// The first parenthesis of the next line that matches all of `pattern`, or the line if there
    /// is none in it. Without such a line in time the test has failed, and nothing more is awaited.
    std::string await(const std::string& pattern, Duration limit = patience) {
        if (::testing::Test::HasFailure()) return "";  // the story has gone wrong already
        const std::regex wanted(pattern);
        std::smatch match;
        const auto found = process.await_line(
            [&](const std::string& line) {
                said.push_back(line);
                return std::regex_match(said.back(), match, wanted);
            },
            limit);
        if (found) return match.size() > 1 ? match[1].str() : *found;
        ADD_FAILURE() << "never said: " << pattern << "\nbut: " << ::testing::PrintToString(said);
        return "";
    }
    /// Reads on to its end, which has to be a good one.
    void expect_end(Duration limit = patience) {
        process.await_line(
            [&](const std::string& line) {
                said.push_back(line);
                return false;
            },
            limit);
        const std::optional<int> status = process.await_exit(limit);
        EXPECT_EQ(status, 0) << (status ? process.errors() : "it goes on and on");
    }
    /// The lines that match, by their first parenthesis.
    std::vector<std::string> all(const std::string& pattern) const {
        const std::regex wanted(pattern);
        std::vector<std::string> found;
        for (const std::string& line : said) {
            std::smatch match;
            if (std::regex_match(line, match, wanted)) found.push_back(match[1].str());
        }
        return found;
    }

    std::string last(const std::string& pattern) const {
        const auto found = all(pattern);
        return found.empty() ? "" : found.back();
    }

    Process process;
    std::vector<std::string> said;
};

class Members {
public:
    explicit Members(std::string program) : program_(std::move(program)) {}

    /// `arguments` come before the seeds; the first of all gets one where nobody is.
    ExampleMember& start(const std::string& name, Arguments arguments) {
        arguments.push_back("tcp://127.0.0.1:1");
        arguments.insert(arguments.end(), endpoints_.begin(), endpoints_.end());
        auto& member = members_[name];
        member = std::make_unique<ExampleMember>(program_, arguments);
        endpoints_.push_back(member->await(name + " listens at (tcp://.*)"));
        return *member;
    }
    ExampleMember& operator[](const std::string& name) { return *members_.at(name); }
    std::map<std::string, std::unique_ptr<ExampleMember>>& all() { return members_; }

    /// Without a chance to say so.
    void kill(const std::string& name) {
        members_.at(name)->process.kill();
        members_.erase(name);
    }
    /// Asked to, one after the other.
    void end_all() {
        for (auto& [name, member] : members_) {
            member->process.send_signal(SIGTERM);
            member->expect_end();
        }
    }

private:
    std::string program_;
    std::vector<std::string> endpoints_;
    std::map<std::string, std::unique_ptr<ExampleMember>> members_;
};

}  // namespace quorate::blackbox
