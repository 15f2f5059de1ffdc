#include "sim/committed_entries.h"

#include "consensus/commands.h"
#include "sim/rule_broken.h"

namespace quorate::sim {

void CommittedEntries::committed(IncarnationId incarnation, const raft::Entry& entry,
                                 std::uint64_t content) {
    std::vector<Record>& record = records_[incarnation];
    if (record.size() <= entry.index) record.resize(entry.index + 1);
    Record& known = record[entry.index];
    const bool fills_in =
        known.known && known.content == unknown_content && known.term == entry.term;
    if (!known.known || fills_in) {
        known = {entry.term, content, entry.kind, entry.data, true};
    } else if (known.term != entry.term ||
               (known.content != content && content != unknown_content)) {
        broken("committed entries never change",
               "index " + std::to_string(entry.index) + " of " + brief(incarnation) +
                   " was committed with term " + std::to_string(known.term) + " and with term " +
                   std::to_string(entry.term));
    }
}

void CommittedEntries::elected(IncarnationId incarnation, const raft::Log& log) const {
    const auto found = records_.find(incarnation);
    if (found == records_.end() || found->second.size() < 2) return;
    const raft::Index last = found->second.size() - 1;
    const Record& known = found->second[last];
    const std::optional<raft::Term> held = log.term_at(last);
    // An index before what is held lies under the snapshot, which has only committed entries.
    if (last < log.first_index() || (held && *held == known.term)) return;
    broken("a leader holds all committed entries",
           "index " + std::to_string(last) + " of term " + std::to_string(known.term) + " in " +
               brief(incarnation) + " is committed, and the elected member's log ends at " +
               std::to_string(log.last_index()));
}

void CommittedEntries::acknowledged(IncarnationId incarnation, raft::Index index,
                                    std::string_view message) const {
    const Record* record = find(incarnation, index);
    if (record != nullptr && record->kind == raft::EntryKind::application) {
        const Result<consensus::Command> command = consensus::decode(record->data);
        if (command) {
            const auto* ordered = std::get_if<consensus::OrderedMessage>(&*command);
            if (ordered != nullptr && ordered->data.view() == message) return;
        }
    }
    broken("acknowledged messages are committed",
           "a component was told that its message stands at index " + std::to_string(index) +
               " of " + brief(incarnation));
}

const CommittedEntries::Record* CommittedEntries::find(IncarnationId incarnation,
                                                       raft::Index index) const {
    const auto found = records_.find(incarnation);
    if (found == records_.end() || index >= found->second.size()) return nullptr;
    const Record& record = found->second[index];
    return record.known ? &record : nullptr;
}

}  // namespace quorate::sim
