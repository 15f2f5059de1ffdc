// Host names to addresses without blocking: the system's resolver may take many seconds, and libzmq
// would call it on the thread that moves everybody's frames. So names are looked up here, each in a
// short-lived thread of its own, and libzmq sees digits only.
//
// One thread, the owner's; no call of a Resolver blocks.
//
//   Resolver resolver;
//   auto address = resolver.look_up({"relay-7", 5555});   // nothing yet
//   … when wake_fd() is readable:  resolver.collect();    // now, or it can't be resolved
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "net/address.h"

namespace quorate::net {

/// Asks at once, and blocks until the system has answered: for who can wait. IPv4 before IPv6.
/// Nothing: it can't be resolved.
std::optional<SocketAddress> resolve_blocking(const std::string& host);

class Resolver {
public:
    /// So many names at most: they come from the network. One more takes the place of another that
    /// nobody has wanted for long.
    explicit Resolver(std::size_t most = 1024);

    /// The address as far as it is known: digits at once; names once looked up, and again after 10
    /// s (the old answer is good until then). Nothing: not known yet, or not now; ask again later.
    std::optional<SocketAddress> look_up(const HostPort& where);
    /// Readable when look-ups have ended; -1 if the system had none to give.
    int wake_fd() const;
    /// Takes in the look-ups that have ended. False: there were none.
    bool collect();

    static constexpr int max_threads = 8;

private:
    struct Shared;  // outlives the Resolver while a look-up is still under way
    struct Name {
        std::optional<SocketAddress> address;
        base::Nanos asked = base::long_ago;
        bool asking = false;
        std::uint64_t wanted = 0;  // when it was asked for last, counted in wishes
    };
    bool make_room();
    void ask(const std::string& host, Name& name);

    const std::size_t most_;
    std::shared_ptr<Shared> shared_;
    std::map<std::string, Name> names_;
    std::uint64_t wishes_ = 0;
    int threads_ = 0;
};

}  // namespace quorate::net
