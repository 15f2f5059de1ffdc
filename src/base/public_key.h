// A CURVE public key: who a process is to the others when members are authenticated
// (docs/security.md). A plain value; any thread.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

namespace quorate::base {

struct PublicKey {
    std::array<std::uint8_t, 32> bytes{};

    /// False: none, as in a group that is not secured.
    explicit operator bool() const { return *this != PublicKey{}; }
    auto operator<=>(const PublicKey&) const = default;
};

}  // namespace quorate::base
