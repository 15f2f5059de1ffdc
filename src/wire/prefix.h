// The 8 bytes before every frame, by which its version is known before anything of it is parsed.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "wire/frame.h"

namespace quorate::wire {

inline constexpr std::size_t prefix_bytes = 8;
/// 'Q' 'R' 'T', zero, the version (little-endian), zero, zero.
inline constexpr char prefix_chars[prefix_bytes] = {'Q',
                                                    'R',
                                                    'T',
                                                    0,
                                                    static_cast<char>(protocol_version & 0xff),
                                                    static_cast<char>(protocol_version >> 8),
                                                    0,
                                                    0};
inline constexpr std::string_view prefix{prefix_chars, prefix_bytes};

/// The protocol version that a frame says it is of; nothing if it is no frame of this protocol.
inline std::optional<std::uint16_t> version_of(std::string_view bytes) {
    constexpr std::size_t magic_bytes = 4;
    if (bytes.size() < prefix_bytes ||
        bytes.substr(0, magic_bytes) != prefix.substr(0, magic_bytes)) {
        return std::nullopt;
    }
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    return static_cast<std::uint16_t>(byte(4) | byte(5) << 8);
}

}  // namespace quorate::wire
