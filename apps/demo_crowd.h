// What several members of the demo have told, taken together. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "demo_member.h"

namespace quorate::apps {

using Crowd = std::vector<DemoMember*>;

/// Passes the events of that kind, with that value in the field.
DemoMember::Filter is_event(const std::string& kind, const std::string& field,
                            const std::string& value);

using Condition = std::function<bool(const DemoMember&)>;
bool all_of(const Crowd& crowd, const Condition& holds);
/// Whether each of them told such an event.
bool all_told(const Crowd& crowd, const DemoMember::Filter& filter);
/// The t_ns at which the last of them told its first such event.
std::int64_t last_told_ns(const Crowd& crowd, const DemoMember::Filter& filter);
/// The greatest of one stamp of their standings.
std::int64_t latest(const Crowd& crowd, std::int64_t DemoMember::Standing::*stamp);

std::vector<std::string> names_of(const Crowd& crowd);
/// "only ada and bob heard it", for the sentence about a step that was not seen.
std::string only_those(const Crowd& crowd, const Condition& holds, const std::string& did);

}  // namespace quorate::apps
