// One flat Cap'n Proto segment behind the 8-byte prefix: built in place, read in place.
// Only src/wire's .cpp files include this: Cap'n Proto's headers are heavy.
#pragma once

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "wire/frame.h"

namespace quorate::wire {

inline constexpr unsigned char magic[4] = {'Q', 'R', 'T', 0};
inline constexpr std::size_t prefix_bytes = 8;

/// Builds into one zeroed buffer, whose first word is kept free for the prefix. Content that does
/// not fit goes into further segments; whole() says whether that happened.
class FlatBuilder final : public capnp::MessageBuilder {
public:
    explicit FlatBuilder(std::size_t words)
        : words_(words), buffer_(std::make_shared<std::uint64_t[]>(words + 1)) {}

    kj::ArrayPtr<capnp::word> allocateSegment(unsigned minimum) override {
        if (!used_ && minimum <= words_) {
            used_ = true;
            return kj::arrayPtr(reinterpret_cast<capnp::word*>(buffer_.get() + 1), words_);
        }
        spill_.push_back(std::make_unique<capnp::word[]>(minimum));
        return kj::arrayPtr(spill_.back().get(), minimum);
    }

    bool whole() { return used_ && getSegmentsForOutput().size() == 1; }

    /// The frame's bytes; whole() must be true.
    Payload finish() {
        auto* bytes = reinterpret_cast<char*>(buffer_.get());
        std::memcpy(bytes, magic, sizeof magic);
        std::memcpy(bytes + 4, &protocol_version, sizeof protocol_version);
        const std::size_t size = prefix_bytes + getSegmentsForOutput()[0].size() * 8;
        return Payload(std::string_view(bytes, size), std::move(buffer_));
    }

private:
    std::size_t words_;
    std::shared_ptr<std::uint64_t[]> buffer_;
    std::vector<std::unique_ptr<capnp::word[]>> spill_;
    bool used_ = false;
};

}  // namespace quorate::wire
