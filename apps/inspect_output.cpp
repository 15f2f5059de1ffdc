#include "inspect_output.h"

#include <cstdio>
#include <ctime>
#include <sstream>

namespace quorate::apps {

namespace {

constexpr std::size_t shown_digits = 8;

std::string short_id(MemberId id) {
    return id.hex().substr(0, shown_digits);
}

std::string name_in(const std::vector<MemberInfo>& members, MemberId id) {
    for (const MemberInfo& member : members) {
        if (member.id == id) return member.name;
    }
    return "";
}

/// "m1 (1a2b3c4d)", or the digits alone where the name is not known.
std::string who(const std::string& name, MemberId id) {
    if (!id) return "nobody";
    return name.empty() ? short_id(id) : name + " (" + short_id(id) + ")";
}

std::string wall_time(std::int64_t realtime_ns) {
    const std::time_t seconds = realtime_ns / 1'000'000'000;
    std::tm local{};
    localtime_r(&seconds, &local);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    std::snprintf(text + length, sizeof text - length, ".%03ld",
                  static_cast<long>(realtime_ns / 1'000'000 % 1000));
    return text;
}

std::string in_ms(Duration duration) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f ms",
                  std::chrono::duration<double, std::milli>(duration).count());
    return text;
}

Json describe_vote(const ElectionVote& vote) {
    return {{"voter", vote.voter.hex()},
            {"voter_name", vote.voter_name},
            {"candidate", vote.candidate.hex()},
            {"term", vote.term},
            {"pre_vote", vote.pre_vote},
            {"answer", to_string(vote.answer)},
            {"after_us", vote.after.count() / 1000}};
}

std::string title_of(const ElectionRecord& election) {
    switch (election.outcome) {
        case ElectionOutcome::elected:
            return who(election.leader_name, election.leader) + " was elected";
        case ElectionOutcome::kept:
            return who(election.leader_name, election.leader) + " went on to lead";
        case ElectionOutcome::given_up:
            return "the incarnation was given up";
    }
    return "";
}

std::string_view reason_of(ElectionTrigger trigger) {
    switch (trigger) {
        case ElectionTrigger::unknown:
            return "not seen by this member";
        case ElectionTrigger::timeout:
            return "the leader was not heard (timeout)";
        case ElectionTrigger::leader_dead:
            return "the leader was proven dead (leader_dead)";
        case ElectionTrigger::transfer:
            return "leadership was handed on (transfer)";
        case ElectionTrigger::founding:
            return "the group was founded (founding)";
    }
    return "";
}

}  // namespace

Json describe_status(const InspectedStatus& inspected) {
    Json json{{"group", inspected.group},
              {"name", inspected.name},
              {"endpoint", inspected.status.endpoint}};
    add_status(json, inspected.status);
    json["size"] = inspected.status.size;
    json["leader_name"] = name_in(inspected.status.members, inspected.status.leader);
    if (!inspected.status.beacon_problem.empty()) {
        json["beacon_problem"] = inspected.status.beacon_problem;
    }
    return json;
}

std::string readable_status(const InspectedStatus& inspected) {
    const GroupStatus& status = inspected.status;
    std::ostringstream text;
    text << "group        " << inspected.group << '\n'
         << "member       " << who(inspected.name, status.id) << " at " << status.endpoint << '\n'
         << "state        " << to_string(status.state) << (status.lease ? ", its lease holds" : "")
         << '\n'
         << "leader       " << who(name_in(status.members, status.leader), status.leader) << '\n'
         << "term         " << status.term << ", epoch " << status.epoch << '\n'
         << "incarnation  " << (status.incarnation ? status.incarnation.hex() : "none") << '\n'
         << "committed    up to " << status.commit_index << '\n'
         << "quorum       " << (status.quorum ? "yes" : "no") << '\n'
         << "size         " << status.size << '\n'
         << "members      " << status.members.size() << '\n';
    if (!status.beacon_problem.empty()) text << "beacon       " << status.beacon_problem << '\n';
    return text.str();
}

std::vector<Json> describe_members(const InspectedStatus& inspected) {
    std::vector<Json> all;
    for (const MemberInfo& member : inspected.status.members) {
        all.push_back({{"group", inspected.group},
                       {"id", member.id.hex()},
                       {"name", member.name},
                       {"role", to_string(member.role)},
                       {"voter", member.voter},
                       {"alive", member.alive},
                       {"leader", member.id == inspected.status.leader}});
    }
    return all;
}

std::string readable_members(const InspectedStatus& inspected) {
    if (inspected.status.members.empty()) return "none: this member is in no incarnation\n";
    std::ostringstream text;
    for (const MemberInfo& member : inspected.status.members) {
        text << member.id.hex() << "  " << member.name << "  " << to_string(member.role)
             << (member.voter ? ", voter" : "")
             << (member.id == inspected.status.leader ? ", leader" : "")
             << (member.alive ? "" : ", silent") << '\n';
    }
    return text.str();
}

std::vector<Json> describe_elections(const InspectedElections& inspected) {
    std::vector<Json> all;
    for (const ElectionRecord& election : inspected.elections) {
        Json votes = Json::array();
        for (const ElectionVote& vote : election.votes) votes.push_back(describe_vote(vote));
        all.push_back({{"group", inspected.group},
                       {"seen_by", inspected.id.hex()},
                       {"number", election.number},
                       {"outcome", to_string(election.outcome)},
                       {"trigger", to_string(election.trigger)},
                       {"term", election.term},
                       {"leader", id_or_null(election.leader)},
                       {"leader_name", election.leader_name},
                       {"previous_leader", id_or_null(election.previous_leader)},
                       {"previous_leader_name", election.previous_leader_name},
                       {"campaigned", election.campaigned},
                       {"began_ns", election.began_ns},
                       {"took_us", election.took.count() / 1000},
                       {"votes", std::move(votes)},
                       {"votes_left_out", election.votes_left_out}});
    }
    return all;
}

std::string readable_elections(const InspectedElections& inspected) {
    if (inspected.elections.empty()) return "none seen by this member\n";
    std::ostringstream text;
    for (const ElectionRecord& election : inspected.elections) {
        text << wall_time(election.began_ns) << "  term " << election.term << ": "
             << title_of(election) << ", after " << in_ms(election.took) << '\n'
             << "    why: " << reason_of(election.trigger);
        if (election.previous_leader) {
            text << "; before: " << who(election.previous_leader_name, election.previous_leader);
        }
        text << '\n';
        for (const ElectionVote& vote : election.votes) {
            text << "    " << in_ms(vote.after) << "  " << who(vote.voter_name, vote.voter)
                 << (vote.answer == VoteAnswer::granted ? " for " : " not for ")
                 << short_id(vote.candidate) << " in term " << vote.term
                 << (vote.pre_vote ? " (pre-vote)" : "");
            if (vote.answer != VoteAnswer::granted) text << ": " << to_string(vote.answer);
            text << '\n';
        }
        if (election.votes_left_out > 0) {
            text << "    and " << election.votes_left_out << " more votes\n";
        }
    }
    return text.str();
}

Json changes_between(const Json& before, const Json& now) {
    Json changes;
    for (const auto& [field, value] : now.items()) {
        if (field == "commit_index") continue;
        const auto known = before.find(field);
        if (known == before.end() || *known != value) changes[field] = value;
    }
    return changes;
}

std::string json_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace quorate::apps
