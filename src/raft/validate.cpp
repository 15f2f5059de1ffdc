#include "raft/validate.h"

#include <algorithm>

namespace quorate::raft {

namespace {

bool unique(std::vector<MemberId> ids) {
    std::sort(ids.begin(), ids.end());
    return std::adjacent_find(ids.begin(), ids.end()) == ids.end();
}

/// At most half of each half, so that every majority has a voter with data; and all of them voters.
bool witnesses_are_few(const Configuration& configuration) {
    const auto few_in = [&](const std::vector<MemberId>& half) {
        const auto witnesses = std::count_if(half.begin(), half.end(), [&](const MemberId& id) {
            return configuration.is_witness(id);
        });
        return 2 * static_cast<std::size_t>(witnesses) <= half.size();
    };
    return few_in(configuration.voters) && few_in(configuration.outgoing) &&
           std::all_of(configuration.witnesses.begin(), configuration.witnesses.end(),
                       [&](const MemberId& id) { return configuration.is_voter(id); });
}

bool position_is_sound(Index index, Term term) {
    return index <= max_index && term <= max_term && (index > 0 || term == 0);
}

bool entry_is_sound(const Entry& entry) {
    switch (entry.kind) {
        case EntryKind::noop:
        case EntryKind::command:
        case EntryKind::application:
            return entry.configuration == nullptr;
        case EntryKind::configuration:
            return entry.configuration != nullptr && is_sound(*entry.configuration);
    }
    return false;
}

struct Judge {
    bool operator()(const VoteRequest& request) const {
        return request.term > 0 && request.term <= max_term && request.last_term < request.term &&
               request.handed_on < request.term &&
               position_is_sound(request.last_index, request.last_term);
    }
    bool operator()(const VoteReply& reply) const { return reply.term <= max_term; }
    bool operator()(const Append& append) const {
        if (append.term == 0 || append.term > max_term || append.prev_term > append.term)
            return false;
        if (!position_is_sound(append.prev_index, append.prev_term)) return false;
        Index index = append.prev_index;
        Term term = append.prev_term;
        for (const Entry& entry : append.entries) {
            if (entry.index != ++index || entry.term < term || entry.term > append.term)
                return false;
            if (entry.term == 0 || !entry_is_sound(entry)) return false;
            term = entry.term;
        }
        return true;
    }
    bool operator()(const AppendReply& reply) const {
        return reply.term <= max_term && reply.match <= max_index && reply.hint_index <= max_index;
    }
    bool operator()(const InstallSnapshot& install) const {
        return install.term > 0 && install.term <= max_term && install.snapshot != nullptr &&
               install.snapshot->term <= install.term &&
               position_is_sound(install.snapshot->index, install.snapshot->term) &&
               is_sound(install.snapshot->configuration);
    }
    bool operator()(const SnapshotReply& reply) const {
        return reply.term <= max_term && reply.index <= max_index;
    }
    bool operator()(const TimeoutNow& order) const {
        return order.term > 0 && order.term <= max_term;
    }
};

}  // namespace

bool is_sound(const Configuration& configuration) {
    if (configuration.voters.empty() || configuration.seats == 0) return false;
    if (configuration.joint() != (configuration.outgoing_seats > 0)) return false;
    if (!unique(configuration.voters) || !unique(configuration.outgoing)) return false;
    if (!unique(configuration.witnesses) || !witnesses_are_few(configuration)) return false;
    std::vector<MemberId> all = configuration.everyone();
    return std::find(all.begin(), all.end(), MemberId{}) == all.end() && unique(std::move(all));
}

bool is_sound(const Message& message) {
    return std::visit(Judge{}, message);
}

}  // namespace quorate::raft
