// How the subcommands read their options: whole names only, and no text that Boost can't put into a
// message of its own.
//
// Boost.Program_options puts an option's text in the place of words like %value% in its messages,
// and goes on for ever where that text holds the word again. No such text may get as far as Boost;
// in capitals neither, since it makes the values of switches lower case.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <variant>

#include "subcommand.h"

namespace quorate::apps {

/// Whether `text` holds a %word%.
bool holds_placeholder(const std::string& text);

inline constexpr const char* placeholder_sentence = "%word% is in no option's name or value";

/// Throws boost::program_options::error with a sentence.
boost::program_options::variables_map read_command_line(
    const Arguments& arguments, const boost::program_options::options_description& described,
    const boost::program_options::positional_options_description& positionals = {});

/// Thrown where a value can't be used; the sentence names the option.
struct Unusable {
    std::string sentence;
};

/// Reads the command line and lets `take(variables_map&)` make options of it.
template <class Options, class Take>
std::variant<Options, HelpWanted, BadUsage> parse_options(
    const Arguments& arguments, const boost::program_options::options_description& described,
    const Take& take) {
    namespace po = boost::program_options;
    try {
        po::variables_map map = read_command_line(arguments, described);
        if (map.count("help") > 0) return HelpWanted{};
        return take(map);
    } catch (const Unusable& unusable) {
        return BadUsage{unusable.sentence};
    } catch (const po::too_many_positional_options_error&) {
        return BadUsage{"all arguments are options of the form --name value; see --help"};
    } catch (const po::error& error) {
        return BadUsage{error.what()};
    }
}

}  // namespace quorate::apps
