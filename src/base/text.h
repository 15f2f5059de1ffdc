// What may stand in names that people read, and how quantities are spelt to them. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace quorate::base {

/// The number of characters of well-formed UTF-8 without control characters; nothing if it isn't
/// that.
std::optional<std::size_t> count_printable(std::string_view text);
/// Whether `text` can be a component's name: 1 to 64 printable characters.
bool is_name(std::string_view text);
/// Whether `text` is TYPE.INSTANCE, each part 1 to 64 of letters, digits, `_`, `-`.
bool is_group_name(std::string_view text);
/// Whether `part` is 1 to 64 of letters, digits, `_`, `-`.
bool is_identifier(std::string_view part);
/// "150", "0.25": milliseconds, as the options that end in -ms are given.
std::string in_milliseconds(std::chrono::nanoseconds time);

}  // namespace quorate::base
