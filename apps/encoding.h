// Bytes as JSON can carry them, and texts as people read them. Pure.
#pragma once

#include <string>
#include <string_view>

namespace quorate::apps {

/// Whether `bytes` are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);
/// RFC 4648, with padding.
std::string to_base64(std::string_view bytes);

/// For a sentence.
inline std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

}  // namespace quorate::apps
