// How the demo puts things into words. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace quorate::apps {

/// "five"; from thirteen on "13".
std::string number_word(std::size_t number);
/// "Five".
std::string capitalized(std::string text);
/// "ada, bob and cleo".
std::string list_of(const std::vector<std::string>& names);
/// "0.6 ms", "41 ms".
std::string milliseconds_text(std::int64_t nanoseconds);

/// One entry of the story: when, in nanoseconds since its start; what, in a word; and the text,
/// wrapped to a terminal of 100 columns.
struct Entry {
    std::int64_t at_ns = 0;
    std::string heading;
    std::string text;
};
std::string format_entry(const Entry& entry);

}  // namespace quorate::apps
