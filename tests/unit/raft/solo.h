// One node under test, with the others played by hand: the test says what they send and looks at
// what the node answers. Time moves only when told to.
#pragma once

#include <algorithm>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "raft/raft.h"

namespace quorate::raft::test {

using namespace std::chrono_literals;

inline MemberId member(std::uint64_t number) {
    return MemberId{0, number};
}

inline std::vector<MemberId> members(std::initializer_list<std::uint64_t> numbers) {
    std::vector<MemberId> ids;
    for (const std::uint64_t number : numbers) ids.push_back(member(number));
    return ids;
}

inline Options timing(std::uint64_t self) {
    Options options;
    options.self = member(self);
    options.heartbeat = 50ms;
    options.election_min = 150ms;
    options.election_max = 300ms;
    options.clock_drift = 0.01;
    options.seed = self;
    return options;
}

/// `seats`: as many as voters, if it is 0.
inline std::shared_ptr<const Snapshot> founding(std::vector<MemberId> voters,
                                                std::vector<MemberId> learners = {},
                                                std::uint32_t seats = 0) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->configuration.seats = seats > 0 ? seats : static_cast<std::uint32_t>(voters.size());
    snapshot->configuration.voters = std::move(voters);
    snapshot->configuration.learners = std::move(learners);
    snapshot->state = Payload("founded");
    return snapshot;
}

inline Entry command(Index index, Term term, std::string text = "x") {
    Entry entry;
    entry.index = index;
    entry.term = term;
    entry.kind = EntryKind::command;
    entry.data = Payload(std::move(text));
    return entry;
}

inline Append append_of(Term term, Index prev, Term prev_term, Entries entries = {},
                        Index commit = 0) {
    Append append;
    append.term = term;
    append.prev_index = prev;
    append.prev_term = prev_term;
    append.entries = std::move(entries);
    append.commit = commit;
    return append;
}

inline VoteRequest vote_for(Term term, Index last = 0, Term last_term = 0) {
    VoteRequest request;
    request.term = term;
    request.last_index = last;
    request.last_term = last_term;
    return request;
}

inline VoteRequest pre_vote_for(Term term, Index last = 0, Term last_term = 0) {
    VoteRequest request = vote_for(term, last, last_term);
    request.pre_vote = true;
    return request;
}

class Solo {
public:
    explicit Solo(Options options = timing(1),
                  std::shared_ptr<const Snapshot> base = founding(members({1, 2, 3})),
                  HardState hard_state = {}, Entries on_disk = {})
        : raft(options, start(), std::move(base), hard_state, std::move(on_disk)), now(start()) {}

    static Moment start() { return {10s, 20s}; }

    Raft raft;
    Moment now;
    std::vector<Outgoing> sent;  ///< since forget()
    Entries applied;
    std::shared_ptr<const Snapshot> restored;

    void wait(Nanos time) {
        now.monotonic += time;
        now.boottime += time;
    }
    /// Waits until the next deadline and lets it happen.
    void wait_for_timer() {
        wait(std::max(raft.next_deadline() - now.monotonic, Nanos{0}));
        raft.tick(now);
        turn();
    }
    void hear(std::uint64_t from, const Message& message) {
        raft.receive(now, member(from), message);
        turn();
    }
    /// As an owner with a synchronous store would.
    void turn() {
        for (int pass = 0; pass < 2; ++pass) {
            Output out = raft.take_output(now);
            if (out.snapshot) restored = out.snapshot;
            for (Outgoing& message : out.send_now) sent.push_back(std::move(message));
            raft.persisted(now, out.last_persisting);
            for (Outgoing& message : out.send_after_persist) sent.push_back(std::move(message));
            for (Entry& entry : out.committed) applied.push_back(std::move(entry));
        }
    }
    void forget() { sent.clear(); }

    /// The last message of a kind that went to `to`; null if there was none.
    template <class Kind>
    const Kind* last(std::uint64_t to) const {
        for (auto at = sent.rbegin(); at != sent.rend(); ++at) {
            if (at->to != member(to)) continue;
            if (const Kind* message = std::get_if<Kind>(&at->message)) return message;
        }
        return nullptr;
    }
    template <class Kind>
    std::size_t count(std::uint64_t to) const {
        std::size_t found = 0;
        for (const Outgoing& outgoing : sent) {
            found += outgoing.to == member(to) && std::holds_alternative<Kind>(outgoing.message);
        }
        return found;
    }

    /// The answer of `from` to the last vote request.
    void grant(std::uint64_t from) {
        const VoteRequest request = *last<VoteRequest>(from);
        VoteReply reply;
        reply.term = request.term;
        reply.granted = true;
        reply.pre_vote = request.pre_vote;
        reply.sent = request.sent;
        hear(from, reply);
    }
    AppendReply acknowledgement(std::uint64_t from) const {
        const Append& append = *last<Append>(from);
        AppendReply reply;
        reply.term = append.term;
        reply.accepted = true;
        reply.match = append.prev_index + append.entries.size();
        reply.promise = true;
        reply.sent = append.sent;
        return reply;
    }
    void acknowledge(std::uint64_t from) { hear(from, acknowledgement(from)); }

    /// Through a whole election; the no-op of its term is in the log, acknowledged by nobody yet.
    void win_election(std::initializer_list<std::uint64_t> backers = {2, 3}) {
        while (raft.role() != Role::pre_candidate) wait_for_timer();
        for (const std::uint64_t id : backers) {
            if (raft.role() == Role::pre_candidate) grant(id);
        }
        for (const std::uint64_t id : backers) {
            if (raft.role() == Role::candidate) grant(id);
        }
    }
    /// … and the no-op is committed by these.
    void establish(std::initializer_list<std::uint64_t> backers = {2, 3}) {
        win_election(backers);
        for (const std::uint64_t id : backers) acknowledge(id);
    }
    Index propose(std::string text = "x") {
        const Index index = *raft.propose(now, Payload(std::move(text)));
        turn();
        return index;
    }
};

}  // namespace quorate::raft::test
