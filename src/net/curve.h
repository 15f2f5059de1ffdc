// What one member needs to speak CURVE: its keys, the keys that it lets in, and the proof that it
// is of the deployment.
//
// The proof closes every frame: 16 bytes, a keyed hash (BLAKE2b) of the sender's public key under
// the deployment's token. It travels encrypted, is the same for every frame of a sender, and is
// worth nothing to anybody who holds another key. What a frame says is protected by CURVE itself.
//
// One thread, but for ring().
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "net/key_ring.h"
#include "net/zmq_socket.h"
#include "quorate/result.h"

namespace quorate::net {

using DeploymentProof = std::array<char, 16>;

class Curve {
public:
    /// Error: bad_argument: the secret key is none, or the directory can't be read.
    static Result<std::unique_ptr<Curve>> open(const Security& security);
    ~Curve();
    Curve(const Curve&) = delete;
    Curve& operator=(const Curve&) = delete;

    const PublicKey& public_key() const { return public_key_; }
    KeyRing& ring() const { return *ring_; }
    const DeploymentProof& own_proof() const { return own_proof_; }
    DeploymentProof proof_of(const PublicKey& sender) const;

    /// Before bind: who connects has to prove that it holds a key that ZAP lets in.
    bool make_server(ZmqSocket& socket) const;
    /// Before connect: talks to nobody but the holder of `server`.
    bool make_client(ZmqSocket& socket, const PublicKey& server) const;

    /// Who asks ZAP, in libzmq's words. Naming one also makes libzmq turn old protocols away.
    static constexpr const char* zap_domain = "quorate";

private:
    Curve(Security security, const PublicKey& public_key, std::unique_ptr<KeyRing> ring);

    Security security_;
    PublicKey public_key_;
    std::unique_ptr<KeyRing> ring_;
    std::array<unsigned char, 32> token_hash_{};
    DeploymentProof own_proof_{};
};

}  // namespace quorate::net
