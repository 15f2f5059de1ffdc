#include "wire/bundle.h"

#include "wire/codec.h"
#include "wire/prefix.h"

namespace quorate::wire {

namespace {

constexpr std::size_t kind_at = 6;  ///< in the prefix
constexpr char bundle_kind = 1;
constexpr std::size_t length_bytes = 8;

std::uint64_t read_length(std::string_view bytes) {
    std::uint64_t length = 0;
    for (std::size_t i = length_bytes; i-- > 0;) {
        length = length << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return length;
}

std::string bundle_prefix() {
    std::string bytes(prefix);
    bytes[kind_at] = bundle_kind;
    return bytes;
}

}  // namespace

std::string bundle(std::span<const std::string> frames) {
    std::string bytes = bundle_prefix();
    for (const std::string& frame : frames) {
        for (std::size_t i = 0; i < length_bytes; ++i) {
            bytes += static_cast<char>(std::uint64_t{frame.size()} >> (8 * i) & 0xff);
        }
        bytes += frame;
    }
    return bytes;
}

std::vector<std::string_view> unbundle(std::string_view datagram) {
    if (datagram.starts_with(prefix)) return {datagram};
    if (!datagram.starts_with(bundle_prefix())) return {};
    datagram.remove_prefix(prefix_bytes);
    std::vector<std::string_view> frames;
    while (datagram.size() >= length_bytes) {
        const std::uint64_t length = read_length(datagram);
        datagram.remove_prefix(length_bytes);
        if (length == 0 || length > datagram.size()) return {};
        frames.push_back(datagram.substr(0, length));
        datagram.remove_prefix(length);
    }
    return datagram.empty() ? frames : std::vector<std::string_view>{};
}

std::optional<std::string> group_of(std::string_view frame) {
    // No group can be called that, so a frame of any group is one of another group.
    const auto decoded = decode(Payload(std::string(frame)), "?");
    const auto* error = std::get_if<DecodeError>(&decoded);
    if (error == nullptr || error->drop != Drop::other_group) return std::nullopt;
    return error->detail;
}

}  // namespace quorate::wire
