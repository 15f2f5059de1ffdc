// How frames reach other members, as a seam: ZeroMQ in src/net, a fake network in src/sim.
//
// A link is one-way: from this member to one endpoint. Frames on one link arrive in order or not at
// all. What comes back are TransportEvents, handed to the loop as inputs by whoever drives it.
// One thread (the GroupThread); no call blocks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>

#include "base/public_key.h"
#include "quorate/events.h"

namespace quorate::io {

/// Names one incoming connection while it lasts; never reused in one Transport. 0: not known.
using ConnectionId = std::uint64_t;

/// A frame arrived. Not validated; but where members are authenticated, `key` is its sender's, and
/// is let in.
struct FrameArrived {
    Payload bytes;
    ConnectionId connection = 0;
    base::PublicKey key = {};     ///< none: members are not authenticated
    bool same_deployment = true;  ///< the sender has proven that it knows the deployment's token
};
/// An incoming connection closed: a reason to look, not proof of anything (rule 7).
struct ConnectionClosed {
    ConnectionId connection = 0;
};
/// The answer to probe().
struct ProbeAnswered {
    std::string endpoint;
    enum class Answer : std::uint8_t {
        refused,    ///< nobody listens there: the process that did is gone
        connected,  ///< somebody listens; who, only a frame can tell
        unknown,    ///< no answer in time, unreachable, or the name can't be resolved
    } answer = Answer::unknown;
};
/// A datagram on the beacon address. Not validated; only a hint.
struct BeaconHeard {
    Payload bytes;
};

/// A member whose key is known and trusted here doesn't let this one in.
struct RefusedByPeer {
    std::string endpoint;
    std::string reason;  ///< a sentence
};
/// Something about keys that whoever runs this member should know; said again and again.
struct SecurityNotice {
    std::string sentence;
};

using TransportEvent = std::variant<FrameArrived, ConnectionClosed, ProbeAnswered, BeaconHeard,
                                    RefusedByPeer, SecurityNotice>;

/// Incoming frames that a Transport dropped before anybody looked into them; they only grow.
struct UnseenDrops {
    std::uint64_t several_parts = 0;  ///< ZeroMQ messages of several parts, which no member sends
    std::uint64_t unknown_key = 0;    ///< of a key that is not let in, or no more
    std::uint64_t garbage = 0;        ///< where there are keys: too short to hold its proof
    bool operator==(const UnseenDrops&) const = default;
};

class Transport {
public:
    virtual ~Transport() = default;
    /// Queues a frame for `endpoint` (tcp://HOST:PORT), connecting if needed. Frames wait for a
    /// link that is coming up, up to the bound. False: the bound is reached or the endpoint is
    /// unusable.
    virtual bool send(const std::string& endpoint, Payload frame) = 0;
    /// Drops the link to `endpoint`; what waits on it is still sent if that takes less than a
    /// second.
    virtual void close(const std::string& endpoint) = 0;
    /// Closes every link whose endpoint `keeps` doesn't want to keep.
    virtual void close_others(const std::function<bool(const std::string&)>& keeps) = 0;
    /// Tries a plain connection, outside of the links; exactly one ProbeAnswered follows, within 1
    /// s.
    virtual void probe(const std::string& endpoint) = 0;
    /// Sends a datagram to the beacon address, if there is one.
    virtual void announce(Payload datagram) = 0;
    /// Why the beacon doesn't work, as a sentence; empty while it does, or is off.
    virtual std::string beacon_problem() const { return {}; }
    virtual UnseenDrops dropped() const { return {}; }
    /// What the others are told to connect to.
    virtual const std::string& endpoint() const = 0;

    // ---- where members are authenticated; without that, these do nothing ----

    /// This member's public key; none where members are not authenticated.
    virtual base::PublicKey key() const { return {}; }
    /// Whether frames of the holder of `key` are still heard.
    virtual bool lets_in(const base::PublicKey& /*key*/) const { return true; }
    /// Who is at `endpoint`, as a member says that is let in. A hint: links try this key first.
    virtual void learn_key(const std::string& /*endpoint*/, const base::PublicKey& /*key*/) {}
    /// Sends one frame to an endpoint that a datagram named, which anybody may have forged: dials
    /// once, with that key alone, and keeps no link. False: the key is not let in, or there were
    /// too many of them lately.
    virtual bool knock(const std::string& endpoint, const base::PublicKey& /*key*/, Payload frame) {
        return send(endpoint, std::move(frame));
    }
};

}  // namespace quorate::io
