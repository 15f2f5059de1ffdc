// Who is let in: CURVE keys, the keys that are trusted, and the deployment's token.
//
//   quorate::KeyPair keys = *quorate::generate_keys();              // once for each component
//   if (auto kept = quorate::save_keys(keys, "relay-7.key"); !kept) return fail(kept.error());
//   // relay-7.key.pub goes into the directory of authorized keys of every other member
//
//   auto secret = quorate::load_secret_key("relay-7.key");
//   if (!secret) return fail(secret.error());
//   quorate::Coordinator coordinator{{.component = "relay-7",
//                                     .security = {.secret_key = *secret,
//                                                  .authorized_keys = "/etc/quorate/keys",
//                                                  .token = "plant 4"}}};
//
// Keys are texts of 40 characters (Z85, as ZeroMQ writes them). What this protects from, and from
// what not: docs/security.md. The functions read or write small files and may be called from any
// thread.
#pragma once

#include <optional>
#include <string>

#include "quorate/result.h"

namespace quorate {

/// With a secret key, all connections of a member are encrypted and both ends are authenticated;
/// without one, nothing is. All members of a group must agree on that.
struct Security {
    std::string secret_key = {};       ///< this member's, 40 characters; empty: everything in clear
    /// The directory of the public keys that are let in, one file for each, named *.pub. Read again
    /// once a second: a key that is added is let in, a key that is removed is cut off, without a
    /// restart. If the directory itself can't be read any more, the keys read last stay in force.
    std::string authorized_keys = {};
    /// Known to all members of a deployment, and never sent: who has another one is refused. Up to
    /// 1024 bytes; may be empty. Nothing without a secret key.
    std::string token = {};

    bool enabled() const { return !secret_key.empty(); }
    bool operator==(const Security&) const = default;
};
/// What is wrong with it, as one sentence naming the option; nothing if it is usable as far as can
/// be seen without looking into the directory (join_group() does that).
std::optional<Error> find_problem(const Security& security);

struct KeyPair {
    std::string public_key;
    std::string secret_key;
};
/// A new pair, from the system's randomness. Error: internal, where libzmq was built without CURVE.
Result<KeyPair> generate_keys();

/// Writes the secret key to `file`, readable by its owner alone, and the public key to `file`.pub.
/// Error: bad_argument: one of them is there already (nothing is overwritten), or can't be written.
Result<> save_keys(const KeyPair& keys, const std::string& file);

/// The secret key in `file`. Error: bad_argument: it can't be read, holds no secret key, or may be
/// read by everybody on this machine.
Result<std::string> load_secret_key(const std::string& file);

/// The deployment's token: the first line of `file`. Error: bad_argument, likewise.
Result<std::string> load_token(const std::string& file);

}  // namespace quorate
