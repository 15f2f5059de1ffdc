// Events and replies as the lines of the event stream: JSON, or the same facts to be read by
// people. Pure, but for the time stamp.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "quorate/quorate.h"

namespace quorate::apps {

/// Keeps its fields in the order in which they were set.
using Json = nlohmann::ordered_json;

template <class AnyId>
Json id_or_null(const AnyId& id) {
    return id ? Json(id.hex()) : Json(nullptr);
}

/// The first word of a command, and its number from 1.
struct CommandName {
    std::string word;
    std::uint64_t seq = 0;
};

/// An event's line, without the fields that all have; nothing for what has no line of its own
/// (RequestDone is told by replies, Refused and SecurityNotice on standard error).
std::optional<Json> describe_event(const Event& event);
/// A reply that succeeded, without further fields.
Json describe_success(const CommandName& command);
Json describe_failure(const CommandName& command, std::string_view error,
                      const std::string& message);
/// The error's word as the event stream has it.
std::string_view error_word(ErrorCode code);
/// `status`'s fields, added to its reply.
void add_status(Json& reply, const GroupStatus& status);

enum class Style { json, readable };
/// The finished line, line feed included.
std::string format_line(Style style, const std::string& group, const Json& described);

}  // namespace quorate::apps
