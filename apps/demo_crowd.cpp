#include "demo_crowd.h"

#include <algorithm>

#include "demo_text.h"

namespace quorate::apps {

DemoMember::Filter is_event(const std::string& kind, const std::string& field,
                            const std::string& value) {
    return [=](const Json& e) { return e.at("event") == kind && e.at(field) == value; };
}

bool all_of(const Crowd& crowd, const Condition& holds) {
    return std::all_of(crowd.begin(), crowd.end(),
                       [&](const DemoMember* member) { return holds(*member); });
}

bool all_told(const Crowd& crowd, const DemoMember::Filter& filter) {
    return all_of(crowd, [&](const DemoMember& m) { return m.find(filter) != nullptr; });
}

std::int64_t last_told_ns(const Crowd& crowd, const DemoMember::Filter& filter) {
    std::int64_t last = 0;
    for (const DemoMember* member : crowd) {
        const Json* event = member->find(filter);
        if (event != nullptr) last = std::max(last, event->at("t_ns").get<std::int64_t>());
    }
    return last;
}

std::int64_t latest(const Crowd& crowd, std::int64_t DemoMember::Standing::*stamp) {
    std::int64_t last = 0;
    for (const DemoMember* member : crowd) last = std::max(last, member->standing().*stamp);
    return last;
}

std::vector<std::string> names_of(const Crowd& crowd) {
    std::vector<std::string> all;
    for (const DemoMember* member : crowd) all.push_back(member->name());
    return all;
}

std::string only_those(const Crowd& crowd, const Condition& holds, const std::string& did) {
    std::vector<std::string> having;
    for (const DemoMember* member : crowd) {
        if (holds(*member)) having.push_back(member->name());
    }
    return (having.empty() ? "nobody" : "only " + list_of(having)) + " " + did;
}

}  // namespace quorate::apps
