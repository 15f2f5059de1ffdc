// The program of the README compiles without a warning (CMakeLists.txt takes it out of the page
// itself) and ends well, although nobody else is there.
#include <gtest/gtest.h>

#include <cstdlib>

namespace quorate {
namespace {

TEST(Readme, its_program_runs) {
    EXPECT_EQ(std::system(README_PROGRAM), 0);
}

}  // namespace
}  // namespace quorate
