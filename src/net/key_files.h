// Keys as text, and the files that hold them:
//
//   # Quorate secret key: whoever has it is this member. Never pass it on.
//   secret-key = rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7
//
// Lines that begin with # are comments; a key itself may hold one. What users call is in
// quorate/security.h. Any thread; reads and writes small files.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/public_key.h"
#include "quorate/security.h"

namespace quorate::net {

using base::PublicKey;

/// 40 characters.
std::string to_text(const PublicKey& key);
/// Nothing if it is no key.
std::optional<PublicKey> parse_key(const std::string& text);
/// The public key that belongs to a secret one.
std::optional<PublicKey> public_key_of(const std::string& secret_key);

/// The value of `NAME = VALUE` in a key file's content; nothing if it isn't there exactly once.
std::optional<std::string> find_value(std::string_view content, std::string_view name);
/// A small file's content; nothing if it can't be read, or is no regular file of up to 4 KiB.
std::optional<std::string> read_small_file(const std::string& file);

inline constexpr const char* public_key_name = "public-key";
inline constexpr const char* secret_key_name = "secret-key";

}  // namespace quorate::net
