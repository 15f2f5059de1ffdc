#include "base/text.h"

#include <gtest/gtest.h>

namespace quorate::base {
namespace {

using namespace std::chrono_literals;

TEST(Name, IsUpTo64PrintableCharacters) {
    EXPECT_TRUE(is_name("relay 7"));
    EXPECT_TRUE(is_name("Umspannwerk Süd ⚡"));
    EXPECT_TRUE(is_name(std::string(64, 'x')));
    EXPECT_FALSE(is_name(std::string(65, 'x')));
    EXPECT_FALSE(is_name(""));
    std::string snowmen;
    for (int i = 0; i < 64; ++i) snowmen += "☃";
    EXPECT_TRUE(is_name(snowmen)) << "characters count, not bytes";
    EXPECT_FALSE(is_name(snowmen + "☃"));
}

TEST(Name, HoldsNoControlCharacters) {
    for (const char* text : {"a\nb", "\t", "\x1b[31m", "\x7f", "\xc2\x80", "\xc2\x9f"}) {
        EXPECT_FALSE(is_name(text)) << text;
    }
    EXPECT_FALSE(is_name(std::string_view("a\0b", 3)));
}

TEST(Name, IsWellFormed) {
    for (const char* text : {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf",
                             "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                             "\xf8\x88\x80\x80\x80", "a\xffz", "\xe2\x98", "\xe2(\xa1"}) {
        EXPECT_FALSE(is_name(text)) << text;
    }
    EXPECT_EQ(count_printable("\xf4\x8f\xbf\xbd"), 1u);
    EXPECT_EQ(count_printable(""), 0u);
}

TEST(GroupName, IsTypeAndInstance) {
    EXPECT_TRUE(is_group_name("feeder.A-1_b"));
    const std::string long_part(64, 'x');
    EXPECT_TRUE(is_group_name(long_part + "." + long_part));
    for (const std::string& text :
         {std::string("feeder"), std::string("feeder."), std::string(".A"), std::string("a.b.c"),
          std::string("fee der.A"), std::string("f\xc3\xbc.A"), long_part + "x.A", std::string()}) {
        EXPECT_FALSE(is_group_name(text)) << text;
    }
}

TEST(Milliseconds, AreShownWithoutIdleDigits) {
    EXPECT_EQ(in_milliseconds(150ms), "150");
    EXPECT_EQ(in_milliseconds(250us), "0.25");
    EXPECT_EQ(in_milliseconds(1ns), "0.000001");
    EXPECT_EQ(in_milliseconds(-1500us), "-1.5");
    EXPECT_EQ(in_milliseconds(-500us), "-0.5");
    EXPECT_EQ(in_milliseconds(0ms), "0");
}

}  // namespace
}  // namespace quorate::base
