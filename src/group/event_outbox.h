// Events on their way to the component, over a mailbox that may be full.
//
// The outcome of a request, Refused and Left are kept until there is room (their number is bounded
// by the requests outstanding), and wait for nothing else; other events are dropped and counted,
// and the component is told the count before the next of them that gets through (rule 11). Owned
// and used by one loop.
#pragma once

#include <cstdint>
#include <deque>

#include "io/mailbox.h"

namespace quorate::group {

class EventOutbox {
public:
    explicit EventOutbox(io::Mailbox& mailbox) : mailbox_(mailbox) {}

    void post(Event event);
    /// Tries again what waits; call it once a turn.
    void flush();
    /// Events that were dropped, since the beginning.
    std::uint64_t lost() const { return dropped_; }
    /// Of these, those that the component has not been told of.
    std::uint64_t untold() const { return lost_; }
    /// Nothing waits for room.
    bool empty() const { return kept_.empty(); }

private:
    io::Mailbox& mailbox_;
    std::deque<Event> kept_;
    std::uint64_t lost_ = 0;     ///< and not told of yet
    std::uint64_t dropped_ = 0;  ///< in all
};

}  // namespace quorate::group
