#include "event_output.h"

#include <ctime>

#include "encoding.h"

namespace quorate::apps {

namespace {

Json bytes(std::string_view data) {
    if (is_utf8(data)) return std::string(data);
    return Json{{"base64", to_base64(data)}};
}

Json members_json(const std::vector<MemberInfo>& members, bool with_alive) {
    Json list = Json::array();
    for (const MemberInfo& member : members) {
        Json entry{{"id", member.id.hex()},
                   {"name", member.name},
                   {"role", to_string(member.role)},
                   {"voter", member.voter}};
        if (with_alive) entry["alive"] = member.alive;
        list.push_back(std::move(entry));
    }
    return list;
}

Json describe(const Started& e) {
    return {{"event", "started"}, {"id", e.id.hex()}, {"name", e.name}, {"endpoint", e.endpoint}};
}
Json describe(const Joined& e) {
    return {{"event", "joined"},
            {"incarnation", id_or_null(e.incarnation)},
            {"members", members_json(e.members, false)}};
}
Json describe(const MemberJoined& e) {
    return {{"event", "member_joined"},
            {"id", e.id.hex()},
            {"name", e.name},
            {"role", to_string(e.role)}};
}
Json describe(const MemberLeft& e) {
    return {{"event", "member_left"},
            {"id", e.id.hex()},
            {"name", e.name},
            {"reason", to_string(e.reason)}};
}
Json describe(const LeaderElected& e) {
    return {{"event", "leader_elected"},
            {"leader", e.leader.hex()},
            {"name", e.name},
            {"term", e.term},
            {"epoch", e.epoch},
            {"incarnation", e.incarnation.hex()},
            {"trigger", to_string(e.trigger)}};
}
Json describe(const LeaderLost& e) {
    return {
        {"event", "leader_lost"}, {"leader", e.leader.hex()}, {"term", e.term}, {"epoch", e.epoch}};
}
Json describe(const QuorumLost& e) {
    return {{"event", "quorum_lost"}, {"size", e.size}, {"alive", e.alive}};
}
Json describe(const QuorumRegained& e) {
    return {{"event", "quorum_regained"}, {"size", e.size}, {"alive", e.alive}};
}
Json describe(const Evicted& e) {
    return {{"event", "evicted"}, {"incarnation", e.incarnation.hex()}};
}
Json describe(const GroupReset& e) {
    return {{"event", "group_reset"}, {"previous", e.previous.hex()}, {"id", e.id.hex()}};
}
Json describe(const StateRestored& e) {
    return {{"event", "state_restored"},
            {"index", e.index},
            {"members", members_json(e.members, false)}};
}
Json describe(const Split& e) {
    return {{"event", "split"}, {"incarnation", e.incarnation.hex()}, {"other", e.other.hex()}};
}
Json describe(const EventsLost& e) {
    return {{"event", "events_lost"}, {"count", e.count}};
}

Json describe(const Message& e) {
    Json json{{"event", "message"},
              {"from", e.from.hex()},
              {"data", bytes(e.data.view())},
              {"ordered", e.ordered}};
    if (e.ordered) json["index"] = e.index;
    json["from_leader"] = e.from_leader;
    if (e.from_leader) {
        json["epoch"] = e.epoch;
        json["term"] = e.term;
    }
    json["sent_ns"] = e.sent_ns;
    json["received_ns"] = e.received_ns;
    return json;
}
Json describe(const MessageToLeader& e) {
    return {{"event", "message_to_leader"},
            {"from", e.from.hex()},
            {"data", bytes(e.data.view())},
            {"sent_ns", e.sent_ns},
            {"received_ns", e.received_ns}};
}
Json describe(const MessageToMember& e) {
    Json json{
        {"event", "message_to_member"}, {"from", e.from.hex()}, {"from_leader", e.from_leader}};
    if (e.from_leader) {
        json["epoch"] = e.epoch;
        json["term"] = e.term;
    }
    json["data"] = bytes(e.data.view());
    json["sent_ns"] = e.sent_ns;
    json["received_ns"] = e.received_ns;
    return json;
}
Json describe(const VoteRequest& e) {
    const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(e.timeout);
    Json json{{"event", "vote_requested"},
              {"poll", e.poll.hex()},
              {"topic", bytes(e.topic)},
              {"kind", to_string(e.kind)},
              {"subject", to_string(e.subject)}};
    if (e.subject == Subject::action) json["at_ns"] = e.at.count();
    json["timeout_ms"] = timeout.count();
    return json;
}
Json describe(const VoteResult& e) {
    Json json{{"event", "vote_result"}, {"poll", e.poll.hex()}, {"outcome", to_string(e.outcome)},
              {"yes", e.yes_votes},     {"no", e.no_votes},     {"electorate", e.electorate},
              {"index", e.index}};
    for (const MemberId& id : e.unsynchronised) json["unsynchronised"].push_back(id.hex());
    return json;
}
Json describe(const ActionDue& e) {
    return {{"event", "action_due"},
            {"poll", e.poll.hex()},
            {"topic", bytes(e.topic)},
            {"scheduled_ns", e.scheduled.count()},
            {"actual_ns", e.actual.count()}};
}
Json describe(const ActionMissed& e) {
    return {{"event", "action_missed"},
            {"poll", e.poll.hex()},
            {"topic", bytes(e.topic)},
            {"scheduled_ns", e.scheduled.count()},
            {"reason", e.reason}};
}
Json describe(const ActionCancelled& e) {
    return {{"event", "action_cancelled"},
            {"poll", e.poll.hex()},
            {"topic", bytes(e.topic)},
            {"scheduled_ns", e.scheduled.count()}};
}
Json describe(const Left&) {
    return {{"event", "left"}};
}
Json describe(const RequestDone&) {
    return nullptr;
}
Json describe(const SecurityNotice&) {
    return nullptr;
}
Json describe(const Refused&) {
    return nullptr;
}

std::int64_t monotonic_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string wall_time() {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    tm local{};
    localtime_r(&time.tv_sec, &local);
    char text[32];
    const std::size_t length = std::strftime(text, sizeof text, "%H:%M:%S", &local);
    std::snprintf(text + length, sizeof text - length, ".%06ld", time.tv_nsec / 1000);
    return text;
}

/// Invalid UTF-8 where there should be none (a name) is replaced: a line must come out whatever
/// comes.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// "name (id, voter)" and the like: a field's value as people read it.
std::string readable(const Json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_array()) return dump(value);
    std::string text;
    for (const Json& member : value) {
        text += text.empty() ? "" : ", ";
        if (member.is_string()) {
            text += readable(member);
            continue;
        }
        text += readable(member["name"]) + " (" + readable(member["id"]);
        if (readable(member["role"]) != "member") text += ", " + readable(member["role"]);
        if (member["voter"] == true) text += ", voter";
        if (member.value("alive", true) == false) text += ", silent";
        text += ")";
    }
    return text.empty() ? "none" : text;
}

}  // namespace

