// Answers libzmq's question whether a public key is let in (ZAP, ZeroMQ RFC 27), and reads the
// directory of keys again once a second. One for each libzmq context, in a thread of its own:
// libzmq's I/O threads ask while they shake hands, and the GroupThread must not wait for files.
//
// Opened before the first socket is bound; destroyed when the last one is closed.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/address.h"
#include "net/key_ring.h"
#include "net/zmq_socket.h"

namespace quorate::net {

class ZapHandler {
public:
    /// `ring` must outlive it. Error: internal: this context has a handler already, or the system
    /// is out of descriptors.
    static Result<std::unique_ptr<ZapHandler>> open(void* context, KeyRing& ring);
    ~ZapHandler();
    ZapHandler(const ZapHandler&) = delete;
    ZapHandler& operator=(const ZapHandler&) = delete;

    /// What whoever runs the member should know: who was refused, which files hold no key. Bounded;
    /// any thread. Nearly free while there is nothing.
    std::vector<std::string> take_notices();

    static constexpr std::size_t max_notices = 64;

private:
    ZapHandler(KeyRing& ring, ZmqSocket requests, Fd stop);
    void run();
    void answer_all();
    void answer(const std::vector<std::string>& request);
    void notice(std::string sentence);

    KeyRing& ring_;
    ZmqSocket requests_;
    Fd stop_;  ///< an eventfd: readable when the thread is to end
    std::mutex mutex_;
    std::vector<std::string> notices_;
    std::atomic<bool> has_notices_{false};
    std::thread thread_;
};

}  // namespace quorate::net
