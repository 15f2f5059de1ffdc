// consensus: files that are all the same are agreed on, one other is not, and a member that dies in
// the middle of a vote holds up nothing.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "members.h"

namespace quorate::blackbox {
namespace {

const std::string all_three = "decision [0-9]+: yes, 3 yes and 0 no of 3";
const std::string both = "decision [0-9]+: yes, 2 yes and 0 no of 2";

class Consensus : public ::testing::Test {
protected:
    /// Three members whose files are the same, and that have agreed on that.
    Consensus() {
        for (const std::string name : {"anna", "bert", "carl"}) {
            write(name, "set point 0.8\n");
            members_.start(name, {name, path(name)});
        }
        expect_everywhere(all_three);
        leader_ = members_["anna"].last("(.*) leads, term .*");
    }
    ~Consensus() override {
        members_.end_all();
        expect_the_same_decisions();
        std::filesystem::remove_all(directory_);
    }

    std::string path(const std::string& name) const { return directory_ + "/" + name; }
    /// All at once, so that no member reads a part of it.
    void write(const std::string& name, const std::string& content) {
        std::ofstream(path("next")) << content;
        std::filesystem::rename(path("next"), path(name));
    }
    void expect_everywhere(const std::string& line) {
        for (auto& [name, member] : members_.all()) member->await(line);
    }
    std::string follower() const { return leader_ == "anna" ? "bert" : "anna"; }
    std::string third() const { return leader_ == "carl" ? "bert" : "carl"; }

    /// A file that stays unread until something is written to what is returned: its member has been
    /// asked by then, and hasn't voted.
    int hold_up_the_vote_of(const std::string& name) {
        EXPECT_EQ(mkfifo(path("next").c_str(), 0600), 0);
        std::filesystem::rename(path("next"), path(name));
        auto opened = std::async(std::launch::async, [path = path(name)] {
            return open(path.c_str(), O_WRONLY | O_CLOEXEC);  // returns when it is being read
        });
        if (opened.wait_for(patience) != std::future_status::ready) {
            ADD_FAILURE() << name << " doesn't read its file";
            close(open(path(name).c_str(), O_RDONLY | O_NONBLOCK));  // so that it returns
        }
        return opened.get();
    }

    Members members_{"consensus"};
    std::string leader_;

private:
    void expect_the_same_decisions() {
        std::map<int, std::string> by_index;
        for (auto& [name, member] : members_.all()) {
            int last = 0;
            for (const std::string& decision : member->all("decision (.*)")) {
                const int index = std::stoi(decision);
                EXPECT_GT(index, last) << name;
                EXPECT_EQ(by_index.emplace(index, decision).first->second, decision) << name;
                last = index;
            }
            EXPECT_TRUE(member->all("(.*: timeout.*)").empty()) << name;
        }
    }

    std::string directory_ = [] {
        std::string pattern = std::filesystem::temp_directory_path() / "consensus-XXXXXX";
        return std::string(mkdtemp(pattern.data()));
    }();
};

TEST_F(Consensus, is_yes_while_the_files_are_equal_and_no_while_one_differs) {
    const std::string differs = "decision [0-9]+: no, [0-2] yes and [12] no of 3";
    for (const std::string name : {"anna", "bert", "carl"}) {
        write(name, "set point 0.9\n");
        expect_everywhere(differs);
        write(name, "set point 0.8\n");
        expect_everywhere(all_three);
    }
    std::filesystem::remove(path(follower()));
    expect_everywhere(differs);
}

TEST_F(Consensus, is_no_when_a_member_is_killed_that_was_asked_and_had_not_voted) {
    const int file = hold_up_the_vote_of(third());
    members_.kill(third());
    close(file);
    expect_everywhere("decision [0-9]+: no, [0-2] yes and 0 no of 3");
    expect_everywhere(both);
}

TEST_F(Consensus, is_decided_all_the_same_when_the_leader_is_killed_that_had_asked) {
    const int file = hold_up_the_vote_of(third());
    members_.kill(leader_);
    write(third(), "set point 0.8\n");  // what it reads from now on; it has the other one open
    EXPECT_EQ(::write(file, "set point 0.8\n", 14), 14);
    close(file);
    // Whether the leader's own vote was counted before it died is between yes and no.
    expect_everywhere("decision [0-9]+: (yes|no), [123] yes and 0 no of 3");
    expect_everywhere(both);
}

}  // namespace
}  // namespace quorate::blackbox
