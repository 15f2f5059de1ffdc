#include "demo_text.h"

#include <array>
#include <cctype>
#include <cstdio>
#include <sstream>

namespace quorate::apps {

namespace {

constexpr std::size_t columns = 100;

/// The words of a text; a number stays with its unit.
std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    std::istringstream in(text);
    for (std::string word; in >> word;) {
        if (word.starts_with("ms") && !words.empty()) {
            words.back() += ' ' + word;
        } else {
            words.push_back(word);
        }
    }
    return words;
}

}  // namespace

std::string number_word(std::size_t number) {
    constexpr std::array<const char*, 13> words = {"no",   "one",    "two",   "three", "four",
                                                   "five", "six",    "seven", "eight", "nine",
                                                   "ten",  "eleven", "twelve"};
    return number < words.size() ? words[number] : std::to_string(number);
}

std::string capitalized(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(text[0]));
    return text;
}

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) text += i + 1 < names.size() ? ", " : " and ";
        text += names[i];
    }
    return text;
}

std::string milliseconds_text(std::int64_t nanoseconds) {
    const double milliseconds = static_cast<double>(nanoseconds) / 1e6;
    char text[32];
    std::snprintf(text, sizeof text, milliseconds < 20 ? "%.1f ms" : "%.0f ms", milliseconds);
    return text;
}

std::string format_entry(const Entry& entry) {
    char front[32];
    std::snprintf(front, sizeof front, "%6lld ms  %-10s",
                  static_cast<long long>(entry.at_ns / 1'000'000), entry.heading.c_str());
    const std::string margin(std::string(front).size(), ' ');
    std::string out;
    std::string line = front;
    for (const std::string& word : words_of(entry.text)) {
        if (line.size() + 1 + word.size() > columns) {
            out += line + '\n';
            line = margin;
        }
        line += ' ' + word;
    }
    return out + line + '\n';
}

}  // namespace quorate::apps
