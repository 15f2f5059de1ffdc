// The program of the README compiles without a warning (CMakeLists.txt takes it out of the page
// itself), ends well although nobody else is there, and does what it tells once three relays run
// it.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace quorate {
namespace {

std::string read_to_end(std::FILE* output) {
    std::string text;
    std::array<char, 256> piece;
    while (std::fgets(piece.data(), piece.size(), output) != nullptr) text += piece.data();
    return text;
}

// One test, as the group that they meet in is the same.
TEST(Readme, its_program_runs) {
    EXPECT_EQ(std::system(README_PROGRAM), 0);
    std::array<std::FILE*, 3> relays = {};
    for (std::FILE*& relay : relays) {
        relay = popen(README_PROGRAM, "r");
        ASSERT_NE(relay, nullptr);
    }
    for (std::FILE* relay : relays) {
        const std::string told = read_to_end(relay);
        EXPECT_EQ(pclose(relay), 0);
        EXPECT_NE(told.find("relay-7 leads, term 1"), std::string::npos) << told;
        EXPECT_NE(told.find("opening the breaker"), std::string::npos) << told;
    }
}

}  // namespace
}  // namespace quorate
