#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace quorate::base {

namespace {

constexpr std::size_t max_name_characters = 64;

/// Takes one character off the front of well-formed UTF-8 (RFC 3629: no overlong forms, no
/// surrogates, nothing over U+10FFFF); nothing if there is none.
std::optional<std::uint32_t> take_character(std::string_view& text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC0 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                                             : 4;
    if (length == 0 || lead > 0xF4 || text.size() < length) return std::nullopt;
    std::uint32_t character = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return std::nullopt;
        character = (character << 6) | (byte(i) & 0x3Fu);
    }
    constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (character < smallest[length] || surrogate || character > 0x10FFFF) return std::nullopt;
    text.remove_prefix(length);
    return character;
}

}  // namespace

std::optional<std::size_t> count_printable(std::string_view text) {
    std::size_t count = 0;
    while (!text.empty()) {
        const auto character = take_character(text);
        const bool control =
            !character || *character < 0x20 || (*character >= 0x7F && *character < 0xA0);
        if (control) return std::nullopt;
        ++count;
    }
    return count;
}

bool is_name(std::string_view text) {
    const auto characters = count_printable(text);
    return characters && *characters >= 1 && *characters <= max_name_characters;
}

bool is_identifier(std::string_view part) {
    if (part.empty() || part.size() > max_name_characters) return false;
    return std::all_of(part.begin(), part.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

bool is_group_name(std::string_view text) {
    const auto dot = text.find('.');
    return dot != std::string_view::npos && is_identifier(text.substr(0, dot)) &&
           is_identifier(text.substr(dot + 1));
}

std::string in_milliseconds(std::chrono::nanoseconds time) {
    constexpr std::int64_t per_ms = 1'000'000;
    const std::int64_t ns = time.count();
    std::string text = (ns < 0 && ns > -per_ms ? "-" : "") + std::to_string(ns / per_ms);
    if (const std::int64_t rest = ns % per_ms; rest != 0) {
        std::string digits = std::to_string(rest < 0 ? -rest : rest);
        digits.insert(0, 6 - digits.size(), '0');
        digits.erase(digits.find_last_not_of('0') + 1);
        text += "." + digits;
    }
    return text;
}

}  // namespace quorate::base
