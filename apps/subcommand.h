// The subcommands of the quorate executable, and its exit codes. A new one is a function here and a
// line in main.cpp's table.
#pragma once

#include <string>
#include <vector>

#include "quorate/result.h"

namespace quorate::apps {

enum ExitCode : int {
    exit_ok = 0,
    exit_not_seen = 1,  ///< demo: a step was not seen to happen; doctor: something is not well
    exit_usage = 64,    ///< bad usage or configuration
    exit_cannot_bind = 69,
    exit_no_answer = 69,  ///< who was asked (--connect) did not answer in time
    exit_internal = 70,
    exit_data_dir = 73,  ///< the data directory is unusable or locked
    exit_refused = 77,   ///< by the group
};

/// What a subcommand that could not begin, for that reason, exits with.
ExitCode exit_code_of(const Error& error);

/// Without the executable's and the subcommand's names.
using Arguments = std::vector<std::string>;

int member_command(const Arguments& arguments);
int bench_command(const Arguments& arguments);
int demo_command(const Arguments& arguments);
int keygen_command(const Arguments& arguments);
int status_command(const Arguments& arguments);
int members_command(const Arguments& arguments);
int watch_command(const Arguments& arguments);
int elections_command(const Arguments& arguments);
int doctor_command(const Arguments& arguments);

/// Writes "quorate WHO: SENTENCE" to standard error.
void complain(const std::string& who, const std::string& sentence);

/// What becomes of a command line that is no options.
struct HelpWanted {};
/// One sentence naming the option.
struct BadUsage {
    std::string sentence;
};

}  // namespace quorate::apps
