// Bytes to frames. Everything is checked here, once: what leaves this room is whole and within
// limits.
#include "base/text.h"
#include "consensus/flat_message.h"
#include "wire/codec.h"
#include "wire/frame_reader.h"
#include "wire/prefix.h"

namespace quorate::wire {

namespace {

DecodeError garbage(std::string detail) {
    return {Drop::garbage, std::move(detail)};
}

/// May throw. `words` is what follows the prefix, aligned.
std::variant<Frame, DecodeError> read_frame(const Payload& words, std::string_view group,
                                            const DecodeLimits& limits) {
    consensus::FlatReader message(words.view());
    const auto root = message.root<capn::Frame>();
    const std::string_view named = consensus::view(root.getGroup());
    // Who asks from outside need not know the name: one member listens at one endpoint.
    const bool unnamed = named.empty() && root.getBody().isInspect();
    if (!unnamed && (group.empty() || named != group)) {
        if (!base::is_group_name(named)) return garbage("not a group's name");
        if (!group.empty()) return DecodeError{Drop::other_group, std::string(named)};
    }
    Frame frame;
    frame.header.group = named;
    frame.header.incarnation = consensus::read_id<IncarnationId>(root.getIncarnation());
    frame.header.sender = consensus::read_id<MemberId>(root.getSender());
    frame.header.receiver = consensus::read_id<MemberId>(root.getReceiver());
    require(static_cast<bool>(frame.header.sender), "from nobody");
    frame.body = FrameReader(words.owner(), limits).body(root.getBody());
    return frame;
}

}  // namespace

std::variant<Frame, DecodeError> decode(const Payload& bytes, std::string_view group,
                                        const DecodeLimits& limits) {
    if (bytes.size() > limits.frame_bytes) {
        return DecodeError{Drop::too_large, std::to_string(bytes.size()) + " bytes"};
    }
    const auto version = version_of(bytes.view());
    if (!version) return garbage("not a frame of this protocol");
    if (*version != protocol_version) {
        return DecodeError{Drop::other_version, "version " + std::to_string(*version)};
    }
    if (!bytes.view().starts_with(prefix)) return garbage("not a frame of this version");
    try {
        const Payload words =
            consensus::align(Payload(bytes.view().substr(prefix_bytes), bytes.owner()));
        return read_frame(words, group, limits);
    } catch (const Bad& bad) {
        return garbage(bad.what);
    } catch (const kj::Exception& exception) {
        return garbage(exception.getDescription().cStr());
    }
}

}  // namespace quorate::wire
