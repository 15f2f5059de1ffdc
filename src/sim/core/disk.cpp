#include "sim/core/disk.h"

#include <utility>

#include "base/check.h"
#include "sim/log_matching.h"

namespace quorate::sim::core {

namespace {

struct Sum {
    std::uint64_t sum = 0xcbf29ce484222325ULL;
    void mix(std::uint64_t word) {
        sum = (sum ^ word) * 0x9e3779b97f4a7c15ULL;
        sum ^= sum >> 31;
    }
    void operator()(const raft::HardState& state) {
        mix(state.term);
        mix(state.voted_for.high);
        mix(state.voted_for.low);
    }
    void operator()(const Disk::Truncate& truncate) { mix(truncate.from); }
    void operator()(const Disk::State& state) {
        mix(state.snapshot->index);
        mix(state.snapshot->term);
        mix(state.received);
    }
    void operator()(const raft::Entry& entry) {
        mix(entry.index);
        mix(entry.term);
        mix(digest_of(entry));
    }
};

std::uint64_t checksum_of(const Disk::Content& content) {
    Sum sum;
    sum.mix(content.index());
    std::visit(sum, content);
    return sum.sum;
}

/// Half of the sectors are those of before.
void tear(Disk::Record& record) {
    if (auto* state = std::get_if<raft::HardState>(&record.content)) {
        state->voted_for = {};
        state->term ^= 1;
    } else if (auto* truncate = std::get_if<Disk::Truncate>(&record.content)) {
        truncate->from ^= 0xff;
    } else if (auto* taken = std::get_if<Disk::State>(&record.content)) {
        taken->snapshot = std::make_shared<raft::Snapshot>();
        record.checksum ^= 1;
    } else if (auto* entry = std::get_if<raft::Entry>(&record.content)) {
        entry->data = Payload(std::string(entry->data.view().substr(0, entry->data.size() / 2)));
        entry->term ^= 1;
    }
}

}  // namespace

void Disk::Write::add(Content content) {
    const std::uint64_t checksum = checksum_of(content);
    records.push_back({std::move(content), checksum});
}

void Disk::begin_sync() {
    for (Write& write : pending_) write.began_sync = true;
}

std::vector<Disk::Write> Disk::end_sync() {
    std::vector<Write> done;
    while (!pending_.empty() && pending_.front().began_sync) {
        for (Record& record : pending_.front().records) take(std::move(record));
        done.push_back(std::move(pending_.front()));
        pending_.pop_front();
    }
    return done;
}

void Disk::take(Record record) {
    if (auto* state = std::get_if<raft::HardState>(&record.content)) {
        hard_state_ = *state;
    } else if (auto* truncate = std::get_if<Truncate>(&record.content)) {
        QUORATE_CHECK(truncate->from > base_->index, "a state is never taken back");
        while (last_index() >= truncate->from) entries_.pop_back();
    } else if (auto* taken = std::get_if<State>(&record.content)) {
        const raft::Index index = taken->snapshot->index;
        QUORATE_CHECK(index >= base_->index, "states follow one another");
        if (taken->received) {
            entries_.clear();
        } else {
            QUORATE_CHECK(index <= last_index(), "a state is of entries that are on disk");
            entries_.erase(entries_.begin(),
                           entries_.begin() + static_cast<std::ptrdiff_t>(index - base_->index));
        }
        base_ = taken->snapshot;
    } else if (auto* entry = std::get_if<raft::Entry>(&record.content)) {
        QUORATE_CHECK(entry->index == last_index() + 1, "a log on disk has no holes");
        entries_.push_back(std::move(*entry));
    }
}

void Disk::crash(base::Random& random, Coverage& coverage) {
    std::vector<Record> unsynced;
    for (Write& write : pending_) {
        for (Record& record : write.records) unsynced.push_back(std::move(record));
    }
    pending_.clear();
    if (unsynced.empty()) return;
    const std::size_t kept = random.one_in(3) ? 0 : random.below(unsynced.size() + 1);
    if (kept < unsynced.size() && random.one_in(2)) tear(unsynced[kept]);
    coverage.hit(Branch::write_lost, kept < unsynced.size() ? 1 : 0);
    coverage.hit(Branch::write_kept_unsynced, kept > 0 ? 1 : 0);
    // What recovery finds: it can't know where the sync ended, only where the checksums do.
    std::size_t found = 0;
    for (; found <= kept && found < unsynced.size(); ++found) {
        if (unsynced[found].checksum != checksum_of(unsynced[found].content)) {
            coverage.hit(Branch::record_torn);
            break;
        }
        if (found == kept) break;  // nothing was written there
        take(std::move(unsynced[found]));
    }
    for (; found < unsynced.size(); ++found) {
        const bool hard_state = std::holds_alternative<raft::HardState>(unsynced[found].content);
        coverage.hit(Branch::hard_state_lost, hard_state ? 1 : 0);
    }
}

bool Disk::holds(raft::Index index, raft::Term term) const {
    if (index <= base_->index) return true;
    if (index > last_index()) return false;
    return entries_[index - base_->index - 1].term == term;
}

}  // namespace quorate::sim::core
