#include "subcommand.h"

namespace quorate::apps {

ExitCode exit_code_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::bad_argument:
        case ErrorCode::not_permitted:
            return exit_usage;
        case ErrorCode::cannot_bind:
            return exit_cannot_bind;
        case ErrorCode::no_answer:
            return exit_no_answer;
        default:
            return exit_internal;
    }
}

}  // namespace quorate::apps
