#include "sim/size_agreed.h"

#include "sim/rule_broken.h"

namespace quorate::sim {

namespace {

std::set<MemberId> roster_of(const consensus::StateMachine& machine) {
    std::set<MemberId> roster;
    for (const consensus::MemberRecord& member : machine.roster()) roster.insert(member.id);
    return roster;
}

}  // namespace

void SizeAgreed::applies(const consensus::StateMachine& machine, const raft::Entry& entry) {
    if (entry.kind != raft::EntryKind::command) return;
    Known& known = incarnations_[machine.founding().incarnation];
    if (known.size == 0 || machine.spec().size != known.size) return;  // others have seen it
    const auto command = consensus::decode(entry.data);
    const bool finishes = command && std::holds_alternative<consensus::FinishResize>(*command);
    if (finishes) known.asked_of = roster_of(machine);
}

void SizeAgreed::look(const consensus::StateMachine& machine, const raft::Raft& raft,
                      const FindLast& find_last) {
    const IncarnationId incarnation = machine.founding().incarnation;
    const std::uint32_t size = machine.spec().size;
    Known& known = incarnations_[incarnation];
    const bool first = known.size == 0;
    if (first) known.size = size;
    if (machine.growing()) known.asked[machine.growing()->size] = machine.growing()->since;
    if (!first && machine.applied() <= known.at) return;  // nothing new, every turn
    known.at = machine.applied();
    known.roster = roster_of(machine);
    if (size <= known.size) {
        known.size = size;
        return;
    }
    const raft::Index since = known.asked[size];
    known.size = size;
    for (const MemberId& id : known.asked_of) {
        const std::optional<raft::Index> last = find_last(id, incarnation);
        if (!last || *last >= since) continue;
        broken("a greater size is acknowledged by all",
               brief(incarnation) + " has size " + std::to_string(size) + ", and " + brief(id) +
                   " has nothing behind " + std::to_string(*last) + ", where it was asked for at " +
                   std::to_string(since));
    }
    if (raft.configuration().seats < machine.spec().seats()) {
        broken("a greater size has its seats",
               brief(incarnation) + " has size " + std::to_string(size) + " and " +
                   std::to_string(raft.configuration().seats) + " seats");
    }
}

void SizeAgreed::gave_up(const std::string& who, MemberId id, IncarnationId incarnation,
                         std::uint32_t size) const {
    const auto known = incarnations_.find(incarnation);
    if (known == incarnations_.end() || !known->second.roster.contains(id)) return;
    if (size >= known->second.size) return;
    broken("nobody goes with a size below the one agreed on",
           who + " gives up " + brief(incarnation) + ", which has size " +
               std::to_string(known->second.size) + ", with " + std::to_string(size));
}

}  // namespace quorate::sim
