// Incoming frames: one PULL socket, and its monitor, which tells of connections.
//
// One thread; no call blocks but open(), which may resolve the name of the address to bind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/transport.h"
#include "net/connections.h"
#include "net/gate.h"
#include "net/zmq_socket.h"
#include "quorate/result.h"

namespace quorate::net {

struct InboxLimits {
    std::size_t frame_bytes = 64 << 20;  ///< who sends a longer one is disconnected
    int waiting_frames = 4096;           ///< of one connection; then TCP slows its sender down
};

class Inbox {
public:
    Inbox() = default;
    Inbox(const Inbox&) = delete;
    Inbox& operator=(const Inbox&) = delete;
    ~Inbox();

    /// Binds. `curve`: null for everything in clear; else it must outlive the inbox. Errors:
    /// cannot_bind, with a sentence that names the address; bad_argument.
    Result<> open(void* context, const std::string& listen, const InboxLimits& limits,
                  const Curve* curve = nullptr);

    /// Takes up to `max` frames, and what became of connections. The flags say whose descriptor was
    /// readable since the last call.
    void collect(bool frames_readable, bool monitor_readable, std::size_t max,
                 std::vector<io::TransportEvent>& out);
    /// There may be more to take without any descriptor becoming readable.
    bool more_waiting() const { return frames_waiting_ || monitor_waiting_; }

    int frames_fd() const { return frames_fd_; }
    int monitor_fd() const { return monitor_fd_; }
    const std::string& bound_endpoint() const { return bound_endpoint_; }
    const io::UnseenDrops& dropped() const { return dropped_; }

private:
    /// `listen`: the address as it was given, for the sentence.
    Result<> bind(const std::string& listen, const std::string& address);
    bool watch(void* context);
    void read_monitor(std::vector<io::TransportEvent>& out);
    void take_monitor_event(int kind, int value, std::vector<io::TransportEvent>& out);
    void read_frames(std::size_t max, std::vector<io::TransportEvent>& out);

    // The order matters when they are destroyed: see ~Inbox.
    ZmqSocket frames_;
    ZmqSocket monitor_;
    int frames_fd_ = -1;
    int monitor_fd_ = -1;
    std::string bound_endpoint_;
    Connections connections_;
    std::optional<Gate> gate_;
    bool frames_waiting_ = true;  // not read until libzmq said that there are no more
    bool monitor_waiting_ = true;
    bool inside_parts_ = false;  // the next part belongs to a frame that is being dropped
    io::UnseenDrops dropped_;
};

}  // namespace quorate::net
