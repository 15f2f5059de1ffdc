// One beacon for all groups of a process that meet at one place: one socket, and one datagram for
// what several of them have to say. Each group has a line to it.
//
//   auto station = BeaconStation::open({.address = "239.192.7.7:17670"});
//   BeaconLine line = BeaconStation::connect(station, "feeder.A");
//   line.announce(frame);                       // the group's thread
//   … when line.fd() is readable:  line.collect(64, events);
//
// The station has a thread of its own. A line is a pair of Unix sockets: so no group ever waits for
// a lock that the station, or another group, holds; what finds no room is lost, as datagrams are.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/time.h"
#include "net/beacon.h"

namespace quorate::net {

class BeaconStation;

/// A group's end. One thread; no call blocks, but the last line's end, which ends the station.
class BeaconLine {
public:
    /// Off: nothing is heard, nothing is said.
    BeaconLine() = default;

    void announce(std::string_view frame);
    /// Takes up to `max` frames, of this line's group alone.
    void collect(std::size_t max, std::vector<io::TransportEvent>& out);
    /// -1 when off.
    int fd() const { return socket_.get(); }
    /// Why the beacon doesn't work, as a sentence, as far as collect() has heard; empty while it
    /// does.
    const std::string& problem() const { return problem_; }

private:
    friend class BeaconStation;
    std::shared_ptr<BeaconStation> station_;  // outlives the socket
    Fd socket_;
    std::string problem_;
};

class BeaconStation {
public:
    /// Any thread. What can't be opened is told by the lines, and tried again every second.
    static std::shared_ptr<BeaconStation> open(const BeaconPlace& place);
    /// A line for `group` (TYPE.INSTANCE). Any thread.
    static BeaconLine connect(const std::shared_ptr<BeaconStation>& station,
                              const std::string& group);
    ~BeaconStation();
    BeaconStation(const BeaconStation&) = delete;
    BeaconStation& operator=(const BeaconStation&) = delete;

private:
    /// The station's end of a line, and what its group said last.
    struct Peer {
        std::string group;
        Fd socket;
        std::string frame;
        base::Nanos announced = base::long_ago;
        base::Nanos interval{};  ///< between its last two announcements
        base::Nanos sent = base::long_ago;
        bool changed = false;  ///< since it was sent
        bool due(base::Nanos now) const;
    };

    explicit BeaconStation(const BeaconPlace& place);
    void run();
    void turn();
    bool admit();
    bool hear_lines(base::Nanos now);
    void say_what_is_due(base::Nanos now);
    void hear_network();
    void tell_problem();
    void keep_open(base::Nanos now);
    static bool tell(const Peer& peer, char kind, std::string_view bytes);

    const BeaconPlace place_;
    Fd wake_;  ///< an eventfd: there are newcomers, or it is time to end
    std::mutex mutex_;
    // guarded by mutex_:
    std::list<Peer> newcomers_;
    bool ending_ = false;

    // the thread's own:
    Beacon beacon_;
    base::Nanos reopen_at_ = base::never;
    std::string told_problem_;
    std::list<Peer> peers_;
    std::thread thread_;
};

}  // namespace quorate::net
