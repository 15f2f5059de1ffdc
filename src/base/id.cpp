#include "quorate/id.h"

namespace quorate::detail {

namespace {

constexpr std::size_t digits_per_half = 16;

void append_hex(std::string& text, std::uint64_t half) {
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(half >> shift) & 0xF];
}

/// The value of a hexadecimal digit of either case; 16 if it is none.
std::uint64_t digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<std::uint64_t>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<std::uint64_t>(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F') return static_cast<std::uint64_t>(digit - 'A') + 10;
    return 16;
}

bool half_from_hex(std::string_view text, std::uint64_t& half) {
    half = 0;
    for (const char digit : text) {
        const std::uint64_t value = digit_value(digit);
        if (value > 15) return false;
        half = (half << 4) | value;
    }
    return true;
}

}  // namespace

std::string to_hex(std::uint64_t high, std::uint64_t low) {
    std::string text;
    text.reserve(2 * digits_per_half);
    append_hex(text, high);
    append_hex(text, low);
    return text;
}

bool from_hex(std::string_view text, std::uint64_t& high, std::uint64_t& low) {
    if (text.size() != 2 * digits_per_half) return false;
    return half_from_hex(text.substr(0, digits_per_half), high) &&
           half_from_hex(text.substr(digits_per_half), low);
}

}  // namespace quorate::detail
