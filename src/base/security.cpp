#include "quorate/security.h"

#include <algorithm>

namespace quorate {

namespace {

constexpr std::size_t key_characters = 40;
constexpr std::size_t max_token_bytes = 1024;

/// As ZeroMQ's RFC 32 has it; what such a text stands for is checked where it is decoded.
bool is_z85(const std::string& text) {
    constexpr std::string_view others = ".-:+=^!/*?&<>()[]{}@%$#";
    return text.size() == key_characters && std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      others.find(c) != std::string_view::npos;
           });
}

}  // namespace

std::optional<Error> find_problem(const Security& security) {
    if (!security.enabled()) {
        if (security.authorized_keys.empty() && security.token.empty()) return std::nullopt;
        return Error{ErrorCode::bad_argument,
                     "--authorized-keys and --token-file protect nothing without --key: give this "
                     "member's secret key too"};
    }
    // Never the key itself: sentences end up in logs.
    if (!is_z85(security.secret_key)) {
        return Error{ErrorCode::bad_argument,
                     "--key must hold a secret key of 40 characters, as quorate keygen writes it"};
    }
    if (security.authorized_keys.empty()) {
        return Error{
            ErrorCode::bad_argument,
            "--key needs --authorized-keys too: the directory of the keys that are let in"};
    }
    if (security.token.size() > max_token_bytes) {
        return Error{ErrorCode::bad_argument, "--token-file: a token has at most " +
                                                  std::to_string(max_token_bytes) + " bytes"};
    }
    return std::nullopt;
}

}  // namespace quorate
