// A transport with what it has received, for tests on real sockets; and waiting for a condition
// instead of sleeping.
#pragma once

#include <gtest/gtest.h>
#include <zmq.h>

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "net/zmq_transport.h"

namespace quorate::net::test {

class Context {
public:
    Context() : context_(zmq_ctx_new()) {
        zmq_ctx_set(context_, ZMQ_MAX_SOCKETS, sockets_of_a_transport());
    }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { zmq_ctx_term(context_); }
    void* get() const { return context_; }

private:
    void* context_;
};

struct Node {
    explicit Node(Context& context, const ZmqOptions& options = {}, BeaconLine beacon = {}) {
        auto opened = ZmqTransport::open(context.get(), options, std::move(beacon));
        if (!opened) throw std::runtime_error(opened.error().message);
        transport = std::move(*opened);
    }

    /// One turn as a GroupThread makes it.
    void turn(base::Nanos timeout, std::size_t max_frames = 1024) {
        transport->wait(timeout);
        events.clear();
        transport->collect(events, max_frames);
        for (io::TransportEvent& event : events) {
            if (auto* frame = std::get_if<io::FrameArrived>(&event)) frames.push_back(*frame);
            if (auto* closing = std::get_if<io::ConnectionClosed>(&event)) {
                closed.push_back(closing->connection);
            }
            if (auto* answer = std::get_if<io::ProbeAnswered>(&event)) answers.push_back(*answer);
            if (auto* notice = std::get_if<io::SecurityNotice>(&event)) {
                notices.push_back(notice->sentence);
            }
            if (auto* refused = std::get_if<io::RefusedByPeer>(&event)) {
                refused_by.push_back(refused->endpoint);
            }
            if (auto* datagram = std::get_if<io::BeaconHeard>(&event)) {
                heard.push_back(datagram->bytes.str());
            }
        }
    }
    std::string endpoint() const { return transport->endpoint(); }
    bool send(const std::string& to, const std::string& text) {
        return transport->send(to, Payload(text));
    }
    bool has_heard(const std::string& text) const {
        return std::find(heard.begin(), heard.end(), text) != heard.end();
    }

    std::unique_ptr<ZmqTransport> transport;
    std::vector<io::TransportEvent> events;
    std::vector<io::FrameArrived> frames;
    std::vector<io::ConnectionId> closed;
    std::vector<io::ProbeAnswered> answers;
    std::vector<std::string> heard;
    std::vector<std::string> notices;
    std::vector<std::string> refused_by;
};

/// Lets the nodes take turns until `condition` holds; false after thirty seconds.
inline bool eventually(std::initializer_list<Node*> nodes, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (std::chrono::steady_clock::now() < end) {
        if (condition()) return true;
        for (Node* node : nodes) node->turn(std::chrono::milliseconds(2));
    }
    return condition();
}

inline std::vector<std::string> texts(const Node& node) {
    std::vector<std::string> result;
    for (const io::FrameArrived& frame : node.frames) result.push_back(frame.bytes.str());
    return result;
}

}  // namespace quorate::net::test
