// The baseline of the core: the same messages as plain structs through queues, without any Raft.
// Entries are copied to two logs, acknowledgements are counted. One thread; run() blocks for the
// processor time it is given.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "bench/core/burst.h"

namespace quorate::bench::core {

class Queues {
public:
    Burst run(std::uint64_t duration_ns);

private:
    struct Plain {
        std::uint64_t index = 0;
        std::array<char, entry_bytes> data{};
    };
    struct Follower {
        std::deque<Plain> inbox;
        std::deque<Plain> log;
        std::deque<std::uint64_t> acknowledgements;
    };
    void follow(Follower& follower);

    std::array<Follower, 2> followers_;
    std::uint64_t proposed_ = 0;
    std::uint64_t committed_ = 0;
    Burst burst_;
};

}  // namespace quorate::bench::core
