// The commands of scenario files: one table, filled by one room for each kind of command. To add a
// command, write its handler in the room where it belongs and name it in that room's table.
//
// A handler tells what happened to world.story; what the script got wrong is thrown as ScriptError.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/scenarios/world.h"

namespace quorate::scenarios {

/// The words after a command's name, taken from the front.
class Arguments {
public:
    explicit Arguments(std::vector<std::string> words) : words_(std::move(words)) {}

    bool empty() const { return next_ == words_.size(); }
    std::string word(std::string_view what);  ///< `what` is missing if there is none
    bool accept(std::string_view word);       ///< takes `word` if it comes next
    std::optional<MemberId> accept_member();
    MemberId member();
    std::vector<MemberId> members();  ///< as many as come next
    std::vector<MemberId> members_or(std::vector<MemberId> otherwise);
    std::optional<std::uint64_t> accept_number();
    std::uint64_t number();
    double fraction();
    Nanos milliseconds();
    /// "A->B", "A,B->*", "A<->B"; kinds of messages; "#7"; all that come next.
    Selects selection();
    void end() const;  ///< nothing more may come

private:
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

struct Command {
    std::string_view name;
    std::string_view arguments;
    std::string_view meaning;
    void (*run)(World&, Arguments&);
};

std::vector<Command> member_commands();   // commands_members.cpp
std::vector<Command> leader_commands();   // commands_leader.cpp
std::vector<Command> network_commands();  // commands_network.cpp
std::vector<Command> look_commands();     // commands_look.cpp

const std::vector<Command>& all_commands();
/// Runs one line: [silent|brief|full] NAME ARGUMENTS…; what it told.
Lines run_command(World& world, const std::string& line);

}  // namespace quorate::scenarios
