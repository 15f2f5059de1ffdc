// What a member answered to questions from outside, as lines: JSON, or to be read by people. Pure.
#pragma once

#include <string>

#include "event_output.h"
#include "quorate/inspector.h"

namespace quorate::apps {

/// `status`: everything, as the reply to a member's own `status` has it, and who answered.
Json describe_status(const InspectedStatus& inspected);
std::string readable_status(const InspectedStatus& inspected);

/// `members`: one object each, and a table.
std::vector<Json> describe_members(const InspectedStatus& inspected);
std::string readable_members(const InspectedStatus& inspected);

/// `elections`: one object each, oldest first, and a paragraph each.
std::vector<Json> describe_elections(const InspectedElections& inspected);
std::string readable_elections(const InspectedElections& inspected);

/// Those fields of `now` that are not as they were, without those that change all the time.
Json changes_between(const Json& before, const Json& now);

/// One line, whatever is in it.
std::string json_line(const Json& json);

}  // namespace quorate::apps
