// Cap'n Proto messages as this project keeps them: one segment, without a segment table, behind a
// prefix of whole words; so that one allocation holds a message, and reading one needs no copy.
//
// Includes Cap'n Proto: for the files that encode and decode, not for headers.
#pragma once

#include <capnp/message.h>
#include <kj/exception.h>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "quorate/events.h"

namespace quorate::consensus {

inline constexpr std::size_t word_bytes = sizeof(capnp::word);

/// How many words hold that many bytes.
constexpr std::size_t words_for(std::size_t bytes) {
    return (bytes + word_bytes - 1) / word_bytes;
}

/// Builds one message. What it holds is zeroed, so that equal values give equal bytes.
class FlatBuilder final : public capnp::MessageBuilder {
public:
    /// `expected_words`: how long the message will be, without the prefix; a generous guess costs
    /// memory, one that is too small a copy.
    explicit FlatBuilder(std::size_t expected_words, std::size_t prefix_words = 0);

    /// The prefix and the message, as bytes that own themselves. `prefix` is as long as was
    /// announced. Nothing can be built after it.
    Payload finish(std::string_view prefix = {});
    /// The same as it stands now; the building may go on.
    Payload copy(std::string_view prefix = {});

    kj::ArrayPtr<capnp::word> allocateSegment(unsigned minimum_words) override;

private:
    std::size_t prefix_words_;
    std::size_t words_;
    std::shared_ptr<std::uint64_t[]> first_;
    bool first_used_ = false;
    std::vector<std::unique_ptr<std::uint64_t[]>> further_;
};

/// The same bytes at an address that Cap'n Proto can read from: copied only if they lie askew.
Payload align(const Payload& bytes);

/// Reads one message from aligned bytes, which outlive it. Reading may throw kj::Exception: whoever
/// reads what others wrote catches it.
class FlatReader {
public:
    /// Nothing is copied. Throws if `bytes` are not whole words.
    explicit FlatReader(std::string_view bytes);

    template <class Root>
    typename Root::Reader root() {
        return reader_.getRoot<Root>();
    }

private:
    kj::ArrayPtr<const capnp::word> segment_;
    capnp::SegmentArrayMessageReader reader_;
};

}  // namespace quorate::consensus
