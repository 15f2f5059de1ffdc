// Which incoming connection a frame came from. libzmq names connections by their file descriptor,
// on frames and in its monitor's events, and the kernel gives a descriptor out again as soon as it
// is free. This table turns descriptors into ids that are never reused.
//
// Frames and events come through two queues that know nothing of each other. So frames of a closed
// connection may still wait when its closing is read, and the next connection may bear its number.
// The table errs to one side: a closing may be told twice, or of two connections at once (which
// costs a probe), but is not missed. Plain values; one thread.
#pragma once

#include <unordered_map>
#include <vector>

#include "io/transport.h"

namespace quorate::net {

class Connections {
public:
    /// The connection that a frame from `fd` belongs to.
    io::ConnectionId of(int fd);
    /// The monitor says: accepted, closed.
    void accepted(int fd);
    void closed(int fd);
    /// What the loop is to be told, after the frames that were read. `drained`: no frame waits any
    /// more, so that no frame of what has closed can still come.
    void tell_closed(bool drained, std::vector<io::TransportEvent>& out);
    /// Closed ones of which frames may still come.
    bool closing() const { return !closing_.empty(); }

private:
    struct Closing {
        int fd = -1;
        std::vector<io::ConnectionId> ids;
        bool tell = true;
    };
    static constexpr std::size_t max_closing = 1024;

    io::ConnectionId last_ = 0;
    /// Its own id first; then those of predecessors under which its first frames may have been
    /// told.
    std::unordered_map<int, std::vector<io::ConnectionId>> open_;
    std::vector<Closing> closing_;
};

}  // namespace quorate::net
