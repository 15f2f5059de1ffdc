// The signals that end a subcommand which has something to finish first.
#pragma once

#include <initializer_list>

namespace quorate::apps {

/// A descriptor that `ending` are read from (signalfd(2)), so that they interrupt nothing; -1 if
/// the machine has none to give. A reader that went away is an error of write() from now on. Before
/// any thread starts, so that all of them inherit it.
int take_over_signals(std::initializer_list<int> ending);

}  // namespace quorate::apps