std::optional<Json> describe_event(const Event& event) {
    Json json = std::visit([](const auto& value) { return describe(value); }, event);
    if (json.is_null()) return std::nullopt;
    return json;
}

Json describe_success(const CommandName& command) {
    return {{"event", "reply"}, {"command", command.word}, {"seq", command.seq}, {"ok", true}};
}

Json describe_failure(const CommandName& command, std::string_view error,
                      const std::string& message) {
    return {{"event", "reply"}, {"command", command.word}, {"seq", command.seq},
            {"ok", false},      {"error", error},          {"message", message}};
}

std::string_view error_word(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_argument:
            return "bad_command";
        // What ends with the incarnation or with this member's stay may have happened before.
        case ErrorCode::left:
        case ErrorCode::lost:
        case ErrorCode::refused:
        case ErrorCode::cannot_bind:
        case ErrorCode::internal:
            return "unknown_outcome";
        default:
            return to_string(code);
    }
}

void add_status(Json& reply, const GroupStatus& status) {
    reply["id"] = status.id.hex();
    reply["state"] = to_string(status.state);
    reply["leader"] = id_or_null(status.leader);
    reply["lease"] = status.lease;
    reply["term"] = status.term;
    reply["epoch"] = status.epoch;
    reply["incarnation"] = id_or_null(status.incarnation);
    reply["commit_index"] = status.commit_index;
    reply["members"] = members_json(status.members, true);
    reply["quorum"] = status.quorum;
}

std::string format_line(Style style, const std::string& group, const Json& described) {
    if (style == Style::json) {
        Json line{{"event", described["event"]}, {"t_ns", monotonic_ns()}, {"group", group}};
        line.update(described);
        return dump(line) + '\n';
    }
    std::string line = wall_time() + ' ' + readable(described["event"]);
    for (const auto& [field, value] : described.items()) {
        if (field != "event") line += "  " + field + ' ' + readable(value);
    }
    // One event, one line, whatever a message holds.
    for (char& c : line) {
        if (c == '\n' || c == '\r') c = ' ';
    }
    return line + '\n';
}

}  // namespace quorate::apps
