// Several frames in one datagram: what went in comes out, and nothing of what is no bundle.
#include <gtest/gtest.h>

#include "wire/bundle.h"
#include "wire/codec.h"

namespace quorate::wire {
namespace {

std::string frame_of(const std::string& group) {
    Frame frame;
    frame.header.group = group;
    frame.header.sender = MemberId{1, 2};
    frame.body = Beacon{{"ann", "tcp://127.0.0.1:5600", Role::member}, {}};
    return encode(frame).str();
}

TEST(Bundle, GivesBackTheFramesThatWentIn) {
    const std::vector<std::string> frames{frame_of("room.A"), frame_of("other.B")};
    const std::string bytes = bundle(frames);
    EXPECT_EQ(bytes.size(), bundle_bytes(2, frames[0].size() + frames[1].size()));
    const auto apart = unbundle(bytes);
    ASSERT_EQ(apart.size(), 2u);
    EXPECT_EQ(apart[0], frames[0]);
    EXPECT_EQ(apart[1], frames[1]);
    EXPECT_EQ(group_of(apart[1]), "other.B");
}

TEST(Bundle, OfOneIsTheFrameItself) {
    const std::string frame = frame_of("room.A");
    ASSERT_EQ(unbundle(frame).size(), 1u);
    EXPECT_EQ(unbundle(frame).front(), frame);
}

TEST(Bundle, IsNoFrame) {
    const std::string frames[] = {frame_of("room.A"), frame_of("room.A")};
    const auto decoded = decode(Payload(bundle(frames)), "room.A");
    const auto* error = std::get_if<DecodeError>(&decoded);
    ASSERT_NE(error, nullptr);
    EXPECT_EQ(error->drop, Drop::garbage);
}

TEST(Bundle, ThatWasCutOrForgedGivesNothing) {
    const std::string frames[] = {frame_of("room.A"), frame_of("room.B")};
    const std::string whole = bundle(frames);
    const std::size_t first_end = bundle_bytes(1, frames[0].size());
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto apart = unbundle(std::string_view(whole).substr(0, length));
        // Cut between two frames, it is a bundle of fewer.
        EXPECT_EQ(apart.size(), length == first_end ? 1u : 0u) << length;
    }
    std::string forged = whole;
    for (std::size_t i = 8; i < 16; ++i) forged[i] = static_cast<char>(0xff);
    EXPECT_TRUE(unbundle(forged).empty()) << "a length beyond all bounds";
    EXPECT_TRUE(unbundle("noise").empty());
    EXPECT_FALSE(group_of("noise"));
    EXPECT_FALSE(group_of(whole));
}

}  // namespace
}  // namespace quorate::wire
