// A trap of Boost.Program_options: in its messages it puts an option's text in the place of words
// like %value%, and goes on for ever where that text holds the word again.
#pragma once

#include <string>

namespace quorate::apps {

/// Whether `text` holds a %word%: no such text may get as far as Boost. In capitals neither, since
/// Boost makes the values of switches lower case.
bool holds_placeholder(const std::string& text);

inline constexpr const char* placeholder_sentence = "%word% is in no option's name or value";

}  // namespace quorate::apps
