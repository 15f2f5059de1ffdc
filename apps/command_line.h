// How the subcommands read their options: whole names only, and no text that Boost can't put into a
// message of its own.
//
// Boost.Program_options puts an option's text in the place of words like %value% in its messages,
// and goes on for ever where that text holds the word again. No such text may get as far as Boost;
// in capitals neither, since it makes the values of switches lower case.
#pragma once

#include <boost/program_options.hpp>
#include <string>

#include "subcommand.h"

namespace quorate::apps {

/// Whether `text` holds a %word%.
bool holds_placeholder(const std::string& text);

inline constexpr const char* placeholder_sentence = "%word% is in no option's name or value";

/// Throws boost::program_options::error with a sentence.
boost::program_options::variables_map read_command_line(
    const Arguments& arguments, const boost::program_options::options_description& described,
    const boost::program_options::positional_options_description& positionals = {});

}  // namespace quorate::apps
