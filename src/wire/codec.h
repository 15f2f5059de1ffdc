// Frames to bytes and back: the edge at which everything from the network is validated once (rule
// 12).
//
// decode() never throws and never trusts: whatever it returns is whole, within the limits, and its
// strings are valid names and endpoints. Pure; any thread.
#pragma once

#include <cstddef>
#include <memory>

#include "quorate/result.h"
#include "wire/frame.h"

namespace quorate::consensus {
class FlatBuilder;
}

namespace quorate::wire {

/// Why a frame was not taken, for the counters.
enum class Drop : std::uint8_t { garbage, other_version, other_group, too_large };

struct DecodeError {
    Drop drop = Drop::garbage;
    std::string detail;
};

/// The whole frame as bytes.
Payload encode(const Frame& frame);

/// One frame for several receivers: it is built once, and each gets a copy that names it.
class FrameEncoder {
public:
    explicit FrameEncoder(const Frame& frame);
    ~FrameEncoder();
    FrameEncoder(const FrameEncoder&) = delete;
    FrameEncoder& operator=(const FrameEncoder&) = delete;

    Payload bytes_for(MemberId receiver);
    /// An Append for another follower: the same entries, but that one's place in the succession.
    Payload append_for(MemberId receiver, std::uint32_t successor_rank);
    /// The frame as it was given; nothing can be asked for after it.
    Payload bytes() &&;

private:
    /// As a unique_ptr's, but in a block that is used again.
    struct Release {
        void operator()(consensus::FlatBuilder* message) const;
    };
    std::unique_ptr<consensus::FlatBuilder, Release> message_;
};

/// Limits that decode() enforces.
struct DecodeLimits {
    std::size_t frame_bytes = 64 << 20;
    std::size_t contacts = 1024;
    std::size_t entries = 65536;
    std::size_t messages = 65536;
    std::size_t members = 2048;
};

/// A frame of another group is not taken; `group` empty: of any group, for who asks from outside
/// and does not know it. `bytes` may be unaligned and is referred to, not copied, by payloads in
/// the frame.
std::variant<Frame, DecodeError> decode(const Payload& bytes, std::string_view group,
                                        const DecodeLimits& limits = {});

}  // namespace quorate::wire
