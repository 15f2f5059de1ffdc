#include "demo_member.h"

#include <unistd.h>

#include <chrono>

namespace quorate::apps {

namespace {

constexpr std::size_t longest_event = std::size_t{1} << 20;

std::vector<std::string> arguments_of(const std::string& name,
                                      const std::vector<std::string>& options) {
    std::vector<std::string> all = {"member", "--name", name, "--json"};
    all.insert(all.end(), options.begin(), options.end());
    return all;
}

std::set<std::string> ids_of(const Json& members) {
    std::set<std::string> ids;
    for (const Json& member : members) ids.insert(member.at("id").get<std::string>());
    return ids;
}

}  // namespace

DemoMember::DemoMember(std::string name, const std::vector<std::string>& options)
    : name_(std::move(name)), process_(arguments_of(name_, options)), lines_(longest_event) {}

std::uint64_t DemoMember::command(const std::string& line) {
    process_.write_line(line);
    return ++commands_;
}

std::int64_t DemoMember::kill() {
    may_end_ = true;
    // steady_clock is CLOCK_MONOTONIC, as every event's t_ns.
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    process_.kill();
    return std::chrono::nanoseconds(now).count();
}

std::vector<Json> DemoMember::read() {
    char bytes[64 * 1024];
    const ssize_t size = ::read(process_.output(), bytes, sizeof bytes);
    if (size <= 0) {
        if (size == 0) end_ = process_.wait();
        return {};
    }
    lines_.add(bytes, static_cast<std::size_t>(size));
    std::vector<Json> fresh;
    while (const auto line = lines_.next()) {
        fresh.push_back(Json::parse(line->text));
        take(fresh.back());
        events_.push_back(fresh.back());
    }
    return fresh;
}

const Json* DemoMember::find(const Filter& filter) const {
    for (const Json& event : events_) {
        if (filter(event)) return &event;
    }
    return nullptr;
}

std::vector<const Json*> DemoMember::find_all(const Filter& filter) const {
    std::vector<const Json*> found;
    for (const Json& event : events_) {
        if (filter(event)) found.push_back(&event);
    }
    return found;
}

const Json* DemoMember::reply(std::uint64_t seq) const {
    return find([&](const Json& e) { return e.at("event") == "reply" && e.at("seq") == seq; });
}

void DemoMember::take(const Json& event) {
    const std::string kind = event.at("event");
    Standing& now = standing_;
    if (kind == "started") {
        now.id = event.at("id");
        now.endpoint = event.at("endpoint");
        now.started_ns = event.at("t_ns");
    } else if (kind == "joined") {
        now.incarnation = event.at("incarnation");
        now.roster = ids_of(event.at("members"));
        now.founders = now.roster.size();
        now.joined_ns = event.at("t_ns");
    } else if (kind == "state_restored") {
        now.roster = ids_of(event.at("members"));
    } else if (kind == "member_joined") {
        now.roster.insert(event.at("id").get<std::string>());
    } else if (kind == "member_left") {
        now.roster.erase(event.at("id").get<std::string>());
    } else if (kind == "leader_elected") {
        now.leader = event.at("leader");
        now.term = event.at("term");
        now.leader_known_ns = event.at("t_ns");
    } else if (kind == "leader_lost") {
        now.leader.clear();
    } else if (kind == "evicted" || kind == "group_reset") {
        now.incarnation.clear();
        now.roster.clear();
        if (kind == "group_reset") now.id = event.at("id");
    } else if (kind == "left") {
        now.left = true;
    }
}

}  // namespace quorate::apps
