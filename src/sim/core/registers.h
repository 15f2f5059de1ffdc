// The state machine of the simulated group: a few registers. Commands carry client and serial and
// are applied once (thesis, section 6.3).
//
// `digest` depends on all commands applied and their order, so that two machines are equal where
// their digests are. Values; commands that can't be read change nothing but the digest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "quorate/events.h"
#include "sim/core/history.h"

namespace quorate::sim::core {

struct Command {
    enum class Kind : std::uint64_t { put, get };
    Kind kind = Kind::put;
    std::uint64_t client = 0;
    std::uint64_t serial = 0;  ///< of the client's commands; one that is repeated keeps it
    std::uint64_t key = 0;
    Value value = 0;

    Payload encode() const;
    static std::optional<Command> decode(const Payload& bytes);
};

class Registers {
public:
    struct Answer {
        Value value = 0;
        bool repeated = false;  ///< it was applied before
        bool known = true;      ///< false: so long ago that its answer is forgotten
    };

    Answer apply(const Command& command);
    Value read(std::uint64_t key) const;
    std::uint64_t digest() const { return digest_; }

    Payload serialize() const;
    /// False if the bytes are no state.
    bool restore(const Payload& bytes);

private:
    struct Session {
        std::uint64_t serial = 0;
        Value answer = 0;
    };
    std::map<std::uint64_t, Value> registers_;
    std::map<std::uint64_t, Session> sessions_;  ///< by client
    std::uint64_t digest_ = 0;
};

}  // namespace quorate::sim::core
