#include "consensus/flat_message.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/recycling.h"

namespace quorate::consensus {

namespace {

capnp::ReaderOptions bounds_for(std::size_t words) {
    capnp::ReaderOptions options;
    // Everything is read about once. What points to the same bytes again and again, to make a small
    // message expensive, ends here.
    options.traversalLimitInWords = 2 * words + 1024;
    options.nestingLimit = 16;
    return options;
}

kj::ArrayPtr<const capnp::word> words_of(std::string_view bytes) {
    KJ_REQUIRE(bytes.size() % word_bytes == 0 && !bytes.empty(), "not whole words");
    return {reinterpret_cast<const capnp::word*>(bytes.data()), bytes.size() / word_bytes};
}

}  // namespace

FlatBuilder::FlatBuilder(std::size_t expected_words, std::size_t prefix_words)
    : prefix_words_(prefix_words),
      words_(std::max<std::size_t>(expected_words, 1)),
      first_(std::allocate_shared<std::uint64_t[]>(base::RecyclingAllocator<std::uint64_t>{},
                                                   prefix_words_ + words_)) {}

kj::ArrayPtr<capnp::word> FlatBuilder::allocateSegment(unsigned minimum_words) {
    if (!first_used_ && minimum_words <= words_) {
        first_used_ = true;
        return {reinterpret_cast<capnp::word*>(first_.get() + prefix_words_), words_};
    }
    const std::size_t words = std::max<std::size_t>(minimum_words, words_);
    further_.push_back(std::make_unique<std::uint64_t[]>(words));
    return {reinterpret_cast<capnp::word*>(further_.back().get()), words};
}

Payload FlatBuilder::copy(std::string_view prefix) {
    const auto segments = getSegmentsForOutput();
    if (segments.size() != 1) return finish(prefix);  // a copy anyway
    const std::size_t bytes = segments[0].size() * word_bytes;
    auto whole = std::allocate_shared_for_overwrite<char[]>(base::RecyclingAllocator<char>{},
                                                            prefix.size() + bytes);
    std::copy(prefix.begin(), prefix.end(), whole.get());
    std::memcpy(whole.get() + prefix.size(), segments[0].begin(), bytes);
    const std::string_view view(whole.get(), prefix.size() + bytes);
    return Payload(view, std::move(whole));
}

Payload FlatBuilder::finish(std::string_view prefix) {
    QUORATE_CHECK(prefix.size() == prefix_words_ * word_bytes,
                  "the prefix is as long as announced");
    const auto segments = getSegmentsForOutput();
    if (first_used_ && segments.size() == 1) {
        auto* start = reinterpret_cast<char*>(first_.get());
        std::copy(prefix.begin(), prefix.end(), start);
        return Payload({start, prefix.size() + segments[0].size() * word_bytes}, first_);
    }
    // The guess was too small. Together the segments are long enough: a copy needs no far pointers.
    std::size_t words = 0;
    for (const auto& segment : segments) words += segment.size();
    FlatBuilder whole(words, prefix_words_);
    whole.getRoot<capnp::AnyPointer>().set(getRoot<capnp::AnyPointer>().asReader());
    QUORATE_CHECK(whole.further_.empty(), "a copy of a message is no longer than the message");
    return whole.finish(prefix);
}

Payload align(const Payload& bytes) {
    const std::string_view view = bytes.view();
    if (reinterpret_cast<std::uintptr_t>(view.data()) % alignof(std::uint64_t) == 0) return bytes;
    auto copy = std::allocate_shared_for_overwrite<std::uint64_t[]>(
        base::RecyclingAllocator<std::uint64_t>{}, words_for(view.size()));
    std::memcpy(copy.get(), view.data(), view.size());
    return Payload({reinterpret_cast<const char*>(copy.get()), view.size()}, copy);
}

FlatReader::FlatReader(std::string_view bytes)
    : segment_(words_of(bytes)),
      reader_(kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>(&segment_, 1),
              bounds_for(segment_.size())) {}

}  // namespace quorate::consensus
