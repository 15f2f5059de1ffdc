// How the handshakes of one outgoing connection end: libzmq's monitor of its socket. One
// thread; no call blocks.
#pragma once

#include <vector>

#include "net/zmq_socket.h"

namespace quorate::net {

enum class Handshake {
    done,        ///< both sides know each other
    wrong_key,   ///< the other side hasn't the key that it was dialled with, or is none of ours
    broken_off,  ///< it hung up: the same, or it is ending
    refused,     ///< it has, but doesn't let this member in
    other_mechanism,  ///< one side speaks CURVE and the other does not
};

class LinkMonitor {
public:
    /// Watches `socket`, which must outlive it, from before its connect. ready() is false if the
    /// system has no descriptors left. `readiness` is an epoll descriptor that tells when there is
    /// something to read.
    LinkMonitor(void* context, ZmqSocket& socket, int readiness);
    ~LinkMonitor();
    LinkMonitor(const LinkMonitor&) = delete;
    LinkMonitor& operator=(const LinkMonitor&) = delete;

    bool ready() const { return static_cast<bool>(events_); }
    /// What happened since the last call, in order.
    std::vector<Handshake> read();

private:
    void* watched_;
    int readiness_;
    int fd_ = -1;
    ZmqSocket events_;
};

}  // namespace quorate::net
