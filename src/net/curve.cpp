#include "net/curve.h"

#include <sodium.h>

#include "base/check.h"

namespace quorate::net {

Result<std::unique_ptr<Curve>> Curve::open(const Security& security) {
    if (sodium_init() < 0 || zmq_has("curve") != 1) {
        return Error{ErrorCode::internal, "libzmq on this machine was built without CURVE"};
    }
    const auto key = public_key_of(security.secret_key);
    if (!key) return Error{ErrorCode::bad_argument, "--key holds no secret key"};
    auto ring = KeyRing::open(security.authorized_keys);
    if (!ring) return ring.error();
    return std::unique_ptr<Curve>(new Curve(security, *key, std::move(*ring)));
}

Curve::Curve(Security security, const PublicKey& public_key, std::unique_ptr<KeyRing> ring)
    : security_(std::move(security)), public_key_(public_key), ring_(std::move(ring)) {
    // A token may be longer than a hash's key can be.
    const auto* token = reinterpret_cast<const unsigned char*>(security_.token.data());
    crypto_generichash(token_hash_.data(), token_hash_.size(), token, security_.token.size(),
                       nullptr, 0);
    own_proof_ = proof_of(public_key_);
}

Curve::~Curve() {
    sodium_memzero(security_.secret_key.data(), security_.secret_key.size());
    sodium_memzero(security_.token.data(), security_.token.size());
    sodium_memzero(token_hash_.data(), token_hash_.size());
}

DeploymentProof Curve::proof_of(const PublicKey& sender) const {
    std::string text = "quorate deployment ";  // so that it is a proof of nothing else
    text.append(sender.bytes.begin(), sender.bytes.end());
    DeploymentProof proof{};
    const int made =
        crypto_generichash(reinterpret_cast<unsigned char*>(proof.data()), proof.size(),
                           reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                           token_hash_.data(), token_hash_.size());
    QUORATE_CHECK(made == 0, "the sizes are those that libsodium allows");
    return proof;
}

bool Curve::make_server(ZmqSocket& socket) const {
    // Where nobody answered ZAP, libzmq would let everybody in; but then senders have no name, and
    // the gate takes nothing from them.
    return socket.set(ZMQ_CURVE_SERVER, 1) && socket.set(ZMQ_CURVE_SECRETKEY, security_.secret_key);
}

bool Curve::make_client(ZmqSocket& socket, const PublicKey& server) const {
    return socket.set(ZMQ_CURVE_PUBLICKEY, to_text(public_key_)) &&
           socket.set(ZMQ_CURVE_SECRETKEY, security_.secret_key) &&
           socket.set(ZMQ_CURVE_SERVERKEY, to_text(server));
}

}  // namespace quorate::net
