// The lines of a configuration file: `name = value`, and comments behind a # at the beginning of a
// line. Pure.
//
// Boost's own reader takes a # anywhere for the beginning of a comment, and cuts the value there
// without a word: `name = bay #3` would be called "bay".
#pragma once

#include <boost/program_options.hpp>
#include <string>

namespace quorate::apps {

/// Throws boost::program_options::error with a sentence, for a line that is none and for a name
/// that is not described. Values are checked where they are stored.
boost::program_options::parsed_options parse_config(
    const std::string& content, const boost::program_options::options_description& described);

}  // namespace quorate::apps
