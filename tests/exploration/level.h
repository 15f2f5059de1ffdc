// The states that are as many steps away from the opening as each other, packed, read once from the
// first to the last; what was read is freed.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <deque>
#include <vector>

#include "tests/exploration/state.h"

namespace quorate::exploration {

class Level {
public:
    void push(const State& state) {
        if (chunks_.empty() || chunks_.back().size() + longest > chunk_words) {
            chunks_.emplace_back().reserve(chunk_words);
        }
        std::vector<std::uint32_t>& chunk = chunks_.back();
        chunk.insert(chunk.end(), state.replicas.begin(), state.replicas.end());
        chunk.push_back(state.history);
        chunk.push_back(state.trail);
        const auto used = std::bit_cast<std::array<std::uint32_t, 2>>(state.used);
        chunk.insert(chunk.end(), used.begin(), used.end());
        chunk.push_back(state.flight_count);
        chunk.insert(chunk.end(), state.flights.begin(),
                     state.flights.begin() + state.flight_count);
    }
    /// False if there is none left.
    bool pop(State& state) {
        if (chunks_.empty()) return false;
        const std::uint32_t* at = chunks_.front().data() + read_;
        for (ReplicaId& replica : state.replicas) replica = *at++;
        state.history = *at++;
        state.trail = *at++;
        state.used = std::bit_cast<Used>(std::array<std::uint32_t, 2>{at[0], at[1]});
        at += 2;
        state.flight_count = static_cast<std::uint8_t>(*at++);
        std::copy_n(at, state.flight_count, state.flights.begin());
        read_ = static_cast<std::size_t>(at + state.flight_count - chunks_.front().data());
        if (read_ == chunks_.front().size()) {
            chunks_.pop_front();
            read_ = 0;
        }
        return true;
    }
    bool empty() const { return chunks_.empty(); }

private:
    static constexpr std::size_t chunk_words = 1 << 18;
    static constexpr std::size_t longest = max_nodes + 5 + max_flights;
    std::deque<std::vector<std::uint32_t>> chunks_;
    std::size_t read_ = 0;  ///< in the first chunk
};

}  // namespace quorate::exploration
