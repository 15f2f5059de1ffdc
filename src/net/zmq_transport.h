// The Transport on ZeroMQ: a PULL socket for what comes in, a PUSH socket for each peer, plain TCP
// for probes, a line to the beacon.
//
// One thread, the GroupThread: all calls come from it; libzmq's own I/O threads move the bytes. No
// call blocks, but open() (it may resolve the name to bind) and wait(). Nothing throws or aborts:
// what the network or the system refuses is a value, or is tried again.
//
//   void* context = zmq_ctx_new();                       // shared with the mailbox
//   auto opened = net::ZmqTransport::open(context, {.listen = "tcp://127.0.0.1:0"});
//   if (!opened) return opened.error();                  // cannot_bind, bad_argument
//   net::ZmqTransport& transport = **opened;
//   std::vector<io::TransportEvent> arrived;
//   void* mailbox[] = {mailbox_socket};
//   while (!loop.finished()) {
//       transport.wait(loop.next_deadline() - now(), mailbox);
//       arrived.clear();
//       transport.collect(arrived);
//       loop.turn(arrived, read_all(mailbox_socket));
//   }
//   transport.close_all(std::chrono::milliseconds(500));
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "io/transport.h"
#include "net/beacon_station.h"
#include "quorate/result.h"
#include "quorate/security.h"

namespace quorate::net {

struct ZmqOptions {
    std::string listen = "tcp://127.0.0.1:0";  ///< port 0 picks one
    std::string advertise = {};                ///< empty: what was bound
    std::size_t link_messages = 16384;         ///< frames waiting for one peer's link
    std::size_t frame_bytes = 64 << 20;        ///< longer frames are neither sent nor taken
    Security security = {};                    ///< CURVE on every socket; see docs/security.md
};

/// How many sockets a context must allow (ZMQ_MAX_SOCKETS) for a transport to reach its bounds.
int sockets_of_a_transport();

class ZmqTransport final : public io::Transport {
public:
    /// `context` is a libzmq context (void*, as of zmq_ctx_new) that outlives the transport.
    /// Errors: cannot_bind; bad_argument for addresses that are none, and keys that can't be read.
    static Result<std::unique_ptr<ZmqTransport>> open(void* context, const ZmqOptions& options,
                                                      BeaconLine beacon = {});
    ~ZmqTransport() override;

    bool send(const std::string& endpoint, Payload frame) override;
    void close(const std::string& endpoint) override;
    void close_others(const std::function<bool(const std::string&)>& keeps) override;
    void probe(const std::string& endpoint) override;
    void announce(Payload datagram) override;
    const std::string& endpoint() const override;
    base::PublicKey key() const override;
    bool lets_in(const base::PublicKey& key) const override;
    void learn_key(const std::string& endpoint, const base::PublicKey& key) override;
    bool knock(const std::string& endpoint, const base::PublicKey& key, Payload frame) override;

    /// Sleeps until there is something to collect, one of `others` (libzmq sockets of this thread)
    /// may be read, or `timeout` has passed (nanosecond precision, as far as the kernel has it;
    /// zero or less: only looks; base::never: no deadline). False: the timeout passed. May return
    /// true with nothing to read. `others` must be read until EAGAIN before the next wait, or it
    /// returns at once.
    bool wait(base::Nanos timeout, std::span<void* const> others = {});
    /// Appends what the last wait() found, at most `max_frames` frames (what remains makes the next
    /// wait() return at once, so a flood doesn't keep the caller from its timers). Never blocks.
    void collect(std::vector<io::TransportEvent>& out, std::size_t max_frames = 1024);

    /// Leaving: closes all links; what waits on them is sent in the background for up to `linger`,
    /// and terminating the context waits for it.
    void close_all(std::chrono::milliseconds linger);

    /// Why the beacon doesn't work, as a sentence; empty while it does, or is off.
    std::string beacon_problem() const override;
    io::UnseenDrops dropped() const override;

private:
    class Impl;
    explicit ZmqTransport(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace quorate::net
