#include "tests/exploration/story.h"

#include <cstdio>

namespace quorate::exploration {

namespace {

std::string number(std::uint64_t value) {
    return std::to_string(value);
}
std::string name(Node node) {
    return number(node + 1u);
}

std::string voters(const std::vector<MemberId>& ids) {
    std::string text;
    for (const MemberId& id : ids) text += (text.empty() ? "" : ",") + name(node_of(id));
    return "{" + text + "}";
}

std::string brief(const raft::Entry& entry) {
    std::string text = number(entry.index) + "." + number(entry.term);
    if (entry.kind == raft::EntryKind::command) text += "'" + entry.data.str() + "'";
    if (!entry.configuration) return text;
    if (entry.configuration->joint()) text += voters(entry.configuration->outgoing) + "→";
    return text + voters(entry.configuration->voters);
}

struct Describe {
    std::string operator()(const raft::VoteRequest& request) const {
        return std::string(request.pre_vote ? "pre-vote?" : "vote?") + " term " +
               number(request.term) + ", log ends at " + number(request.last_index) + "." +
               number(request.last_term);
    }
    std::string operator()(const raft::VoteReply& reply) const {
        return std::string(reply.pre_vote ? "pre-vote" : "vote") +
               (reply.granted ? " granted" : " refused") + ", term " + number(reply.term);
    }
    std::string operator()(const raft::Append& append) const {
        std::string text = "Append term " + number(append.term) + " after " +
                           number(append.prev_index) + "." + number(append.prev_term) +
                           ", commit " + number(append.commit) + ":";
        for (const raft::Entry& entry : append.entries) text += " " + brief(entry);
        return text + (append.entries.empty() ? " nothing" : "");
    }
    std::string operator()(const raft::AppendReply& reply) const {
        return "term " + number(reply.term) +
               (reply.accepted ? ", holds up to " + number(reply.match)
                               : std::string(", rejected")) +
               (reply.promise ? ", promised" : "");
    }
    std::string operator()(const raft::InstallSnapshot&) const { return "a state"; }
    std::string operator()(const raft::TimeoutNow& order) const {
        return "campaign now, term " + number(order.term);
    }
    template <class Other>
    std::string operator()(const Other&) const {
        return "another message";
    }
};

std::string describe(const Group& group, const Action& action) {
    switch (action.act) {
        case Act::deliver:
        case Act::repeat:
        case Act::lose: {
            const Flight& flight = group.flights()[action.flight];
            std::string text = name(flight.from) + " → " + name(flight.to) + "  " +
                               std::visit(Describe{}, flight.message);
            if (flight.age > 0) text += " (" + number(flight.age) + " ticks old)";
            if (action.act == Act::repeat) text += "  REPEATED";
            return text + (action.act == Act::lose ? "  LOST" : "");
        }
        case Act::fire:
            return name(action.node) + " finds its timer due";
        case Act::pass:
            return "a tick passes";
        case Act::propose:
            return name(action.node) + " is asked to append a command";
        case Act::change:
            return name(action.node) + " is asked to seat " + voters(group.setting().change_to);
        case Act::crash:
            return name(action.node) + " crashes";
        case Act::restart:
            return name(action.node) + " starts again";
        case Act::prove:
            return name(action.node) + " learns that " + name(action.other) + " is dead";
        case Act::transfer:
            return name(action.node) + " is asked to hand on to " + name(action.other);
        case Act::compact:
            return name(action.node) + " compacts its log";
    }
    return "?";
}

std::string describe(const Replica& replica) {
    static constexpr const char* roles[] = {"follower", "pre-candidate", "candidate", "LEADER"};
    const raft::Raft& raft = *replica.raft;
    std::string text = name(replica.node) + ": ";
    if (!replica.running) return text + "down";
    text += roles[static_cast<int>(replica.role)];
    text += " in term " + number(replica.term) + ", commit " + number(replica.commit) + ", log";
    if (replica.base > 0) text += " [state to " + number(replica.base) + "]";
    const raft::Log& log = raft.log();
    for (Index index = log.first_index(); index <= log.last_index(); ++index) {
        text += " " + brief(log.at(index));
    }
    if (replica.lease) text += ", holds the lease";
    return text;
}

}  // namespace

std::string tell(Group& group, const State& origin, const std::vector<Action>& path) {
    std::string story;
    State state = origin;
    int count = 0;
    for (const Action& action : path) {
        char step[16];
        std::snprintf(step, sizeof step, "%3d  ", ++count);
        story += step + describe(group, action) + "\n";
        try {
            const auto taken = group.take(state, action);
            if (!taken) return story + "     (beyond the bounds)\n";
            for (Node node = 0; node < group.setting().nodes; ++node) {
                const ReplicaId id = taken->state.replicas[node];
                if (id == state.replicas[node] || action.act == Act::pass) continue;
                story += "        " + describe(group.replicas()[id]) + "\n";
            }
            state = taken->state;
        } catch (const Violation& violation) {
            story += "     BROKEN: " + violation.rule + ": " + violation.details + "\n";
            for (Node node = 0; node < group.setting().nodes; ++node) {
                story += "     before: " + describe(group.replicas()[state.replicas[node]]) + "\n";
            }
        }
    }
    return story;
}

}  // namespace quorate::exploration
