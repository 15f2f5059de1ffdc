// The options that name keys and a token, the same for `quorate member` and for whoever asks one.
#pragma once

#include <boost/program_options.hpp>
#include <optional>
#include <string>

#include "quorate/security.h"

namespace quorate::apps {

/// Describes --key, --authorized-keys and --token-file.
void add_security_options(boost::program_options::options_description& described);

/// Loads what they name. What is wrong with them, as a sentence that names the option or the file;
/// nothing if `security` is filled in.
std::optional<std::string> load_security(const boost::program_options::variables_map& values,
                                         Security& security);

}  // namespace quorate::apps
