// Several frames in one datagram: what the groups of one process say on the beacon together.
//
// A bundle begins like a frame, with the prefix that tells its version, but for a 1 in place of the
// first of the two zero bytes at its end. Then comes each frame: its length in 8 bytes
// (little-endian), and itself. decode() takes a bundle for garbage. Pure; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "quorate/events.h"

namespace quorate::wire {

/// What bundle() makes of frames of so many bytes together.
constexpr std::size_t bundle_bytes(std::size_t frames, std::size_t bytes) {
    return 8 + 8 * frames + bytes;
}
std::string bundle(std::span<const std::string> frames);

/// The frames of a bundle, or the one frame that the datagram is; nothing if it is neither. Refers
/// to the datagram's bytes.
std::vector<std::string_view> unbundle(std::string_view datagram);

/// The group that a frame names; nothing if it is no frame of this version. The rest of it is not
/// looked at: that is decode()'s part.
std::optional<std::string> group_of(std::string_view frame);

}  // namespace quorate::wire
