// Processors by number, as taskset(1) takes them: "2", "0,2", "1-3,6".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace quorate::apps {

/// Nothing if it is no such list, or names none, or one above 1023.
std::optional<std::vector<int>> parse_cpu_list(std::string_view text);

}  // namespace quorate::apps
