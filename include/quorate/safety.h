// The last words of a program whose invariant broke.
//
// Quorate checks its invariants in every build, and stops the process when one is broken: to go on
// would be to act on wrong beliefs. A host may set a handler, to log or to drive its outputs into a
// safe state.
//
//   quorate::set_check_handler([](std::string_view where, std::string_view what) {
//       open_all_breakers();
//       log(where, what);
//   });
#pragma once

#include <string_view>

namespace quorate {

/// Runs on the thread that met the broken invariant. When it returns, the process aborts all the
/// same.
using CheckHandler = void (*)(std::string_view where, std::string_view what);

/// Sets the handler; returns the one that was set before (null: none). Any thread.
CheckHandler set_check_handler(CheckHandler handler);

}  // namespace quorate
