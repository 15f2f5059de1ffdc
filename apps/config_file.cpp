#include "config_file.h"

#include <algorithm>
#include <sstream>

namespace quorate::apps {

namespace po = boost::program_options;

namespace {

std::string trimmed(const std::string& text) {
    constexpr const char* blanks = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

po::option parse_line(const std::string& line, const po::options_description& described) {
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) {
        throw po::invalid_config_file_syntax(line, po::invalid_syntax::unrecognized_line);
    }
    const std::string name = trimmed(line.substr(0, equals));
    const auto& all = described.options();
    if (std::none_of(all.begin(), all.end(),
                     [&](const auto& each) { return each->long_name() == name; })) {
        throw po::unknown_option(name);
    }
    const std::string value = trimmed(line.substr(equals + 1));
    po::option option(name, {value});
    option.original_tokens = {name, value};
    return option;
}

}  // namespace

po::parsed_options parse_config(const std::string& content,
                                const po::options_description& described) {
    po::parsed_options parsed(&described);
    std::istringstream lines(content);
    for (std::string line; std::getline(lines, line);) {
        line = trimmed(line);
        if (line.empty() || line.front() == '#') continue;
        parsed.options.push_back(parse_line(line, described));
    }
    return parsed;
}

}  // namespace quorate::apps
