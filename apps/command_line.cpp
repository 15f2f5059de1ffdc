#include "placeholders.h"

#include <algorithm>
#include <cctype>

namespace quorate::apps {

bool holds_placeholder(const std::string& text) {
    const auto is_word = [](unsigned char c) { return c == '_' || std::isalpha(c) != 0; };
    for (std::size_t i = text.find('%'); i != std::string::npos; i = text.find('%', i + 1)) {
        const auto begin = text.begin() + static_cast<std::ptrdiff_t>(i) + 1;
        const auto end = std::find_if_not(begin, text.end(), is_word);
        if (end != begin && end != text.end() && *end == '%') return true;
    }
    return false;
}

}  // namespace quorate::apps
