#include "tests/scenarios/words.h"

#include <chrono>

namespace quorate::scenarios {

namespace {

std::string refusal_word(raft::VoteRefusal refusal) {
    switch (refusal) {
        case raft::VoteRefusal::none:
            return "no reason";
        case raft::VoteRefusal::stale_term:
            return "that term is over";
        case raft::VoteRefusal::sticky:
            return "backs another leader";
        case raft::VoteRefusal::log_behind:
            return "the log is behind";
        case raft::VoteRefusal::voted_already:
            return "voted already";
        case raft::VoteRefusal::withheld:
            return "must not vote yet";
    }
    return "another reason";
}

std::string in_term(Term term) {
    return " in term " + std::to_string(term);
}

/// Word and sentence of each kind; a kind that is not named here is told as such.
struct Kind {
    std::string operator()(const raft::VoteRequest& m) const {
        return m.pre_vote ? "pre-vote" : "vote";
    }
    std::string operator()(const raft::VoteReply& m) const {
        return m.pre_vote ? "pre-vote-reply" : "vote-reply";
    }
    std::string operator()(const raft::Append&) const { return "append"; }
    std::string operator()(const raft::AppendReply&) const { return "append-reply"; }
    std::string operator()(const raft::InstallSnapshot&) const { return "snapshot"; }
    std::string operator()(const raft::SnapshotReply&) const { return "snapshot-reply"; }
    std::string operator()(const raft::TimeoutNow&) const { return "timeout-now"; }
    template <class Other>
    std::string operator()(const Other&) const {
        return "other";
    }
};

struct Sentence {
    std::string operator()(const raft::VoteRequest& m) const {
        std::string text = m.pre_vote ? "asks for a pre-vote" : "asks for a vote";
        text += in_term(m.term) + ", log ends at " + position(m.last_index, m.last_term);
        if (m.handed_on > 0)
            text += ", by order of the leader of term " + std::to_string(m.handed_on);
        if (m.dead_leader) text += ", holds " + name_of(m.dead_leader) + " dead";
        return text;
    }
    std::string operator()(const raft::VoteReply& m) const {
        const std::string what = m.pre_vote ? "pre-vote" : "vote";
        if (m.granted) return "gives its " + what + in_term(m.term);
        return "refuses its " + what + ", itself" + in_term(m.term) + ": " +
               refusal_word(m.refusal);
    }
    std::string operator()(const raft::Append& m) const {
        const std::string what = m.entries.empty() ? "nothing" : list_of(m.entries);
        return "append" + in_term(m.term) + ": " + what + " after " +
               position(m.prev_index, m.prev_term) + "; commit " + std::to_string(m.commit);
    }
    std::string operator()(const raft::AppendReply& m) const {
        const std::string no_promise = m.promise ? "" : ", promises nothing";
        if (m.accepted) {
            return "accepts" + in_term(m.term) + " up to " + std::to_string(m.match) + no_promise;
        }
        if (m.needs_snapshot) return "has no state at all" + no_promise;
        if (!m.promise && m.hint_index == 0) return "rejects: is" + in_term(m.term);
        return "rejects" + in_term(m.term) + ": try after " + position(m.hint_index, m.hint_term) +
               no_promise;
    }
    std::string operator()(const raft::InstallSnapshot& m) const {
        const bool whole = m.offset == 0 && m.done;
        const std::string part = whole ? "all"
                                       : "bytes " + std::to_string(m.offset) + ".." +
                                             std::to_string(m.offset + m.snapshot->state.size()) +
                                             (m.done ? ", the last, of all" : " of all");
        return "state" + in_term(m.term) + ": " + part + " up to " +
               position(m.snapshot->index, m.snapshot->term) + ", " +
               text_of(m.snapshot->configuration);
    }
    std::string operator()(const raft::SnapshotReply& m) const {
        return "has " + std::to_string(m.received) + " bytes of the state up to " +
               std::to_string(m.index);
    }
    std::string operator()(const raft::TimeoutNow& m) const {
        return "campaign now" + in_term(m.term);
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "says something that scenarios have no words for yet";
    }
};

}  // namespace

std::string name_of(MemberId id) {
    if (!id) return "nobody";
    return std::string(1, static_cast<char>('A' + id.low - 1));
}

std::optional<MemberId> member_of(std::string_view name) {
    if (name.size() != 1 || name[0] < 'A' || name[0] > 'Z') return std::nullopt;
    return MemberId{0, static_cast<std::uint64_t>(name[0] - 'A') + 1};
}

std::string names_of(const std::vector<MemberId>& ids) {
    std::string text;
    for (const MemberId& id : ids) text += (text.empty() ? "" : " ") + name_of(id);
    return text;
}

std::string text_of(const raft::Configuration& configuration) {
    std::string text = "voters " + names_of(configuration.voters);
    if (configuration.joint())
        text = "joint, from " + names_of(configuration.outgoing) + " to " +
               names_of(configuration.voters);
    if (configuration.seats > configuration.voters.size())
        text += ", " + std::to_string(configuration.seats) + " seats";
    if (!configuration.learners.empty()) text += ", learners " + names_of(configuration.learners);
    if (!configuration.witnesses.empty())
        text += ", witnesses " + names_of(configuration.witnesses);
    return text;
}

std::string text_of(const raft::Entry& entry) {
    if (entry.withheld()) return "(withheld)";
    if (entry.configuration) return "(" + text_of(*entry.configuration) + ")";
    return entry.kind == raft::EntryKind::noop ? "no-op" : entry.data.str();
}

std::string list_of(const raft::Entries& entries) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries.size() > most && i == 1) {
            text += " …";
            i = entries.size() - 1;
        }
        const raft::Entry& entry = entries[i];
        if (!text.empty()) text += ", ";
        text += position(entry.index, entry.term) + " " + text_of(entry);
    }
    return text;
}

std::string position(Index index, Term term) {
    if (index == 0) return "the start";
    return std::to_string(index) + "/t" + std::to_string(term);
}

std::string range(Index first, Index last) {
    if (first == last) return std::to_string(first);
    return std::to_string(first) + ".." + std::to_string(last);
}

std::string kind_of(const Message& message) {
    return std::visit(Kind{}, message);
}

std::string text_of(const Message& message) {
    return std::visit(Sentence{}, message);
}

std::string in_ms(Nanos time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) +
           " ms";
}

std::string in_tenths(Nanos time) {
    const auto tenths = std::chrono::duration_cast<std::chrono::microseconds>(time).count() / 100;
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

}  // namespace quorate::scenarios
