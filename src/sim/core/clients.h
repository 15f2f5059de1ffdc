// Clients of the simulated group, each with one request outstanding: they write and read, ask
// elsewhere when they hear nothing, and repeat a command of unknown outcome under its serial, or
// give it up. What they did and were told becomes a History.
#pragma once

#include <vector>

#include "base/random.h"
#include "sim/core/history.h"
#include "sim/core/world.h"

namespace quorate::sim::core {

class Clients {
public:
    Clients(World& world, std::uint64_t seed);

    void begin();
    /// They make no more new requests.
    void calm_down() { calm_ = true; }
    /// Those that still wait for an answer.
    std::size_t pending() const;
    /// Throws RuleBroken when no register explains what they were told.
    void judge() const;

private:
    struct Client {
        std::uint64_t number = 0;  ///< of its operations
        std::uint64_t serial = 0;  ///< of its commands
        std::uint64_t attempt = 0;
        bool waits = false;
        Command command;
        std::size_t operation = 0;  ///< in the history
        MemberId leader;            ///< as far as it knows
    };

    void next_later(std::uint32_t client);
    void next(std::uint32_t client);
    void ask(std::uint32_t client);
    void ask_later(std::uint32_t client, Nanos delay);
    void lose_patience(std::uint32_t client);
    void on_answer(const Request& request, const Answer& answer);

    World& world_;
    base::Random random_;
    std::vector<Client> clients_;
    History history_;
    bool calm_ = false;
};

}  // namespace quorate::sim::core
