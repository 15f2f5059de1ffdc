// Messages and topics as Cap'n Proto values: built in place, and read in place.
//
//   quorate::TypedMessage<Reading> message;          // Reading: from your own .capnp file
//   message.root().setVolts(0.97);
//   group.send_to_leader(std::move(message).payload());
//
//   group.on_message_to_leader([&](const quorate::MessageToLeader& arrived) {
//       auto read = quorate::read_typed<Reading>(arrived.data, [&](Reading::Reader reading) {
//           volts = reading.getVolts();
//       });
//       if (!read) log(read.error().message);        // not a Reading: anybody may send anything
//   });
//
// So are the topics of votes and actions:
//
//   group.request_vote(std::move(message).topic(), {.timeout = 500ms});
//
//   group.on_vote_request([&](const quorate::VoteRequest& request) {
//       (void)quorate::read_typed<Reading>(request.topic, [&](Reading::Reader reading) { … });
//   });
//
// On the wire and in the log they are Cap'n Proto's standard framing, so that tools and other
// languages read them. Values; one thread at a time. The only header of Quorate that includes Cap'n
// Proto.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quorate/events.h"
#include "quorate/result.h"

namespace quorate {

namespace detail {

/// A builder whose first segment has room for the frame's header in front of it, so that a message
/// of one segment is its own serialized form.
class FramedBuilder final : public capnp::MessageBuilder {
public:
    explicit FramedBuilder(std::size_t first_words) : first_words_(first_words) {}

    Payload payload() && {
        const auto segments = getSegmentsForOutput();
        if (segments.size() != 1) return flattened(segments);
        const std::uint64_t words = segments[0].size();
        // The frame's header: number of segments less one (0), then the segment's words;
        // little-endian.
        for (int byte = 0; byte < 8; ++byte) {
            reinterpret_cast<unsigned char*>(storage_.front().get())[byte] =
                byte < 4 ? 0 : static_cast<unsigned char>(words >> (8 * (byte - 4)));
        }
        const char* bytes = reinterpret_cast<const char*>(storage_.front().get());
        return Payload({bytes, (words + 1) * sizeof(capnp::word)}, storage_.front());
    }

    kj::ArrayPtr<capnp::word> allocateSegment(unsigned int minimum) override {
        const std::size_t header = storage_.empty() ? 1 : 0;
        const std::size_t words = std::max<std::size_t>(minimum, first_words_ << storage_.size());
        storage_.push_back(std::make_shared<std::uint64_t[]>(words + header));
        auto* first = reinterpret_cast<capnp::word*>(storage_.back().get()) + header;
        return kj::arrayPtr(first, words);
    }

private:
    static Payload flattened(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) {
        auto flat = std::make_shared<kj::Array<capnp::word>>(capnp::messageToFlatArray(segments));
        const auto bytes = flat->asBytes();
        return Payload({reinterpret_cast<const char*>(bytes.begin()), bytes.size()}, flat);
    }

    std::size_t first_words_;
    std::vector<std::shared_ptr<std::uint64_t[]>> storage_;
};

}  // namespace detail

/// One message under construction.
template <class Schema>
class TypedMessage {
public:
    /// `expected_bytes`: what is reserved at first. A message that fits is handed on without a
    /// copy; a larger one works too, and is copied once.
    explicit TypedMessage(std::size_t expected_bytes = 1024)
        : builder_(expected_bytes / sizeof(capnp::word) + 1),
          root_(builder_.template initRoot<Schema>()) {}
    TypedMessage(const TypedMessage&) = delete;
    TypedMessage& operator=(const TypedMessage&) = delete;

    typename Schema::Builder root() { return root_; }
    /// The finished message. Builders got from root() must not be used after it.
    Payload payload() && { return std::move(builder_).payload(); }
    /// The same as the topic of a vote or an action: a copy of it.
    std::string topic() && { return std::string(std::move(builder_).payload().view()); }

private:
    detail::FramedBuilder builder_;
    typename Schema::Builder root_;
};

/// Calls `read` with a Schema::Reader on these bytes, without a copy where its bytes are aligned to
/// 8 (otherwise after one). The reader is good only until `read` returns. Errors: bad_argument
/// where the bytes are no such message, be it found out before or while reading; what `read` did
/// until then stays done.
template <class Schema, class Read>
Result<> read_typed(std::string_view data, Read&& read) {
    constexpr std::size_t word = sizeof(capnp::word);
    if (data.empty() || data.size() % word != 0) {
        return Error{ErrorCode::bad_argument, "the message is not in Cap'n Proto's framing"};
    }
    const char* bytes = data.data();
    std::unique_ptr<std::uint64_t[]> aligned;
    if (reinterpret_cast<std::uintptr_t>(bytes) % word != 0) {
        aligned = std::make_unique<std::uint64_t[]>(data.size() / word);
        std::memcpy(aligned.get(), bytes, data.size());
        bytes = reinterpret_cast<const char*>(aligned.get());
    }
    try {
        capnp::FlatArrayMessageReader reader(
            kj::arrayPtr(reinterpret_cast<const capnp::word*>(bytes), data.size() / word));
        read(reader.template getRoot<Schema>());
    } catch (const kj::Exception& exception) {
        return Error{ErrorCode::bad_argument,
                     std::string("the message is malformed: ") + exception.getDescription().cStr()};
    }
    return Done{};
}
template <class Schema, class Read>
Result<> read_typed(const Payload& data, Read&& read) {
    return read_typed<Schema>(data.view(), std::forward<Read>(read));
}

}  // namespace quorate
