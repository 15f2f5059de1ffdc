#include "quorate/id.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace quorate {
namespace {

TEST(Id, IsShownAs32LowerCaseHexDigits) {
    EXPECT_EQ((MemberId{0x0123456789abcdef, 0xfedcba9876543210}.hex()),
              "0123456789abcdeffedcba9876543210");
    EXPECT_EQ(MemberId{}.hex(), std::string(32, '0'));
}

TEST(Id, ComesBackFromItsText) {
    base::Random random(1);
    for (int i = 0; i < 1000; ++i) {
        const auto id = random.id<PollId>();
        EXPECT_EQ(PollId::from_hex(id.hex()), id);
    }
    EXPECT_EQ(MemberId::from_hex("0123456789ABCDEFFEDCBA9876543210"),
              (MemberId{0x0123456789abcdef, 0xfedcba9876543210}));
}

TEST(Id, IsNotReadFromAnythingElse) {
    const std::string whole(32, 'a');
    EXPECT_TRUE(MemberId::from_hex(whole));
    for (const std::string& text :
         {std::string(), whole.substr(1), whole + "a", "0x" + whole.substr(2),
          whole.substr(1) + "g", " " + whole.substr(1), "-" + whole.substr(1)}) {
        EXPECT_FALSE(MemberId::from_hex(text)) << text;
    }
}

TEST(Id, OfNothingIsFalse) {
    EXPECT_FALSE(MemberId{});
    EXPECT_TRUE((MemberId{0, 1}));
    EXPECT_TRUE((MemberId{1, 0}));
}

}  // namespace
}  // namespace quorate
