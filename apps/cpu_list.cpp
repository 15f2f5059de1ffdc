#include "cpu_list.h"

#include <algorithm>
#include <charconv>

namespace quorate::apps {

namespace {

constexpr int highest_cpu = 1023;

std::optional<int> parse_cpu(std::string_view text) {
    int cpu = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), cpu);
    const bool whole = problem == std::errc() && end == text.data() + text.size();
    if (!whole || cpu < 0 || cpu > highest_cpu) return std::nullopt;
    return cpu;
}

}  // namespace

std::optional<std::vector<int>> parse_cpu_list(std::string_view text) {
    std::vector<int> cpus;
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view range = text.substr(0, comma);
        const std::size_t dash = range.find('-');
        const auto first = parse_cpu(range.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parse_cpu(range.substr(dash + 1));
        if (!first || !last || *first > *last) return std::nullopt;
        for (int cpu = *first; cpu <= *last; ++cpu) {
            if (std::find(cpus.begin(), cpus.end(), cpu) == cpus.end()) cpus.push_back(cpu);
        }
        if (comma == std::string_view::npos) return cpus;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace quorate::apps
