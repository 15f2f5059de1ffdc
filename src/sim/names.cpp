#include "sim/names.h"

#include <cstdio>

namespace quorate::sim {

std::string seconds(Nanos time) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6f", static_cast<double>(time.count()) / 1e9);
    return text;
}

}  // namespace quorate::sim
