#include "sim/story.h"

#include <cstdio>

namespace quorate::sim {

void Story::tell(Nanos now, const std::string& who, const std::string& what) const {
    if (on_) std::printf("%11s  %-6s %s\n", seconds(now).c_str(), who.c_str(), what.c_str());
}

}  // namespace quorate::sim
