// CHECK: an invariant that, when broken, stops the program at once and says which one.
// On in every build. A host may set a handler (to log, or to drive outputs into a safe state); when
// the handler returns, the process aborts all the same. Any thread.
#pragma once

#include <string>
#include <string_view>

namespace quorate::base {

using CheckHandler = void (*)(std::string_view where, std::string_view what);

/// Sets what is called before the process stops; returns the one that was set before.
CheckHandler set_check_handler(CheckHandler handler);

[[noreturn]] void check_failed(const char* file, int line, const char* condition,
                               const std::string& what);

}  // namespace quorate::base

/// QUORATE_CHECK(match <= last_index, "a follower can't hold more than the leader sent")
#define QUORATE_CHECK(condition, what)                                             \
    do {                                                                           \
        if (!(condition)) [[unlikely]]                                             \
            ::quorate::base::check_failed(__FILE__, __LINE__, #condition, (what)); \
    } while (false)
