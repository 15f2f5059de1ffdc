// Rule: a seat is never freed, only taken over: along a log the voters never get fewer, and never
// fewer than the founding's, but where there are to be fewer seats: then as many as those.
#pragma once

#include <map>
#include <vector>

#include "raft/types.h"
#include "sim/names.h"

namespace quorate::sim {

class SeatsNeverFreed {
public:
    /// The log of `life` starts anew behind `base`: it entered an incarnation or was given the
    /// state.
    void begins(Life life, IncarnationId incarnation, raft::Index index,
                const raft::Configuration& base);
    /// A configuration stands in the log of `life`, which was cut back to before it.
    void stands(Life life, raft::Index index, const raft::Configuration& configuration);
    /// The log of `life` was cut back to before `index`.
    void cut(Life life, raft::Index index);
    void died(Life life) { logs_.erase(life); }

private:
    struct Seats {
        raft::Index index = 0;
        std::size_t count = 0;     ///< voters
        std::uint32_t wanted = 0;  ///< seats
    };
    struct Log {
        IncarnationId incarnation;
        std::vector<Seats> seats;  ///< of the configurations in it
    };
    std::map<Life, Log> logs_;
    /// The fewest that any log of an incarnation began with or came down to by fewer seats.
    std::map<IncarnationId, std::size_t> fewest_;
};

}  // namespace quorate::sim
