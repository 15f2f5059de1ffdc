#include "quorate/result.h"

#include "base/check.h"

namespace quorate {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::no_leader:
            return "no_leader";
        case ErrorCode::no_quorum:
            return "no_quorum";
        case ErrorCode::unknown_outcome:
            return "unknown_outcome";
        case ErrorCode::not_coordinated:
            return "not_coordinated";
        case ErrorCode::not_leader:
            return "not_leader";
        case ErrorCode::unknown_member:
            return "unknown_member";
        case ErrorCode::unknown_poll:
            return "unknown_poll";
        case ErrorCode::already_voted:
            return "already_voted";
        case ErrorCode::too_late:
            return "too_late";
        case ErrorCode::too_large:
            return "too_large";
        case ErrorCode::would_block:
            return "would_block";
        case ErrorCode::clock_unsynchronised:
            return "clock_unsynchronised";
        case ErrorCode::bad_argument:
            return "bad_argument";
        case ErrorCode::refused:
            return "refused";
        case ErrorCode::cannot_bind:
            return "cannot_bind";
        case ErrorCode::left:
            return "left";
        case ErrorCode::lost:
            return "lost";
        case ErrorCode::internal:
            return "internal";
        case ErrorCode::no_answer:
            return "no_answer";
        case ErrorCode::not_permitted:
            return "not_permitted";
    }
    return "internal";
}

namespace detail {

void bad_result_access(const Error* error) {
    // A template's access can't use QUORATE_CHECK: the macro is no part of the public headers.
    if (error == nullptr)
        base::check_failed(__FILE__, __LINE__, "!ok()", "a Result with a value has no error");
    base::check_failed(__FILE__, __LINE__, "ok()",
                       "the value of a failed Result was asked for: " +
                           std::string(to_string(error->code)) + ", " + error->message);
}

}  // namespace detail

}  // namespace quorate
