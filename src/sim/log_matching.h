// Rule: if two logs of an incarnation hold an entry with the same index and term, they are
// identical up to there (thesis, section 3.5: log matching).
//
// Checked as its inductive step, over every entry that ever stood in any log: an index and a term
// always mean the same content, and the same term in the entry before.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>

#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

/// A fingerprint of all that an entry says.
std::uint64_t digest_of(const raft::Entry& entry);

class LogMatching {
public:
    /// `entry` stands in a log behind an entry of `term_before` (none: not known there any more).
    /// True if no log was seen with it before.
    bool stands(IncarnationId incarnation, const raft::Entry& entry, std::uint64_t content,
                std::optional<raft::Term> term_before);

private:
    struct Key {
        IncarnationId incarnation;
        raft::Index index = 0;
        raft::Term term = 0;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const {
            return std::hash<IncarnationId>{}(key.incarnation) ^
                   (key.index * 0x9e3779b97f4a7c15ULL) ^ (key.term << 40);
        }
    };
    struct Standing {
        std::uint64_t content = 0;
        std::optional<raft::Term> term_before;
    };
    std::unordered_map<Key, Standing, KeyHash> entries_;
};

}  // namespace quorate::sim
