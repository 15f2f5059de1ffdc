// Messages of one segment, however well their length was guessed.
#include "consensus/flat_message.h"

#include <gtest/gtest.h>

namespace quorate::consensus {
namespace {

Payload message_of(const std::string& text, std::size_t expected_words,
                   std::string_view prefix = {}) {
    FlatBuilder builder(expected_words, prefix.size() / word_bytes);
    auto list = builder.getRoot<capnp::AnyPointer>().initAs<capnp::List<capnp::Text>>(3);
    for (unsigned i = 0; i < 3; ++i) list.set(i, text.c_str());
    return builder.finish(prefix);
}

TEST(FlatMessage, IsTheSameWhateverLengthWasGuessed) {
    const std::string text(1000, 't');
    const Payload right = message_of(text, 400);
    EXPECT_EQ(right.size() % word_bytes, 0u);
    for (const std::size_t guess :
         {std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{130}, std::size_t{100'000}}) {
        const Payload guessed = message_of(text, guess);
        FlatReader reader(guessed.view());
        auto list = reader.root<capnp::AnyPointer>().getAs<capnp::List<capnp::Text>>();
        ASSERT_EQ(list.size(), 3u);
        EXPECT_EQ(std::string(list[2].cStr()), text);
        EXPECT_EQ(guessed.size(), right.size());
    }
}

TEST(FlatMessage, StandsBehindItsPrefix) {
    for (const std::size_t guess : {std::size_t{1}, std::size_t{400}}) {
        const Payload bytes = message_of("text", guess, "prefixed");
        EXPECT_EQ(bytes.view().substr(0, 8), "prefixed");
        EXPECT_EQ(bytes.view().substr(8), message_of("text", 400).view());
    }
}

TEST(FlatMessage, ThatPointsToTheSameBytesAgainAndAgainIsNotFollowed) {
    // A list of 1000 pointers, each to the same 8000 bytes: 8 MB to read for 16 kB sent.
    constexpr std::uint64_t pointers = 1000, text_words = 1000;
    std::vector<std::uint64_t> words{1 | 0 << 2 | (6 | pointers << 3) << 32};
    for (std::uint64_t i = 0; i < pointers; ++i) {
        words.push_back(1 | (pointers - 1 - i) << 2 | (2 | (text_words * 8) << 3) << 32);
    }
    words.resize(words.size() + text_words);
    FlatReader reader({reinterpret_cast<const char*>(words.data()), words.size() * 8});
    auto list = reader.root<capnp::AnyPointer>().getAs<capnp::List<capnp::Text>>();
    ASSERT_EQ(list.size(), pointers);
    EXPECT_EQ(list[0].size(), text_words * 8 - 1);
    const auto read_all = [&] {
        for (const auto text : list) (void)text.size();
    };
    EXPECT_THROW(read_all(), kj::Exception);
}

}  // namespace
}  // namespace quorate::consensus
