#include "raft/log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace quorate::raft {

namespace {

/// The configuration inside a snapshot, kept alive by the snapshot.
std::shared_ptr<const Configuration> configuration_of(
    const std::shared_ptr<const Snapshot>& snapshot) {
    return {snapshot, &snapshot->configuration};
}

}  // namespace

Log::Log(std::shared_ptr<const Snapshot> snapshot) {
    reset(std::move(snapshot));
}

void Log::reset(std::shared_ptr<const Snapshot> snapshot) {
    QUORATE_CHECK(snapshot != nullptr, "a log stands on a snapshot");
    snapshot_ = std::move(snapshot);
    kept_ = 0;
    before_first_term_ = snapshot_->term;
    entries_.clear();
    configurations_.assign(1, {snapshot_->index, configuration_of(snapshot_)});
}

Index Log::last_index() const {
    return first_index() + entries_.size() - 1;
}

Term Log::last_term() const {
    return entries_.empty() ? before_first_term_ : entries_.back().term;
}

std::optional<Term> Log::term_at(Index index) const {
    if (index + 1 == first_index()) return before_first_term_;
    if (index < first_index() || index > last_index()) return std::nullopt;
    return entries_[index - first_index()].term;
}

const Entry& Log::at(Index index) const {
    QUORATE_CHECK(index >= first_index() && index <= last_index(), "the entry is not held");
    return entries_[index - first_index()];
}

Entries Log::slice(Index from, std::size_t max_entries, std::size_t max_bytes) const {
    Entries out;
    if (from > last_index() || max_entries == 0) return out;
    QUORATE_CHECK(from >= first_index(), "entries before the log's start can't be read");
    const std::size_t count = std::min<std::size_t>(last_index() - from + 1, max_entries);
    out.reserve(count);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const Entry& entry = entries_[from - first_index() + i];
        bytes += entry.data.size();
        if (i > 0 && bytes > max_bytes) break;
        out.push_back(entry);
    }
    return out;
}

void Log::append(Entry entry) {
    QUORATE_CHECK(entry.index == last_index() + 1, "entries follow one another");
    QUORATE_CHECK(entry.term >= last_term(), "terms never fall along a log");
    if (entry.kind == EntryKind::configuration) {
        QUORATE_CHECK(entry.configuration != nullptr, "a configuration entry carries one");
        configurations_.push_back({entry.index, entry.configuration});
    }
    entries_.push_back(std::move(entry));
}

void Log::truncate_from(Index index) {
    QUORATE_CHECK(index > snapshot_->index, "what a snapshot covers is committed");
    while (last_index() >= index) entries_.pop_back();
    // Section 4.1: a server that loses a configuration entry returns to the one before.
    while (configurations_.back().since >= index) configurations_.pop_back();
}

void Log::compact(std::shared_ptr<const Snapshot> snapshot, std::size_t keep) {
    QUORATE_CHECK(snapshot->index >= snapshot_->index && snapshot->index <= last_index(),
                  "a log is compacted at an index that it holds");
    QUORATE_CHECK(term_at(snapshot->index) == snapshot->term, "a snapshot is of this very log");
    const Index covered = snapshot->index + 1 - first_index();
    const Index drop = covered - std::min<Index>(covered, keep);
    if (drop > 0) before_first_term_ = entries_[drop - 1].term;
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(drop));
    kept_ = covered - drop;
    // The last one at or before the snapshot keeps the index at which it was agreed.
    while (configurations_.size() > 1 && configurations_[1].since <= snapshot->index) {
        configurations_.erase(configurations_.begin());
    }
    snapshot_ = std::move(snapshot);
    configurations_.front().configuration = configuration_of(snapshot_);
}

const Configuration& Log::configuration() const {
    return *configurations_.back().configuration;
}

Index Log::configuration_index() const {
    return configurations_.back().since;
}

const Configuration& Log::configuration_at(Index index) const {
    QUORATE_CHECK(index >= configurations_.front().since, "older configurations are forgotten");
    const auto after =
        std::upper_bound(configurations_.begin(), configurations_.end(), index,
                         [](Index at, const Standing& standing) { return at < standing.since; });
    return *std::prev(after)->configuration;
}

bool Log::is_voter_since(Index index, MemberId id) const {
    return std::any_of(configurations_.begin(), configurations_.end(),
                       [&](const Standing& each) {
                           return each.since > index && each.configuration->is_voter(id);
                       }) ||
           configuration_at(index).is_voter(id);
}

Index Log::last_index_with_term_at_most(Term term, Index from) const {
    const Index end = std::min(from, last_index());
    if (end < first_index()) return end;
    const auto begin = entries_.begin();
    const auto stop = begin + static_cast<std::ptrdiff_t>(end - first_index() + 1);
    const auto after = std::upper_bound(
        begin, stop, term, [](Term wanted, const Entry& entry) { return wanted < entry.term; });
    return first_index() - 1 + static_cast<Index>(after - begin);
}

}  // namespace quorate::raft
