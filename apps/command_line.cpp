#include "command_line.h"

#include <algorithm>
#include <cctype>

namespace quorate::apps {

namespace po = boost::program_options;

bool holds_placeholder(const std::string& text) {
    const auto is_word = [](unsigned char c) { return c == '_' || std::isalpha(c) != 0; };
    for (std::size_t i = text.find('%'); i != std::string::npos; i = text.find('%', i + 1)) {
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        const auto end = std::find_if_not(begin, text.end(), is_word);
        if (end != begin && end != text.end() && *end == '%') return true;
    }
    return false;
}

po::variables_map read_command_line(const Arguments& arguments,
                                    const po::options_description& described,
                                    const po::positional_options_description& positionals) {
    if (std::any_of(arguments.begin(), arguments.end(), holds_placeholder)) {
        throw po::error(placeholder_sentence);
    }
    // An abbreviation that works today would be ambiguous with a later option.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::variables_map map;
    po::store(po::command_line_parser(arguments)
                  .options(described)
                  .positional(positionals)
                  .style(style)
                  .run(),
              map);
    return map;
}

}  // namespace quorate::apps
