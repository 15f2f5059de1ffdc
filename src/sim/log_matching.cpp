#include "sim/log_matching.h"

#include <functional>
#include <string_view>

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {
// FNV-1a, 64 bits, of values; of bytes it is the standard library's hash, which takes eight at a time:
// a state is compared at every turn, and a digest lives no longer than its process.
void mix(std::uint64_t& hash, std::string_view bytes) {
    hash = (hash ^ std::hash<std::string_view>{}(bytes)) * 0x100000001b3ULL;
}
void mix(std::uint64_t& hash, const std::vector<MemberId>& ids) {
    for (const MemberId& id : ids) {
        hash = (hash ^ id.high) * 0x100000001b3ULL;
        hash = (hash ^ id.low) * 0x100000001b3ULL;
    }
    hash = (hash ^ ids.size()) * 0x100000001b3ULL;
}
}  // namespace

std::uint64_t digest_of(const raft::Entry& entry) {
    if (entry.withheld()) return unknown_content;
    std::uint64_t hash = 0xcbf29ce484222325ULL + static_cast<std::uint64_t>(entry.kind);
    mix(hash, entry.data.view());
    if (entry.configuration) {
        mix(hash, entry.configuration->voters);
        mix(hash, entry.configuration->outgoing);
        mix(hash, entry.configuration->learners);
        mix(hash, entry.configuration->witnesses);
    }
    return hash;
}

bool LogMatching::stands(IncarnationId incarnation, const raft::Entry& entry, std::uint64_t content,
                         std::optional<raft::Term> term_before) {
    const auto [found, first] = entries_.try_emplace({incarnation, entry.index, entry.term},
                                                     Standing{content, term_before});
    if (first) return true;
    Standing& known = found->second;
    if (!known.term_before) known.term_before = term_before;
    const bool same_past = !term_before || *known.term_before == *term_before;
    if (known.content == unknown_content) known.content = content;
    const bool same_content = content == unknown_content || known.content == content;
    if (same_content && same_past) return false;
    broken("log matching",
           "index " + std::to_string(entry.index) + " of term " + std::to_string(entry.term) +
               " in " + brief(incarnation) +
               (same_past ? " stands with two contents" : " stands behind entries of two terms"));
}

}  // namespace quorate::sim
