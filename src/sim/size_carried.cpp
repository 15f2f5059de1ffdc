#include "sim/size_carried.h"

#include <algorithm>

#include "sim/rule_broken.h"

namespace quorate::sim {

void SizeCarried::outside(Life life, std::uint32_t size) {
    members_[life] = Known{.outside = size, .asked = {}};
}

void SizeCarried::inside(Life life, bool in_roster, std::uint32_t coming) {
    Known& known = members_[life];
    known.admitted = known.admitted || in_roster;
    known.applied_lately = false;
    known.coming = coming;
}

void SizeCarried::stands(Life life, MemberId id, const raft::Entry& entry) {
    Known& known = members_[life];
    known.asked.erase(known.asked.lower_bound(entry.index), known.asked.end());
    if (known.admitted_at >= entry.index) known.admitted_at = 0;
    if (entry.kind != raft::EntryKind::command || entry.index <= known.applied) return;
    const auto command = consensus::decode(entry.data);
    if (!command) return;
    if (const auto* resize = std::get_if<consensus::Resize>(&*command)) {
        known.asked[entry.index] = resize->size;
    } else if (const auto* join = std::get_if<consensus::Join>(&*command)) {
        if (join->member.id == id) known.admitted_at = entry.index;
    }
}

void SizeCarried::applied(Life life, raft::Index index) {
    Known& known = members_[life];
    known.applied_lately = true;
    known.applied = std::max(known.applied, index);
    known.asked.erase(known.asked.begin(), known.asked.upper_bound(index));
    if (known.admitted_at <= index) known.admitted_at = 0;
}

void SizeCarried::gave_up(const std::string& who, Life life, std::uint32_t size) {
    const Known known = members_[life];
    members_.erase(life);
    std::uint32_t least = 0;
    // Once admitted, it counts among those who have acknowledged what comes behind.
    if (known.admitted || known.admitted_at != 0) {
        for (const auto& [index, asked] : known.asked) {
            if (index > known.admitted_at) least = std::max(least, asked);
        }
    }
    if (!known.applied_lately)
        least = std::max(least, known.admitted ? known.coming : known.outside);
    if (size >= least) return;
    broken("nobody goes with a size below one that it acknowledged",
           who + " goes with size " + std::to_string(size) + ", and may have helped to agree on " +
               std::to_string(least));
}

}  // namespace quorate::sim
