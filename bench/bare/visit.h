// The baseline of join-leave: a context and sockets of its own, one round trip to each greeter, and
// one more before it is gone. Blocks; one thread.
#pragma once

#include <vector>

#include "bench/bare/socket.h"

namespace quorate::bench::bare {

class Visit {
public:
    /// Returns once every greeter has answered. `own`: where they answer.
    Visit(const std::vector<Port>& greeters, Port own);
    /// Returns once every greeter has answered that, too; the destructor closes everything.
    void say_goodbye() { greet_all(); }

private:
    void greet_all();

    Port own_;
    Context context_;
    Socket inbox_;
    std::vector<Socket> greeters_;
};

}  // namespace quorate::bench::bare
